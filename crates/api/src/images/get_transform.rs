//! `GET, HEAD /images/{id}/transform`: a signed transform.
use super::{conditions::cached_digests, rendition::signed_response};
use crate::{
    app::App,
    extract::{Path, PublicCtx},
    http::accepted_formats,
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, http::Method, web};
use infravault_images::{FormatChoice, RenditionRequest, SignedTransform};
use infravault_kernel::ImageId;

/// Get a signed transform of an image
///
/// Returns the transform that a URL from `POST /images/{id}/transform-url` describes. The signature grants access; credentials
/// are ignored. The transform is created on the first request.
#[utoipa::path(
    get, path = "/api/v1/images/{id}/transform", tag = "renditions",
    params(
        ("id" = Uuid, Path, description = "Image ID."),
        ("w" = Option<u32>, Query, minimum = 1, maximum = 4096, description = "Width in pixels."),
        ("h" = Option<u32>, Query, minimum = 1, maximum = 4096, description = "Height in pixels."),
        ("fit" = Option<String>, Query, pattern = "^(inside|contain|cover|fill)$", description = "How the image is fitted into the size."),
        ("gravity" = Option<String>, Query, description = "Part to keep when the image is cropped."),
        ("crop" = Option<String>, Query, pattern = "^[0-9]+,[0-9]+,[0-9]+,[0-9]+$", description = "Rectangle to crop in pixels: `x,y,width,height`."),
        ("rotate" = Option<u16>, Query, description = "Clockwise rotation in degrees: 0, 90, 180 or 270."),
        ("flip" = Option<String>, Query, pattern = "^(h|v|hv)$", description = "Mirror axis: `h`, `v` or `hv`."),
        ("blur" = Option<f64>, Query, minimum = 0.3, maximum = 100, description = "Standard deviation of a Gaussian blur in pixels."),
        ("sharpen" = Option<f64>, Query, minimum = 0, maximum = 10, description = "Strength of sharpening."),
        ("bg" = Option<String>, Query, description = "Background: `#rrggbb` or `#rrggbbaa`."),
        ("format" = Option<String>, Query, pattern = "^(avif|webp|jpeg|png)$", description = "Format. Takes precedence over `Accept`."),
        ("quality" = Option<u8>, Query, minimum = 1, maximum = 100, description = "Quality of lossy compression."),
        ("dpr" = Option<f64>, Query, description = "Device pixel ratio: 1, 1.5, 2 or 3."),
        ("exp" = i64, Query, minimum = 0, description = "Expiry of the URL, in seconds since the Unix epoch."),
        ("kid" = String, Query, description = "ID of the signing key."),
        ("sig" = String, Query, description = "Signature of the URL."),
        ("Accept" = Option<String>, Header, description = "Media types that the client can display."),
        ("If-None-Match" = Option<String>, Header, description = "`ETag` values. Returns 304 if one of them is current."),
    ),
    responses(
        (status = 200, description = "The transformed image.", headers(
            ("ETag" = String, description = "SHA-256 of the transformed image.")), content(
            (Vec<u8> = "image/avif"), (Vec<u8> = "image/webp"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"))),
        (status = 304, description = "The transformed image has not changed."),
    ),
    extensions(("x-problems" = json!("dependency-unavailable image-undecodable invalid-signature overloaded storage-unavailable url-expired")))
)]
pub async fn get_transform(
    app: web::Data<App>,
    ctx: PublicCtx,
    request: HttpRequest,
    id: Path<ImageId>,
) -> Result<HttpResponse, Problem> {
    let pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
    let signed = SignedTransform::parse(pairs)
        .map_err(|error| Problem::parameter(&error.field.replace('\0', ""), error.detail))?;
    let rendition_request = RenditionRequest {
        format: FormatChoice::Negotiated(accepted_formats(&request)),
        cached: cached_digests(&request)?,
        head_only: *request.method() == Method::HEAD,
        version: None,
    };
    let served = app
        .images
        .renditions
        .get_transform(&ctx, id.0, &signed, &rendition_request)
        .await?;
    Ok(signed_response(served, &ctx.log))
}
