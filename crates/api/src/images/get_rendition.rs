//! `GET, HEAD /images/{id}/renditions/{preset}`: an image made of an image, by name.
use super::{
    conditions::cached_digests,
    rendition::{FormatWord, answer},
};
use crate::{
    app::App,
    extract::{Query, RequestCtx},
    http::accepted_formats,
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, http::Method, web};
use infravault_images::{Ask, Choice};
use serde::Deserialize;
use utoipa::IntoParams;

/// How the rendition is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GetRendition {
    /// This format, whatever `Accept` says.
    #[param(inline)]
    format: Option<FormatWord>,
    /// Names the content, as the addresses of an image's `renditions` do: the answer may then be kept for ever.
    #[param(max_length = 64)]
    v: Option<String>,
}

/// A rendition of an image that the caller may see: AVIF or WebP where `Accept` names it, else JPEG, or PNG where the
/// image has transparent pixels. It is made when it is missing.
#[utoipa::path(
    get, path = "/api/v1/images/{id}/renditions/{preset}", tag = "images",
    params(
        ("id" = Uuid, Path, description = "The image"),
        ("preset" = String, Path, description = "The name of the rendition, such as `thumb`"),
        GetRendition,
        ("Accept" = Option<String>, Header, description = "The formats that the client can show"),
        ("If-None-Match" = Option<String>, Header, description = "304 if it has one of these `ETag`s"),
    ),
    security((), ("session" = []), ("api_token" = [])),
    responses(
        (status = 200, description = "The rendition", content(
            (Vec<u8> = "image/avif"), (Vec<u8> = "image/webp"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"))),
        (status = 304, description = "Not modified"),
    )
)]
pub async fn get_rendition(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    query: Query<GetRendition>,
) -> Result<HttpResponse, Problem> {
    let id = request.match_info().get("id").and_then(|id| id.parse().ok());
    let preset = request.match_info().get("preset").unwrap_or_default();
    let ask = Ask {
        choice: query.0.format.map_or_else(
            || Choice::Negotiated(accepted_formats(&request)),
            |format| Choice::Forced(format.into()),
        ),
        cached: cached_digests(&request)?,
        head_only: *request.method() == Method::HEAD,
        version: query.0.v,
    };
    let id = id.ok_or_else(Problem::not_found)?;
    let served = app.images.renditions.rendition(&ctx, id, preset, &ask).await?;
    Ok(answer(served, &ctx.log))
}
