//! `GET /images`: the caller's own images.
use super::{
    body::{MediaTypeWord, VisibilityWord},
    page::{Asked, ImagePageBody, SortWord, answer},
};
use crate::{
    app::App,
    extract::{Query, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::IntoParams;

/// Which own images, in which order, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListImages {
    /// Only with this visibility.
    #[param(inline)]
    visibility: Option<VisibilityWord>,
    /// Only with this tag.
    #[param(min_length = 1, max_length = 50)]
    tag: Option<String>,
    /// Only of this type.
    #[param(inline)]
    media_type: Option<MediaTypeWord>,
    /// Only those uploaded after this moment (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_after: Option<OffsetDateTime>,
    /// Only those uploaded before this moment (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_before: Option<OffsetDateTime>,
    /// Words in title, description, tags or file name; quotes and a minus work as in web searches. Without `sort` the
    /// best come first, and where nothing matches what is written alike.
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    /// The order; newest first by default.
    #[param(inline)]
    sort: Option<SortWord>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The caller's own images.
#[utoipa::path(
    get, path = "/api/v1/images", tag = "images",
    params(ListImages),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = ImagePageBody))
)]
pub async fn list_images(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    query: Query<ListImages>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let asked = Asked {
        visibility: query.visibility,
        tag: query.tag,
        media_type: query.media_type,
        created_after: query.created_after,
        created_before: query.created_before,
        q: query.q,
        sort: query.sort,
        limit: query.limit,
        cursor: query.cursor,
    };
    let page = app.images.library.list_own(&ctx, &asked.parse()?).await?;
    Ok(answer(&request, &app.images, page))
}
