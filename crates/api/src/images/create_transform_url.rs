//! `POST /images/{id}/transform-url`: an address by which others may fetch a transform for a while.
use super::rendition::FormatWord;
use crate::{
    app::App,
    extract::{Json, Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_images::Transform;
use infravault_kernel::{FieldError, ImageId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// What is to be made of the image. What is not given stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTransformUrl)]
pub struct NewTransformUrl {
    /// Pixels across.
    #[schema(minimum = 1, maximum = 4096)]
    w: Option<u32>,
    /// Pixels down.
    #[schema(minimum = 1, maximum = 4096)]
    h: Option<u32>,
    /// How it meets the size: inside, contain, cover or fill.
    #[schema(pattern = "^(inside|contain|cover|fill)$")]
    fit: Option<String>,
    /// Which part stays where something is cut off: center, one of eight directions such as north-east, entropy or
    /// attention.
    #[schema(
        pattern = "^(center|north|north-east|east|south-east|south|south-west|west|north-west|entropy|attention)$"
    )]
    gravity: Option<String>,
    /// Only this part, before anything else.
    crop: Option<CropBody>,
    /// Degrees clockwise: 0, 90, 180 or 270.
    rotate: Option<u16>,
    /// Mirrors it: h, v or hv.
    #[schema(pattern = "^(h|v|hv)$")]
    flip: Option<String>,
    /// Blurs it: the standard deviation in pixels, with at most two digits after the point.
    #[schema(minimum = 0.3, maximum = 100)]
    blur: Option<f64>,
    /// Sharpens it, with at most two digits after the point.
    #[schema(minimum = 0, maximum = 10)]
    sharpen: Option<f64>,
    /// What shows through transparent pixels and around a contained image: #rrggbb or #rrggbbaa.
    #[schema(pattern = "^#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?$")]
    bg: Option<String>,
    /// This format; without it, what the client takes.
    #[schema(inline)]
    format: Option<FormatWord>,
    /// How strongly it is compressed.
    #[schema(minimum = 1, maximum = 100)]
    quality: Option<u8>,
    /// Device pixels per pixel: 1, 1.5, 2 or 3.
    dpr: Option<f64>,
    /// For how many seconds the address holds; as long as it may by default.
    #[schema(minimum = 1)]
    expires_in: Option<u64>,
}

/// A rectangle of the upright image, in pixels.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Crop)]
pub struct CropBody {
    /// The first column.
    x: u32,
    /// The first row.
    y: u32,
    /// Columns.
    #[schema(minimum = 1)]
    width: u32,
    /// Rows.
    #[schema(minimum = 1)]
    height: u32,
}

/// An address that holds for a while.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransformUrl)]
pub(super) struct TransformUrlBody {
    /// The address. Whoever has it may fetch what it names.
    url: String,
    /// Until when it holds.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// Pixels across.
    width: u32,
    /// Pixels down.
    height: u32,
    /// What it is served as; without a `format`, to clients that take neither AVIF nor WebP.
    media_type: &'static str,
}

impl NewTransformUrl {
    /// The transform, by the words that addresses use, so that there is one grammar.
    fn transform(&self) -> Result<Transform, FieldError> {
        let crop = self.crop.as_ref();
        let crop = crop.map(|part| format!("{},{},{},{}", part.x, part.y, part.width, part.height));
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
                transform.set(name, &value)?;
            }
        }
        Ok(transform)
    }
}

/// An address by which whoever has it may fetch a transform of an own image, private or not, until it expires.
#[utoipa::path(
    post, path = "/api/v1/images/{id}/transform-url", tag = "images",
    params(("id" = Uuid, Path, description = "The image")),
    request_body = NewTransformUrl,
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = TransformUrlBody))
)]
pub async fn create_transform_url(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<ImageId>,
    body: Json<NewTransformUrl>,
) -> Result<HttpResponse, Problem> {
    let transform = body
        .0
        .transform()
        .map_err(|fault| Problem::field(&fault.field, fault.detail))?;
    let signed = app
        .images
        .renditions
        .sign_transform(&ctx, id.0, &transform, body.0.expires_in)
        .await?;
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&signed.pairs)
        .finish();
    Ok(HttpResponse::Ok().json(TransformUrlBody {
        url: format!(
            "{}/api/v1/images/{}/transform?{query}",
            app.config.server.public_origin, id.0
        ),
        expires_at: signed.expires_at,
        width: signed.width,
        height: signed.height,
        media_type: signed.format.media_type(),
    }))
}
