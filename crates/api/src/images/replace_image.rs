//! `PUT /images/{id}`: replaces what is said about an image.
use super::{
    body::{ImageBody, VisibilityWord, answer},
    conditions::if_match_versions,
};
use crate::{
    app::App,
    extract::{Json, Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use infravault_images::{Description, Error, MetadataUpdate, Tags, Title, ValidationError};
use infravault_kernel::{FieldError, ImageId};
use serde::Deserialize;
use utoipa::ToSchema;

/// All that is said about an image.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImageTexts)]
pub struct ImageTextsBody {
    /// Its title; white space around it is cut, control characters are refused.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
    )]
    title: String,
    /// Its description.
    #[serde(default)]
    #[schema(max_length = 4000)]
    description: String,
    /// Its tags: 1 to 50 characters each, without commas and control characters.
    #[serde(default)]
    #[schema(max_items = 50)]
    tags: Vec<String>,
    /// Who may see it.
    visibility: VisibilityWord,
}

impl ImageTextsBody {
    fn parse(self) -> Result<MetadataUpdate, Error> {
        let mut faults = Vec::new();
        let tags = self.tags.iter().map(String::as_str);
        let change = MetadataUpdate {
            title: keep(&mut faults, "title", Title::parse(&self.title)),
            description: keep(&mut faults, "description", Description::parse(&self.description)),
            tags: keep(&mut faults, "tags", Tags::parse(tags)),
            visibility: Some(self.visibility.into()),
        };
        if faults.is_empty() {
            Ok(change)
        } else {
            Err(Error::Invalid(faults))
        }
    }
}

/// Takes what was parsed, or notes what is wrong with it.
pub(crate) fn keep<T>(
    faults: &mut Vec<FieldError>,
    field: &str,
    parsed: Result<T, ValidationError>,
) -> Option<T> {
    parsed
        .map_err(|unfit| faults.push(FieldError::new(field, unfit)))
        .ok()
}

/// Replaces the texts of an own image.
#[utoipa::path(
    put, path = "/api/v1/images/{id}", tag = "images",
    params(
        ("id" = Uuid, Path, description = "The image"),
        ("If-Match" = String, Header, description = "The `ETag` that was read; without it 428"),
    ),
    request_body = ImageTextsBody,
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = ImageBody, headers(("ETag" = String, description = "The new version"))))
)]
pub async fn replace_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<ImageId>,
    body: Json<ImageTextsBody>,
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
