//! `PATCH /images/{id}`: changes some of what is said about an image (RFC 7396).
use super::{
    body::{ImageBody, VisibilityWord, answer},
    conditions::if_match_versions,
    replace_image::keep,
};
use crate::{
    app::App,
    extract::{Json, Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use infravault_images::{Description, Error, MetadataUpdate, Tags, Title};
use infravault_kernel::{FieldError, ImageId};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// What is to be different of what is said about an image. What is left out stays; `null` empties a description or
/// the tags.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImageChange)]
#[expect(clippy::option_option, reason = "left out, null and given are three things")]
pub struct ImageChangeBody {
    /// Another title.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")]
    title: Option<Option<String>>,
    /// Another description.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 4000)]
    description: Option<Option<String>>,
    /// Other tags, all of them.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Vec<String>>, max_items = 50)]
    tags: Option<Option<Vec<String>>>,
    /// Another visibility.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<VisibilityWord>, nullable = false)]
    visibility: Option<Option<VisibilityWord>>,
}

/// Tells a field that is `null` from one that is left out.
#[expect(clippy::option_option, reason = "left out, null and given are three things")]
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(json: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(json).map(Some)
}

impl ImageChangeBody {
    fn parse(self) -> Result<MetadataUpdate, Error> {
        let mut faults = Vec::new();
        for (name, is_null) in [
            ("title", matches!(self.title, Some(None))),
            ("visibility", matches!(self.visibility, Some(None))),
        ] {
            if is_null {
                faults.push(FieldError::new(
                    name,
                    "cannot be removed; leave it out to keep it",
                ));
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
            title: title.and_then(|title| keep(&mut faults, "title", title)),
            description: description.and_then(|text| keep(&mut faults, "description", text)),
            tags: tags.and_then(|tags| keep(&mut faults, "tags", tags)),
            visibility: self.visibility.flatten().map(Into::into),
        };
        if faults.is_empty() {
            Ok(change)
        } else {
            Err(Error::Invalid(faults))
        }
    }
}

/// Changes some of the texts of an own image.
#[utoipa::path(
    patch, path = "/api/v1/images/{id}", tag = "images",
    params(
        ("id" = Uuid, Path, description = "The image"),
        ("If-Match" = String, Header, description = "The `ETag` that was read; without it 428"),
    ),
    request_body(content((ImageChangeBody = "application/merge-patch+json"), (ImageChangeBody = "application/json"))),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = ImageBody, headers(("ETag" = String, description = "The new version"))))
)]
pub async fn update_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<ImageId>,
    body: Json<ImageChangeBody>,
) -> Result<HttpResponse, Problem> {
    let versions = if_match_versions(&request)?;
    let change = body.0.parse()?;
    let image = app
        .images
        .library
        .update(&ctx, id.0, versions.as_ref(), &change)
        .await?;
    Ok(answer(HttpResponse::Ok(), &app.images, image))
}
