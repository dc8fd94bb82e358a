//! `POST /images/from-url`: takes in an image that lies on another server.
use super::{
    body::VisibilityWord,
    replace_image::keep,
    upload_image::{UploadedBody, created, key, problem},
};
use crate::{
    app::App,
    extract::{Json, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::TryStreamExt;
use infravault_images::{
    BodyError, Description, Error, FileName, IdempotencyKey, NewImage, Tags, Title, UploadRequest, Uploaded,
};
use infravault_kernel::FieldError;
use serde::Deserialize;
use std::sync::{Arc, OnceLock};
use utoipa::ToSchema;

/// Where an image lies, and what is said about it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UploadFromUrl)]
pub struct UploadFromUrl {
    /// Its address: http or https, on a public network.
    #[schema(min_length = 8, max_length = 2048)]
    url: String,
    /// What the file is called; without one, the last part of the address. A name of more than 255 bytes is cut.
    file_name: Option<String>,
    /// Its title; without one the file name without its ending.
    #[schema(min_length = 1, max_length = 200)]
    title: Option<String>,
    /// Its description.
    #[schema(max_length = 4000)]
    description: Option<String>,
    /// Its tags.
    #[schema(max_items = 50)]
    tags: Option<Vec<String>>,
    /// Who may see it; `private` by default.
    #[schema(inline)]
    visibility: Option<VisibilityWord>,
    /// Whether the place is kept where it was taken, for its owner alone; `false` by default.
    keep_location: Option<bool>,
}

/// Fetches an image from another server and takes it in like an upload. Switched off where the operator has not set
/// `IMPORT_ENABLED`.
#[utoipa::path(
    post, path = "/api/v1/images/from-url", tag = "images",
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters that name this upload")),
    request_body = UploadFromUrl,
    security(("session" = []), ("api_token" = [])),
    responses((status = 201, body = UploadedBody, headers(
        ("Location" = String, description = "Where the image is"),
        ("ETag" = String, description = "For `If-Match`"))))
)]
pub async fn upload_from_url(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    body: Json<UploadFromUrl>,
) -> Result<HttpResponse, Problem> {
    app.images.uploads.check_may_upload(&ctx).await?;
    let key = key(&request)?;
    let uploaded = fetched(&app, &ctx, body.0, key).await?;
    Ok(created(&app.images, uploaded))
}

async fn fetched(
    app: &App,
    ctx: &RequestCtx,
    body: UploadFromUrl,
    key: Option<IdempotencyKey>,
) -> Result<Uploaded, Problem> {
    // What will not do is said before another server is bothered.
    let mut image = body.described().map_err(Error::Invalid)?;
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
    // The upload only learns that it broke off; why is for the caller.
    let fault = Arc::new(OnceLock::new());
    let noted = Arc::clone(&fault);
    let bytes = fetched.body.map_err(move |error| {
        let _ = noted.set(error);
        BodyError::Interrupted
    });
    let outcome = app.images.uploads.upload(ctx, upload, bytes).await;
    match (outcome, Arc::into_inner(fault).and_then(OnceLock::into_inner)) {
        (Err(Error::Body(BodyError::Interrupted)), Some(error)) => Err(error.into()),
        (outcome, _) => outcome.map_err(problem),
    }
}

impl UploadFromUrl {
    fn described(&self) -> Result<NewImage, Vec<FieldError>> {
        let mut faults = Vec::new();
        let title = self.title.as_deref().map(Title::parse);
        let description = Description::parse(self.description.as_deref().unwrap_or_default());
        let tags = Tags::parse(self.tags.iter().flatten().map(String::as_str));
        let image = NewImage {
            file_name: FileName::clean(self.file_name.as_deref().unwrap_or_default()),
            title: title.and_then(|title| keep(&mut faults, "title", title)),
            description: keep(&mut faults, "description", description).unwrap_or_else(Description::empty),
            tags: keep(&mut faults, "tags", tags).unwrap_or_default(),
            visibility: self.visibility.map(Into::into).unwrap_or_default(),
            keep_location: self.keep_location.unwrap_or_default(),
        };
        if faults.is_empty() { Ok(image) } else { Err(faults) }
    }
}
