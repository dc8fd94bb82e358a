//! `POST /uploads/{id}/complete`: creates the image of a presigned upload.
use crate::{
    app::App,
    extract::{Json, Path, RequestCtx},
    images::{UploadedImage, created_response},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::UploadId;
use serde::Deserialize;
use utoipa::ToSchema;

/// The parts of a completed upload.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadCompletion {
    /// Numbers of all parts, in ascending order, up to 10,000. Required for a multipart upload.
    #[schema(max_items = 10000, example = json!([1, 2, 3]))]
    parts: Option<Vec<u64>>,
}

/// Complete a presigned upload
///
/// Verifies the stored bytes and creates the image, as `POST /images` does. Returns `upload-mismatch` while bytes are missing;
/// store them and repeat the request. An image that is rejected ends the upload session.
/// Idempotent: repeating a successful request returns the same image. Requires the scope `images:write`.
#[utoipa::path(
    post, path = "/api/v1/uploads/{id}/complete", tag = "uploads",
    params(("id" = Uuid, Path, description = "Upload session ID.")),
    request_body(content = UploadCompletion, description = "The parts of the upload. `{}` unless it is a multipart upload."),
    security(("session" = []), ("api_token" = [])),
    responses((status = 201, description = "The image was created.", body = UploadedImage, headers(
        ("Location" = String, description = "URL of the image."),
        ("ETag" = String, description = "Version of the image, for `If-Match`.")))),
    extensions(("x-problems" = json!("ingest upload-busy upload-gone upload-mismatch")))
)]
pub async fn complete_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<UploadId>,
    body: Json<UploadCompletion>,
) -> Result<HttpResponse, Problem> {
    let parts = body.0.parts.as_deref();
    let uploaded = app
        .images
        .uploads
        .complete_presigned_upload(&ctx, id.0, parts)
        .await?;
    Ok(created_response(&app.images, uploaded))
}
