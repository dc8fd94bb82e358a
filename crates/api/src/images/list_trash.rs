//! `GET /trash`: the deleted images of the caller.
use super::body;
use crate::{
    app::App,
    extract::{Query, RequestCtx},
    page::{Page, PageParams, page_response},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use infravault_images::{self as images, Images};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// An image in the trash. `renditions` is empty, because nothing is served until the image is restored.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TrashedImage {
    #[serde(flatten)]
    image: body::Image,
    /// When the image was deleted.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(example = "2026-11-24T18:05:31Z")]
    trashed_at: OffsetDateTime,
    /// When the image is purged, unless it is restored or purged earlier.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(example = "2026-12-24T18:05:31Z")]
    purge_at: OffsetDateTime,
}

impl TrashedImage {
    fn new(images: &Images, trashed: images::TrashedImage) -> Self {
        Self {
            trashed_at: trashed.trashed_at,
            purge_at: images.library.purge_due_at(&trashed),
            image: body::Image::new(images, trashed.image).without_renditions(),
        }
    }
}

type TrashedImagePage = Page<TrashedImage>;

/// List images in the trash
///
/// Returns your deleted images, most recently deleted first. Requires the scope `images:read`.
#[utoipa::path(
    get, path = "/api/v1/trash", tag = "trash",
    params(PageParams),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "One page of deleted images.", body = TrashedImagePage, headers(
        ("Link" = Option<String>, description = "URL of the next page with `rel=\"next\"`. Absent on the last page."))))
)]
pub async fn list_trash(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    query: Query<PageParams>,
) -> Result<HttpResponse, Problem> {
    let (limit, cursor) = query.0.parse()?;
    let page = app
        .images
        .library
        .list_trash(&ctx, limit, cursor.as_ref())
        .await?;
    let trashed = |trashed| TrashedImage::new(&app.images, trashed);
    Ok(page_response(&request, page, trashed))
}
