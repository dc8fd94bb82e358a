//! `POST /images/{id}/transform-url`: a signed URL of a transform.
use super::rendition::RenditionFormat;
use crate::{
    app::App,
    extract::{Json, Path, RequestCtx},
    links,
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_images::Transform;
use infravault_kernel::ImageId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// A transform and how long its URL is valid. Omitted parameters leave the image unchanged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTransformUrl {
    /// Width in pixels.
    #[schema(minimum = 1, maximum = 4096, example = 1200)]
    w: Option<u32>,
    /// Height in pixels.
    #[schema(minimum = 1, maximum = 4096, example = 630)]
    h: Option<u32>,
    /// How the image is fitted into the size: `inside`, `contain`, `cover` or `fill`.
    #[schema(pattern = "^(inside|contain|cover|fill)$", example = "cover")]
    fit: Option<String>,
    /// Part to keep when the image is cropped: `center`, one of eight directions such as `north-east`, `entropy` or
    /// `attention`.
    #[schema(
        pattern = "^(center|north|north-east|east|south-east|south|south-west|west|north-west|entropy|attention)$",
        example = "center"
    )]
    gravity: Option<String>,
    /// Rectangle to crop before any other operation.
    crop: Option<Crop>,
    /// Clockwise rotation in degrees: 0, 90, 180 or 270.
    #[schema(example = 0)]
    rotate: Option<u16>,
    /// Mirror axis: `h` horizontal, `v` vertical or `hv` both.
    #[schema(pattern = "^(h|v|hv)$", example = "h")]
    flip: Option<String>,
    /// Standard deviation of a Gaussian blur in pixels, with up to two decimals.
    #[schema(minimum = 0.3, maximum = 100, example = 0.5)]
    blur: Option<f64>,
    /// Strength of sharpening, with up to two decimals.
    #[schema(minimum = 0, maximum = 10, example = 0.5)]
    sharpen: Option<f64>,
    /// Background of transparent pixels and of a contained image: `#rrggbb` or `#rrggbbaa`.
    #[schema(pattern = "^#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?$", example = "#ffffff")]
    bg: Option<String>,
    /// Format. Default: negotiated with `Accept`.
    #[schema(inline)]
    format: Option<RenditionFormat>,
    /// Quality of lossy compression.
    #[schema(minimum = 1, maximum = 100, example = 80)]
    quality: Option<u8>,
    /// Device pixel ratio: 1, 1.5, 2 or 3.
    #[schema(example = 2)]
    dpr: Option<f64>,
    /// Validity of the URL in seconds. Default and maximum: `TRANSFORM_URL_MAX_TTL`.
    #[schema(minimum = 1, example = 300)]
    expires_in: Option<u64>,
}

/// A rectangle in pixels, after applying the EXIF orientation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Crop {
    /// Left edge in pixels.
    #[schema(example = 120)]
    x: u32,
    /// Top edge in pixels.
    #[schema(example = 80)]
    y: u32,
    /// Width in pixels.
    #[schema(minimum = 1, example = 2400)]
    width: u32,
    /// Height in pixels.
    #[schema(minimum = 1, example = 1260)]
    height: u32,
}

/// A signed URL of a transform.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TransformUrl {
    /// URL of the transform. It requires no credentials.
    #[schema(
        example = "https://images.example/api/v1/images/01a1fda7-e040-7c11-9a3e-2b6f0d4c8e15/transform?w=1200&h=630&fit=cover&exp=1795257300&kid=k1&sig=mT5rQx0c"
    )]
    url: String,
    /// When the URL expires.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(example = "2026-11-21T10:35:00Z")]
    expires_at: OffsetDateTime,
    /// Width of the result in pixels.
    #[schema(example = 1200)]
    width: u32,
    /// Height of the result in pixels.
    #[schema(example = 630)]
    height: u32,
    /// Media type of the result. Without `format`, the type for clients that accept neither AVIF nor WebP.
    #[schema(example = "image/jpeg")]
    media_type: &'static str,
}

impl NewTransformUrl {
    /// Parses the transform with the grammar of its URLs, so that there is only one grammar.
    fn parse_transform(&self) -> Result<Transform, Problem> {
        let crop = self.crop.as_ref();
        let crop = crop.map(|crop| format!("{},{},{},{}", crop.x, crop.y, crop.width, crop.height));
        let format = self.format.map(infravault_images::Format::from);
        let values = [
            ("w", self.w.map(|side| side.to_string())),
            ("h", self.h.map(|side| side.to_string())),
            ("fit", self.fit.clone()),
            ("gravity", self.gravity.clone()),
            ("crop", crop),
            ("rotate", self.rotate.map(|degrees| degrees.to_string())),
            ("flip", self.flip.clone()),
            ("blur", self.blur.map(|blur| blur.to_string())),
            ("sharpen", self.sharpen.map(|amount| amount.to_string())),
            ("bg", self.bg.clone()),
            ("format", format.map(|format| format.to_string())),
            ("quality", self.quality.map(|quality| quality.to_string())),
            ("dpr", self.dpr.map(|density| density.to_string())),
        ];
        let mut transform = Transform::default();
        for (name, value) in values {
            if let Some(value) = value {
                transform
                    .set(name, &value)
                    .map_err(|error| Problem::field(&error.field, error.detail))?;
            }
        }
        Ok(transform)
    }
}

/// Create a signed URL of a transform
///
/// Returns a URL with which anyone can download a transform of an image that you own, whatever its visibility, until the URL
/// expires. Requires the scope `images:read`.
#[utoipa::path(
    post, path = "/api/v1/images/{id}/transform-url", tag = "renditions",
    params(("id" = Uuid, Path, description = "Image ID.")),
    request_body(content = NewTransformUrl, description = "The transform."),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The signed URL.", body = TransformUrl)),
    extensions(("x-problems" = json!("image-undecodable")))
)]
pub async fn create_transform_url(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<ImageId>,
    body: Json<NewTransformUrl>,
) -> Result<HttpResponse, Problem> {
    let transform = body.0.parse_transform()?;
    let signed = app
        .images
        .renditions
        .sign_transform(&ctx, id.0, &transform, body.0.expires_in)
        .await?;
    let path = format!("/api/v1/images/{}/transform", id.0);
    Ok(HttpResponse::Ok().json(TransformUrl {
        url: links::signed_url(&app.config.server.public_origin, &path, signed.pairs),
        expires_at: signed.expires_at,
        width: signed.width,
        height: signed.height,
        media_type: signed.format.media_type(),
    }))
}
