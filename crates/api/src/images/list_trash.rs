//! `GET /trash`: what the caller has deleted and can have back.
use super::body::ImageBody;
use crate::{
    app::App,
    extract::{Query, RequestCtx},
    links,
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use infravault_images::{Images, TrashedImage};
use infravault_kernel::{Cursor, Limit};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

/// Which page of the trash.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListTrash {
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// An image in the trash. Its `renditions` are none: nothing of it is served until it is restored.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TrashedImage)]
pub(super) struct TrashedBody {
    #[serde(flatten)]
    image: ImageBody,
    /// When it was deleted.
    #[serde(with = "time::serde::rfc3339")]
    trashed_at: OffsetDateTime,
    /// When it is purged, unless it is restored or purged before.
    #[serde(with = "time::serde::rfc3339")]
    purged_at_latest: OffsetDateTime,
}

impl TrashedBody {
    fn new(images: &Images, trashed: TrashedImage) -> Self {
        Self {
            trashed_at: trashed.trashed_at,
            purged_at_latest: images.library.purge_due_at(&trashed),
            image: ImageBody::new(images, trashed.image).without_renditions(),
        }
    }
}

/// A page of the trash.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TrashPage)]
pub(super) struct TrashPageBody {
    /// The images.
    items: Vec<TrashedBody>,
    /// Where the next page starts; null on the last one.
    next_cursor: Option<String>,
}

/// The caller's trash, what was deleted last first.
#[utoipa::path(
    get, path = "/api/v1/trash", tag = "images",
    params(ListTrash),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = TrashPageBody))
)]
pub async fn list_trash(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    query: Query<ListTrash>,
) -> Result<HttpResponse, Problem> {
    let limit = query.0.limit.map_or(Some(Limit::default()), Limit::new);
    let limit = limit.ok_or_else(|| Problem::parameter("limit", "must be 1 to 200"))?;
    let cursor = query.0.cursor.map(Cursor::from_text);
    let page = app
        .images
        .library
        .list_trash(&ctx, limit, cursor.as_ref())
        .await?;
    let mut response = HttpResponse::Ok();
    if let Some(next) = &page.next {
        response.insert_header((header::LINK, links::next(&request, next)));
    }
    let items = page.items.into_iter();
    Ok(response.json(TrashPageBody {
        items: items
            .map(|trashed| TrashedBody::new(&app.images, trashed))
            .collect(),
        next_cursor: page.next.map(|next| next.as_str().to_owned()),
    }))
}
