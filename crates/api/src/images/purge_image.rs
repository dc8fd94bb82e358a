//! `DELETE /trash/{id}`: permanently deletes an image.
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::ImageId;

/// Permanently delete an image in the trash
///
/// Purges an image from your trash. Its quota is released at once, its bytes are deleted in the background. This cannot be
/// undone. Requires the scope `images:delete`.
#[utoipa::path(
    delete, path = "/api/v1/trash/{id}", tag = "trash",
    params(("id" = Uuid, Path, description = "Image ID.")),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "The image was purged."))
)]
pub async fn purge_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<ImageId>,
) -> Result<HttpResponse, Problem> {
    app.images.library.purge(&ctx, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
