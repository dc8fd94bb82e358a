//! `GET, HEAD /images/{id}/transform`: what a signed address names.
use super::{conditions::cached_digests, rendition::answer_signed};
use crate::{
    app::App,
    extract::{Path, PublicCtx},
    http::accepted_formats,
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, http::Method, web};
use infravault_images::{Ask, Choice, SignedTransform};
use infravault_kernel::ImageId;

/// A transform by an address that `POST /images/{id}/transform-url` gave. The signature is the permission: no credential
/// is looked at.
#[utoipa::path(
    get, path = "/api/v1/images/{id}/transform", tag = "images",
    params(
        ("id" = Uuid, Path, description = "The image"),
        ("w" = Option<u32>, Query, minimum = 1, maximum = 4096, description = "Pixels across"),
        ("h" = Option<u32>, Query, minimum = 1, maximum = 4096, description = "Pixels down"),
        ("fit" = Option<String>, Query, pattern = "^(inside|contain|cover|fill)$", description = "How it meets the size"),
        ("gravity" = Option<String>, Query, description = "Which part stays"),
        ("crop" = Option<String>, Query, pattern = "^[0-9]+,[0-9]+,[0-9]+,[0-9]+$", description = "x,y,width,height"),
        ("rotate" = Option<u16>, Query, description = "0, 90, 180 or 270 degrees clockwise"),
        ("flip" = Option<String>, Query, pattern = "^(h|v|hv)$", description = "Mirrors it"),
        ("blur" = Option<f64>, Query, minimum = 0.3, maximum = 100, description = "Blurs it"),
        ("sharpen" = Option<f64>, Query, minimum = 0, maximum = 10, description = "Sharpens it"),
        ("bg" = Option<String>, Query, description = "What shows through, #rrggbb or #rrggbbaa"),
        ("format" = Option<String>, Query, pattern = "^(avif|webp|jpeg|png)$", description = "This format, whatever `Accept` says"),
        ("quality" = Option<u8>, Query, minimum = 1, maximum = 100, description = "How strongly it is compressed"),
        ("dpr" = Option<f64>, Query, description = "Device pixels per pixel: 1, 1.5, 2 or 3"),
        ("exp" = i64, Query, minimum = 0, description = "Until when the address holds"),
        ("kid" = String, Query, description = "The key that signed it"),
        ("sig" = String, Query, description = "The signature"),
        ("Accept" = Option<String>, Header, description = "The formats that the client can show"),
        ("If-None-Match" = Option<String>, Header, description = "304 if it has one of these `ETag`s"),
    ),
    responses(
        (status = 200, description = "The transform", content(
            (Vec<u8> = "image/avif"), (Vec<u8> = "image/webp"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"))),
        (status = 304, description = "Not modified"),
    )
)]
pub async fn get_transform(
    app: web::Data<App>,
    ctx: PublicCtx,
    request: HttpRequest,
    id: Path<ImageId>,
) -> Result<HttpResponse, Problem> {
    let pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
    let signed = SignedTransform::parse(pairs)
        .map_err(|fault| Problem::parameter(&fault.field.replace('\0', ""), fault.detail))?;
    let ask = Ask {
        choice: Choice::Negotiated(accepted_formats(&request)),
        cached: cached_digests(&request)?,
        head_only: *request.method() == Method::HEAD,
        version: None,
    };
    let served = app.images.renditions.transform(&ctx, id.0, &signed, &ask).await?;
    Ok(answer_signed(served, &ctx.log))
}
