//! `GET /images/public`: the public gallery.
use super::{body, list_images::ImagePage, list_params::ListParams};
use crate::{
    app::App,
    extract::{Query, RequestCtx},
    page::page_response,
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};

/// List public images
///
/// Returns the public images of all accounts, newest first. Authentication is optional.
#[utoipa::path(
    get, path = "/api/v1/images/public", tag = "images",
    params(ListParams),
    security((), ("session" = []), ("api_token" = [])),
    responses((status = 200, description = "One page of images.", body = ImagePage, headers(
        ("Link" = Option<String>, description = "URL of the next page with `rel=\"next\"`. Absent on the last page."))))
)]
pub async fn list_public_images(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    query: Query<ListParams>,
) -> Result<HttpResponse, Problem> {
    let page = app
        .images
        .library
        .list_public(&ctx, &query.0.parse_public()?)
        .await?;
    let image = |image| body::Image::new(&app.images, image);
    Ok(page_response(&request, page, image))
}
