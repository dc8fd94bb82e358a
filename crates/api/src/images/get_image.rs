//! `GET /images/{id}`: what is known of an image.
use super::body::{ImageBody, ImageDetailBody};
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    http::{EtagCondition, strong_etag},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use infravault_kernel::ImageId;

/// An image that the caller may see: an own one, or one that is public or unlisted.
#[utoipa::path(
    get, path = "/api/v1/images/{id}", tag = "images",
    params(
        ("id" = Uuid, Path, description = "The image"),
        ("If-None-Match" = Option<String>, Header, description = "304 if it still has one of these `ETag`s"),
    ),
    security((), ("session" = []), ("api_token" = [])),
    responses(
        (status = 200, body = ImageDetailBody, headers(("ETag" = String, description = "For `If-Match`"))),
        (status = 304, description = "Not modified"),
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
    let etag = strong_etag(image.etag());
    let not_modified = condition.is_some_and(|condition| condition.matches_weakly(&etag));
    let etag = (header::ETAG, etag);
    if not_modified {
        return Ok(HttpResponse::NotModified().insert_header(etag).finish());
    }
    Ok(HttpResponse::Ok().insert_header(etag).json(ImageDetailBody {
        image: ImageBody::new(&app.images, image),
        location: location.map(Into::into),
    }))
}
