//! `DELETE /images/{id}`: moves an image into the trash.
use super::conditions::if_match_versions;
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use infravault_kernel::ImageId;

/// Moves an own image into the trash: out of sight for everybody at once. It counts in the quota until it is purged.
#[utoipa::path(
    delete, path = "/api/v1/images/{id}", tag = "images",
    params(
        ("id" = Uuid, Path, description = "The image"),
        ("If-Match" = Option<String>, Header, description = "Only if it still has one of these `ETag`s"),
    ),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "It is in the trash"))
)]
pub async fn delete_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<ImageId>,
) -> Result<HttpResponse, Problem> {
    let versions = if_match_versions(&request)?;
    app.images.library.delete(&ctx, id.0, versions.as_ref()).await?;
    Ok(HttpResponse::NoContent().finish())
}
