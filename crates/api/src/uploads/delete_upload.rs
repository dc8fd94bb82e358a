//! `DELETE /uploads/{id}`: cancels an upload session.
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::UploadId;

/// Cancel an upload session
///
/// Releases the reserved quota and deletes the stored bytes. An image that was already created is kept.
/// Requires the scope `images:write`.
#[utoipa::path(
    delete, path = "/api/v1/uploads/{id}", tag = "uploads",
    params(("id" = Uuid, Path, description = "Upload session ID.")),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "The upload session ended.")),
    extensions(("x-problems" = json!("upload-busy upload-gone")))
)]
pub async fn delete_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<UploadId>,
) -> Result<HttpResponse, Problem> {
    app.images.uploads.end_upload_session(&ctx, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
