//! `POST /images/{id}/restore`: takes an image out of the trash.
use super::body::{ImageBody, answer};
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::ImageId;

/// Takes an own image out of the trash; it is what it was. One that is not in the trash stays as it is.
#[utoipa::path(
    post, path = "/api/v1/images/{id}/restore", tag = "images",
    params(("id" = Uuid, Path, description = "The image")),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = ImageBody, headers(("ETag" = String, description = "For `If-Match`"))))
)]
pub async fn restore_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<ImageId>,
) -> Result<HttpResponse, Problem> {
    let image = app.images.library.restore(&ctx, id.0).await?;
    Ok(answer(HttpResponse::Ok(), &app.images, image))
}
