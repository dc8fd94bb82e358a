//! `GET /images/{id}`: an image with its metadata.
use super::body::{Image, ImageDetail};
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    http::{EtagCondition, strong_etag},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use infravault_kernel::ImageId;

/// Get an image
///
/// Returns an image that you own, or that is public or unlisted. `location` is returned only to the owner.
/// Authentication is optional. An API token requires the scope `images:read`.
#[utoipa::path(
    get, path = "/api/v1/images/{id}", tag = "images",
    params(
        ("id" = Uuid, Path, description = "Image ID."),
        ("If-None-Match" = Option<String>, Header, description = "`ETag` values. Returns 304 if one of them is current."),
    ),
    security((), ("session" = []), ("api_token" = [])),
    responses(
        (status = 200, description = "The image.", body = ImageDetail, headers(
            ("ETag" = String, description = "Version of the image, for `If-Match` and `If-None-Match`."))),
        (status = 304, description = "The image has not changed."),
    )
)]
pub async fn get_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<ImageId>,
) -> Result<HttpResponse, Problem> {
    let condition = EtagCondition::if_none_match(&request)?;
    let (image, location) = app.images.library.find_with_location(&ctx, id.0).await?;
    let etag = strong_etag(&image.etag());
    let not_modified = condition.is_some_and(|condition| condition.matches_weakly(&etag));
    let etag = (header::ETAG, etag);
    if not_modified {
        return Ok(HttpResponse::NotModified().insert_header(etag).finish());
    }
    Ok(HttpResponse::Ok().insert_header(etag).json(ImageDetail {
        image: Image::new(&app.images, image),
        location: location.map(Into::into),
    }))
}
