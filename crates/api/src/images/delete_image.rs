//! `DELETE /images/{id}`: moves an image to the trash.
use super::conditions::if_match_versions;
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use infravault_kernel::ImageId;

/// Move an image to the trash
///
/// Hides an image that you own from everyone at once. It counts towards the quota until it is purged, and can be restored
/// until then. Requires the scope `images:delete`.
#[utoipa::path(
    delete, path = "/api/v1/images/{id}", tag = "images",
    params(
        ("id" = Uuid, Path, description = "Image ID."),
        ("If-Match" = Option<String>, Header, description = "`ETag` values. Deletes the image only if one of them is current."),
    ),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "The image is in the trash.")),
    extensions(("x-problems" = json!("precondition-failed")))
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
