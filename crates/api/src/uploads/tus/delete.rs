//! `DELETE /uploads/tus/{id}`: cancels a resumable upload.
use super::protocol::{check_version, tus_error, tus_response};
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use infravault_kernel::UploadId;

/// Cancel a resumable upload
///
/// Releases the reserved quota and deletes the received bytes. An image that was already created is kept.
/// Requires the scope `images:write`.
#[utoipa::path(
    delete, path = "/api/v1/uploads/tus/{id}", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "Upload session ID."),
        ("Tus-Resumable" = String, Header, description = "Version of the tus protocol: `1.0.0`.", example = "1.0.0"),
    ),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "The upload session ended.")),
    extensions(("x-problems" = json!("tus-version upload-busy upload-gone")))
)]
pub async fn delete_tus_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<UploadId>,
) -> Result<HttpResponse, Problem> {
    delete(&app, &ctx, &request, id.0).await
}

pub(super) async fn delete(
    app: &App,
    ctx: &RequestCtx,
    request: &HttpRequest,
    id: UploadId,
) -> Result<HttpResponse, Problem> {
    check_version(request)?;
    app.images
        .uploads
        .end_upload_session(ctx, id)
        .await
        .map_err(tus_error)?;
    Ok(tus_response(StatusCode::NO_CONTENT).finish())
}
