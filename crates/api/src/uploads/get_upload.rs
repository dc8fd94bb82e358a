//! `GET /uploads/{id}`: how far an upload has come.
use super::body::OpenUploadBody;
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::UploadId;

/// An own upload that is open, or was not long ago.
#[utoipa::path(
    get, path = "/api/v1/uploads/{id}", tag = "uploads",
    params(("id" = Uuid, Path, description = "The upload")),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = OpenUploadBody))
)]
pub async fn get_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<UploadId>,
) -> Result<HttpResponse, Problem> {
    let upload = app.images.uploads.find_upload_session(&ctx, id.0).await?;
    Ok(HttpResponse::Ok().json(OpenUploadBody::from(upload)))
}
