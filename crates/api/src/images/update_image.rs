//! `PATCH /images/{id}`: changes some of the metadata of an image (RFC 7396).
use super::{
    body::{Image, Visibility, image_response},
    conditions::if_match_versions,
    fields::FieldErrors,
};
use crate::{
    app::App,
    extract::{Json, Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use infravault_images::{Description, Error, MetadataUpdate, Tags, Title};
use infravault_kernel::ImageId;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// Metadata to change. Omitted fields stay unchanged. `null` clears the description or the tags.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "omitted, null and given are three things")]
pub struct ImagePatch {
    /// New title, 1 to 200 characters.
    #[serde(default, deserialize_with = "deserialize_nullable")]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 200, example = "Harbor at dawn", pattern = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")]
    title: Option<Option<String>>,
    /// New description, up to 4000 characters.
    #[serde(default, deserialize_with = "deserialize_nullable")]
    #[schema(value_type = Option<String>, max_length = 4000, example = "Fishing boats before the first ferry.")]
    description: Option<Option<String>>,
    /// New tags. They replace all existing tags.
    #[serde(default, deserialize_with = "deserialize_nullable")]
    #[schema(value_type = Option<Vec<String>>, max_items = 50, example = json!(["sea", "boats"]))]
    tags: Option<Option<Vec<String>>>,
    /// New visibility.
    #[serde(default, deserialize_with = "deserialize_nullable")]
    #[schema(value_type = Option<Visibility>, nullable = false)]
    visibility: Option<Option<Visibility>>,
}

/// Distinguishes `null` from an omitted field.
#[expect(clippy::option_option, reason = "omitted, null and given are three things")]
fn deserialize_nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    json: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(json).map(Some)
}

impl ImagePatch {
    fn parse(self) -> Result<MetadataUpdate, Error> {
        let mut errors = FieldErrors::default();
        for (name, is_null) in [
            ("title", matches!(self.title, Some(None))),
            ("visibility", matches!(self.visibility, Some(None))),
        ] {
            if is_null {
                errors.push(name, "cannot be removed; leave it out to keep it");
            }
        }
        let title = self.title.flatten().map(|title| Title::parse(&title));
        let description = self
            .description
            .map(|text| Description::parse(&text.unwrap_or_default()));
        let tags = self
            .tags
            .map(|tags| Tags::parse(tags.unwrap_or_default().iter().map(String::as_str)));
        let change = MetadataUpdate {
            title: title.and_then(|title| errors.check("title", title)),
            description: description.and_then(|text| errors.check("description", text)),
            tags: tags.and_then(|tags| errors.check("tags", tags)),
            visibility: self.visibility.flatten().map(Into::into),
        };
        errors.into_result(change)
    }
}

/// Update the metadata of an image
///
/// Changes the given fields of an image that you own, as a JSON merge patch (RFC 7396), and returns the image.
/// Requires `If-Match` and the scope `images:write`.
#[utoipa::path(
    patch, path = "/api/v1/images/{id}", tag = "images",
    params(
        ("id" = Uuid, Path, description = "Image ID."),
        ("If-Match" = String, Header, description = "`ETag` of the version that was read, or `*` for any version."),
    ),
    request_body(
        description = "Fields to change.",
        content((ImagePatch = "application/merge-patch+json"), (ImagePatch = "application/json")),
    ),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The updated image.", body = Image, headers(
        ("ETag" = String, description = "New version of the image.")))),
    extensions(("x-problems" = json!("if-match")))
)]
pub async fn update_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<ImageId>,
    body: Json<ImagePatch>,
) -> Result<HttpResponse, Problem> {
    change_image(&app, &ctx, &request, id.0, body.0.parse()).await
}

/// Changes the metadata of an image if `If-Match` allows it.
pub(super) async fn change_image(
    app: &App,
    ctx: &RequestCtx,
    request: &HttpRequest,
    id: ImageId,
    change: Result<MetadataUpdate, Error>,
) -> Result<HttpResponse, Problem> {
    let (versions, change) = (if_match_versions(request)?, change?);
    let library = &app.images.library;
    let image = library.update(ctx, id, versions.as_ref(), &change).await?;
    Ok(image_response(HttpResponse::Ok(), &app.images, image))
}
