//! `DELETE /images/{id}`: deletes a picture.
use super::conditions::if_match;
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use infravault_kernel::ImageId;

/// Deletes an own picture: at once for everybody, its bytes a little later.
#[utoipa::path(
    delete, path = "/api/v1/images/{id}", tag = "images",
    params(
        ("id" = Uuid, Path, description = "The picture"),
        ("If-Match" = Option<String>, Header, description = "Only if it still has one of these `ETag`s"),
    ),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "Deleted"))
)]
pub async fn delete_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<ImageId>,
) -> Result<HttpResponse, Problem> {
    let known = if_match(&request)?;
    app.images.delete(&ctx, id.0, known.as_ref()).await?;
    Ok(HttpResponse::NoContent().finish())
}
