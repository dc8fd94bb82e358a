//! `DELETE /uploads/{id}`: ends an upload and gives everything back.
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::UploadId;

/// Ends an own upload: what was reserved for it is free again, what was stored of it is deleted. The image that was made
/// of it stays.
#[utoipa::path(
    delete, path = "/api/v1/uploads/{id}", tag = "uploads",
    params(("id" = Uuid, Path, description = "The upload")),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "It has ended"))
)]
pub async fn delete_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<UploadId>,
) -> Result<HttpResponse, Problem> {
    app.images.uploads.end_upload_session(&ctx, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
