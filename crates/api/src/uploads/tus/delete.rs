//! `DELETE /uploads/tus/{id}`: ends an upload.
use super::protocol::{answer, check_version, failed};
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use infravault_kernel::UploadId;

/// Ends an own upload and gives back what was reserved for it. The image that was made of it stays.
#[utoipa::path(
    delete, path = "/api/v1/uploads/tus/{id}", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
    ),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "It has ended"))
)]
pub async fn delete_tus_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<UploadId>,
) -> Result<HttpResponse, Problem> {
    end(&app, &ctx, &request, id.0).await
}

pub(super) async fn end(
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
        .map_err(failed)?;
    Ok(answer(StatusCode::NO_CONTENT).finish())
}
