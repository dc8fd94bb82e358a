//! `POST /uploads/{id}/complete`: makes the image of what the client has stored.
use crate::{
    app::App,
    extract::{Json, Path, RequestCtx},
    images::{UploadedBody, created},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::UploadId;
use serde::Deserialize;
use utoipa::ToSchema;

/// That everything is stored.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CompleteUpload)]
pub struct CompleteUpload {
    /// The numbers of all parts, in their order; needed for a multipart upload.
    #[schema(max_items = 10000)]
    parts: Option<Vec<u64>>,
}

/// Verifies what was stored and makes the image, as `POST /images` does. Where bytes are missing it answers 422
/// `upload-mismatch` and can be asked again; an image that is refused ends the upload. Asked again it gives the same image.
#[utoipa::path(
    post, path = "/api/v1/uploads/{id}/complete", tag = "uploads",
    params(("id" = Uuid, Path, description = "The upload")),
    request_body = CompleteUpload,
    security(("session" = []), ("api_token" = [])),
    responses((status = 201, body = UploadedBody, headers(
        ("Location" = String, description = "Where the image is"),
        ("ETag" = String, description = "For `If-Match`"))))
)]
pub async fn complete_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<UploadId>,
    body: Json<CompleteUpload>,
) -> Result<HttpResponse, Problem> {
    let parts = body.0.parts.as_deref();
    let uploaded = app
        .images
        .uploads
        .complete_presigned_upload(&ctx, id.0, parts)
        .await?;
    Ok(created(&app.images, uploaded))
}
