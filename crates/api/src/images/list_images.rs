//! `GET /images`: the caller's own images.
use super::{
    body::{self, Visibility},
    list_params::ListParams,
};
use crate::{
    app::App,
    extract::{Query, RequestCtx},
    page::{Page, page_response},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};

pub(super) type ImagePage = Page<body::Image>;

/// List your images
///
/// Returns your images, newest first. Images in the trash are not included.
/// Requires the scope `images:read`.
#[utoipa::path(
    get, path = "/api/v1/images", tag = "images",
    params(
        ("visibility" = inline(Option<Visibility>), Query, description = "Only images with this visibility."),
        ListParams,
    ),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "One page of images.", body = ImagePage, headers(
        ("Link" = Option<String>, description = "URL of the next page with `rel=\"next\"`. Absent on the last page."))))
)]
pub async fn list_images(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    query: Query<ListParams>,
) -> Result<HttpResponse, Problem> {
    let page = app.images.library.list_own(&ctx, &query.0.parse()?).await?;
    let image = |image| body::Image::new(&app.images, image);
    Ok(page_response(&request, page, image))
}
