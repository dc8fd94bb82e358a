//! `PUT /images/{id}`: replaces the metadata of an image.
use super::{
    body::{Image, Visibility},
    fields::FieldErrors,
    update_image::change_image,
};
use crate::{
    app::App,
    extract::{Json, Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use infravault_images::{Description, Error, MetadataUpdate, Tags, Title};
use infravault_kernel::ImageId;
use serde::Deserialize;
use utoipa::ToSchema;

/// The complete metadata of an image.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageMetadata {
    /// Title, 1 to 200 characters. Surrounding white space is removed; control characters are rejected.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Harbor at dawn",
        pattern = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
    )]
    title: String,
    /// Description, up to 4000 characters. Default empty.
    #[serde(default)]
    #[schema(max_length = 4000, example = "Fishing boats before the first ferry.")]
    description: String,
    /// Up to 50 tags of 1 to 50 characters, without commas and control characters. Default empty.
    #[serde(default)]
    #[schema(max_items = 50, example = json!(["sea", "boats"]))]
    tags: Vec<String>,
    /// Who can see the image besides its owner.
    visibility: Visibility,
}

impl ImageMetadata {
    fn parse(self) -> Result<MetadataUpdate, Error> {
        let mut errors = FieldErrors::default();
        let tags = self.tags.iter().map(String::as_str);
        let change = MetadataUpdate {
            title: errors.check("title", Title::parse(&self.title)),
            description: errors.check("description", Description::parse(&self.description)),
            tags: errors.check("tags", Tags::parse(tags)),
            visibility: Some(self.visibility.into()),
        };
        errors.into_result(change)
    }
}

/// Replace the metadata of an image
///
/// Replaces all metadata of an image that you own and returns the image. Omitted optional fields are cleared.
/// Requires `If-Match` and the scope `images:write`.
#[utoipa::path(
    put, path = "/api/v1/images/{id}", tag = "images",
    params(
        ("id" = Uuid, Path, description = "Image ID."),
        ("If-Match" = String, Header, description = "`ETag` of the version that was read, or `*` for any version."),
    ),
    request_body(content = ImageMetadata, description = "The complete metadata."),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The updated image.", body = Image, headers(
        ("ETag" = String, description = "New version of the image.")))),
    extensions(("x-problems" = json!("if-match")))
)]
pub async fn replace_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<ImageId>,
    body: Json<ImageMetadata>,
) -> Result<HttpResponse, Problem> {
    change_image(&app, &ctx, &request, id.0, body.0.parse()).await
}
