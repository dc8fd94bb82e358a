//! `POST /images/from-url`: imports an image from another server.
use super::{
    body::Visibility,
    fields::{FieldErrors, NewImageFields},
    upload_image::{UploadedImage, created_response},
    upload_request::{idempotency_key, upload_problem},
};
use crate::{
    app::App,
    extract::{Json, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::TryStreamExt;
use infravault_images::{
    BodyError, Error, FileName, IdempotencyKey, NewImage, Tags, UploadRequest, Uploaded,
};
use serde::Deserialize;
use std::sync::{Arc, OnceLock};
use utoipa::ToSchema;

/// URL and metadata of an image to import.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageImport {
    /// URL of the image: `http` or `https`, on a public network.
    #[schema(
        min_length = 8,
        max_length = 2048,
        example = "https://photos.example.org/2026/harbor.jpg"
    )]
    url: String,
    /// Name of the file, truncated to 255 bytes. Default: the last segment of the URL path.
    #[schema(example = "harbor.jpg")]
    file_name: Option<String>,
    /// Title, 1 to 200 characters. Default: the file name without its extension.
    #[schema(min_length = 1, max_length = 200, example = "Harbor at dawn")]
    title: Option<String>,
    /// Description, up to 4000 characters. Default empty.
    #[schema(max_length = 4000, example = "Fishing boats before the first ferry.")]
    description: Option<String>,
    /// Up to 50 tags. Default empty.
    #[schema(max_items = 50, example = json!(["sea", "boats"]))]
    tags: Option<Vec<String>>,
    /// Who can see the image besides its owner. Default `private`.
    #[schema(inline)]
    visibility: Option<Visibility>,
    /// Keep the GPS location. Only the owner can see it. Default `false`.
    #[schema(example = false)]
    keep_location: Option<bool>,
}

/// Import an image from a URL
///
/// Downloads an image from another server and stores it like an upload. Returns `url-not-allowed` for a disallowed URL and
/// `import-failed` if the download fails. With `Idempotency-Key`, the request can be repeated safely.
/// Requires the scope `images:write`. Disabled unless the operator sets `IMPORT_ENABLED`.
#[utoipa::path(
    post, path = "/api/v1/images/from-url", tag = "images",
    params(("Idempotency-Key" = Option<String>, Header, description = "Unique key of this import, 1 to 255 visible ASCII characters.")),
    request_body(content = ImageImport, description = "URL and metadata of the image."),
    security(("session" = []), ("api_token" = [])),
    responses((status = 201, description = "The image was created.", body = UploadedImage, headers(
        ("Location" = String, description = "URL of the image."),
        ("ETag" = String, description = "Version of the image, for `If-Match`.")))),
    extensions(("x-problems" = json!("ingest idempotency-in-flight idempotency-mismatch import-failed not-enabled url-not-allowed")))
)]
pub async fn import_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    body: Json<ImageImport>,
) -> Result<HttpResponse, Problem> {
    app.images.uploads.check_may_upload(&ctx).await?;
    let key = idempotency_key(&request)?;
    let uploaded = download_and_upload(&app, &ctx, body.0, key).await?;
    Ok(created_response(&app.images, uploaded))
}

async fn download_and_upload(
    app: &App,
    ctx: &RequestCtx,
    body: ImageImport,
    key: Option<IdempotencyKey>,
) -> Result<Uploaded, Problem> {
    // Invalid metadata is reported before the other server gets a request.
    let mut image = body.parse()?;
    let fetched = app
        .fetch
        .get(&body.url, app.images.config.max_upload_bytes)
        .await?;
    if body.file_name.is_none() {
        image.file_name = FileName::clean(&fetched.file_name);
    }
    let upload = UploadRequest {
        image,
        declared_type: fetched.media_type,
        min_len: fetched.len.unwrap_or(0),
        max_len: fetched.len,
        key,
        digest: None,
    };
    // The upload only learns that the body was interrupted; the caller learns why.
    let download_error = Arc::new(OnceLock::new());
    let slot = Arc::clone(&download_error);
    let bytes = fetched.body.map_err(move |error| {
        let _ = slot.set(error);
        BodyError::Interrupted
    });
    let outcome = app.images.uploads.upload(ctx, upload, bytes).await;
    let download_error = Arc::into_inner(download_error).and_then(OnceLock::into_inner);
    match (outcome, download_error) {
        (Err(Error::Body(BodyError::Interrupted)), Some(error)) => Err(error.into()),
        (outcome, _) => outcome.map_err(upload_problem),
    }
}

impl ImageImport {
    fn parse(&self) -> Result<NewImage, Error> {
        let mut errors = FieldErrors::default();
        let image = NewImageFields {
            file_name: self.file_name.as_deref().unwrap_or_default(),
            title: self.title.as_deref(),
            description: self.description.as_deref(),
            tags: Tags::parse(self.tags.iter().flatten().map(String::as_str)),
            visibility: self.visibility.map(Into::into),
            keep_location: self.keep_location.unwrap_or_default(),
        };
        let image = image.parse(&mut errors);
        errors.into_result(image)
    }
}
