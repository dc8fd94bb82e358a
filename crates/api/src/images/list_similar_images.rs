//! `GET /images/{id}/similar`: images that look like another one.
use super::body::ImageBody;
use crate::{
    app::App,
    extract::{Path, Query, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::ImageId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many at most, unless another number is asked for.
const DEFAULT: u32 = 20;
/// How many at most.
const MAX: u32 = 100;

/// How many images that look alike.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSimilarImages {
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// Images that look like another one, nearest first. There is one page only.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimilarImages)]
pub(super) struct SimilarBody {
    /// The images.
    items: Vec<SimilarItem>,
    /// Always null: there are no more pages.
    #[schema(value_type = Option<String>)]
    next_cursor: (),
}

/// An image that looks like another one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimilarImage)]
struct SimilarItem {
    /// The image.
    image: ImageBody,
    /// In how many of 64 bits their perceptual hashes differ.
    #[schema(minimum = 0, maximum = 7)]
    distance: u32,
}

/// Images that look like one that the caller may see: own and public ones whose perceptual hash differs in at most seven
/// bits, nearest first, then newest. An image that is not ready has none.
#[utoipa::path(
    get, path = "/api/v1/images/{id}/similar", tag = "images",
    params(("id" = Uuid, Path, description = "The image"), ListSimilarImages),
    security((), ("session" = []), ("api_token" = [])),
    responses((status = 200, body = SimilarBody))
)]
pub async fn list_similar_images(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<ImageId>,
    query: Query<ListSimilarImages>,
) -> Result<HttpResponse, Problem> {
    let limit = query.0.limit.unwrap_or(DEFAULT);
    if !(1..=MAX).contains(&limit) {
        return Err(Problem::parameter("limit", "must be 1 to 100"));
    }
    let found = app
        .images
        .library
        .find_similar(&ctx, id.0, limit)
        .await?
        .into_iter();
    let items = found.map(|similar| SimilarItem {
        image: ImageBody::new(&app.images, similar.image),
        distance: similar.distance,
    });
    Ok(HttpResponse::Ok().json(SimilarBody {
        items: items.collect(),
        next_cursor: (),
    }))
}
