//! `GET /uploads/{id}`: progress of an upload session.
use super::body::UploadSession;
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::UploadId;

/// Get an upload session
///
/// Returns an upload session of yours that is in progress or ended recently. Requires the scope `images:write`.
#[utoipa::path(
    get, path = "/api/v1/uploads/{id}", tag = "uploads",
    params(("id" = Uuid, Path, description = "Upload session ID.")),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The upload session.", body = UploadSession))
)]
pub async fn get_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<UploadId>,
) -> Result<HttpResponse, Problem> {
    let upload = app.images.uploads.find_upload_session(&ctx, id.0).await?;
    Ok(HttpResponse::Ok().json(UploadSession::from(upload)))
}
