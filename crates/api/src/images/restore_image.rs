//! `POST /images/{id}/restore`: restores an image from the trash.
use super::body::{Image, image_response};
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::ImageId;

/// Restore an image from the trash
///
/// Restores an image that you own with its previous metadata and `ETag`, and returns it. Idempotent: an image that is not in
/// the trash is returned unchanged. Requires the scope `images:write`.
#[utoipa::path(
    post, path = "/api/v1/images/{id}/restore", tag = "trash",
    params(("id" = Uuid, Path, description = "Image ID.")),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The restored image.", body = Image, headers(
        ("ETag" = String, description = "Version of the image, for `If-Match`."))))
)]
pub async fn restore_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<ImageId>,
) -> Result<HttpResponse, Problem> {
    let image = app.images.library.restore(&ctx, id.0).await?;
    Ok(image_response(HttpResponse::Ok(), &app.images, image))
}
