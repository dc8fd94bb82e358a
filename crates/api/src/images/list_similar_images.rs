//! `GET /images/{id}/similar`: images that look like another one.
use super::body;
use crate::{
    app::App,
    extract::{Path, Query, RequestCtx},
    page::Page,
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::ImageId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;

/// Parameters of the list of similar images.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSimilarImages {
    /// Maximum number of images. Default 20, maximum 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// An image that looks like another one.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SimilarImage {
    /// The similar image.
    image: body::Image,
    /// Number of bits in which the 64-bit perceptual hashes differ.
    #[schema(minimum = 0, maximum = 7, example = 3)]
    distance: u32,
}

type SimilarImagePage = Page<SimilarImage>;

/// List similar images
///
/// Returns your own and public images whose perceptual hash differs from that of the image in at most seven bits, nearest
/// first, then newest first. There is only one page. The list is empty unless the state of the image is `ready`.
/// Authentication is optional. An API token requires the scope `images:read`.
#[utoipa::path(
    get, path = "/api/v1/images/{id}/similar", tag = "images",
    params(("id" = Uuid, Path, description = "Image ID."), ListSimilarImages),
    security((), ("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The similar images.", body = SimilarImagePage))
)]
pub async fn list_similar_images(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<ImageId>,
    query: Query<ListSimilarImages>,
) -> Result<HttpResponse, Problem> {
    let limit = query.0.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::parameter("limit", "must be 1 to 100"));
    }
    let similar = app.images.library.find_similar(&ctx, id.0, limit).await?;
    let items = similar.into_iter().map(|similar| SimilarImage {
        image: body::Image::new(&app.images, similar.image),
        distance: similar.distance,
    });
    Ok(HttpResponse::Ok().json(Page::single(items)))
}
