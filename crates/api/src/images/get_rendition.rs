//! `GET, HEAD /images/{id}/renditions/{preset}`: a rendition of a preset.
use super::{
    conditions::cached_digests,
    rendition::{RenditionFormat, rendition_response},
};
use crate::{
    app::App,
    extract::{Query, RequestCtx},
    http::accepted_formats,
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, http::Method, web};
use infravault_images::{FormatChoice, RenditionRequest};
use serde::Deserialize;
use utoipa::IntoParams;

/// Parameters of a rendition.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GetRendition {
    /// Format. Takes precedence over `Accept`.
    #[param(inline)]
    format: Option<RenditionFormat>,
    /// Version of the content, as in the URLs of `renditions`. If it is current, the response can be cached forever.
    #[param(max_length = 64)]
    v: Option<String>,
}

/// Get a rendition of an image
///
/// Returns a rendition of an image that you own, or that is public or unlisted. It is created on the first request.
/// The format is AVIF or WebP if `Accept` names it explicitly. Without an `Accept` header, the response is JPEG, or PNG if the
/// image has transparent pixels. Authentication is optional. An API token requires the scope `images:read`.
#[utoipa::path(
    get, path = "/api/v1/images/{id}/renditions/{preset}", tag = "renditions",
    params(
        ("id" = Uuid, Path, description = "Image ID."),
        ("preset" = String, Path, description = "Name of a configured preset, such as `thumb`."),
        GetRendition,
        ("Accept" = Option<String>, Header, description = "Media types that the client can display."),
        ("If-None-Match" = Option<String>, Header, description = "`ETag` values. Returns 304 if one of them is current."),
    ),
    security((), ("session" = []), ("api_token" = [])),
    responses(
        (status = 200, description = "The rendition.", headers(
            ("ETag" = String, description = "SHA-256 of the rendition.")), content(
            (Vec<u8> = "image/avif"), (Vec<u8> = "image/webp"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"))),
        (status = 304, description = "The rendition has not changed."),
    ),
    extensions(("x-problems" = json!("image-undecodable overloaded storage-unavailable")))
)]
pub async fn get_rendition(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    query: Query<GetRendition>,
) -> Result<HttpResponse, Problem> {
    let id = request.match_info().get("id").and_then(|id| id.parse().ok());
    let preset = request.match_info().get("preset").unwrap_or_default();
    let rendition_request = RenditionRequest {
        format: query.0.format.map_or_else(
            || FormatChoice::Negotiated(accepted_formats(&request)),
            |format| FormatChoice::Forced(format.into()),
        ),
        cached: cached_digests(&request)?,
        head_only: *request.method() == Method::HEAD,
        version: query.0.v,
    };
    let id = id.ok_or_else(Problem::not_found)?;
    let served = app
        .images
        .renditions
        .get_rendition(&ctx, id, preset, &rendition_request)
        .await?;
    Ok(rendition_response(served, &ctx.log))
}
