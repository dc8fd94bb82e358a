//! `DELETE /trash/{id}`: purges an image.
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::ImageId;

/// Purges an image that is in the caller's trash: its room is free at once, its bytes go a little later, and nothing
/// brings it back.
#[utoipa::path(
    delete, path = "/api/v1/trash/{id}", tag = "images",
    params(("id" = Uuid, Path, description = "The image")),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "Purged"))
)]
pub async fn purge_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<ImageId>,
) -> Result<HttpResponse, Problem> {
    app.images.library.purge(&ctx, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
