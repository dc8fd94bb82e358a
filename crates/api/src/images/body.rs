//! Images on the wire.
use crate::{links, wire::mirror_enum};
use actix_web::{HttpResponse, HttpResponseBuilder, http::header};
use base64::{Engine, engine::general_purpose::STANDARD};
use infravault_images::{self as images, FailureCode, Images, RenditionLink};
use infravault_kernel::{Id as _, ImageId, Sha256};
use serde::{Deserialize, Serialize, Serializer};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// An image with its metadata.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Image {
    /// Image ID.
    #[schema(example = "01a1fda7-e040-7c11-9a3e-2b6f0d4c8e15")]
    id: Uuid,
    /// ID of the account that owns the image.
    #[schema(example = "01a0fb8f-5208-7d02-8f4e-61c0a7b3d912")]
    owner_id: Uuid,
    /// Title, 1 to 200 characters.
    #[schema(example = "Harbor at dawn")]
    title: String,
    /// Description, up to 4000 characters. Empty if there is none.
    #[schema(example = "Fishing boats before the first ferry.")]
    description: String,
    /// Tags, up to 50.
    #[schema(example = json!(["sea", "boats"]))]
    tags: Vec<String>,
    /// Who can see the image besides its owner.
    visibility: Visibility,
    /// Name of the uploaded file.
    #[schema(example = "IMG_2041.jpg")]
    file_name: String,
    /// Media type of the original, detected from its content.
    media_type: MediaType,
    /// Size of the original in bytes.
    #[schema(example = 4_812_233)]
    size: u64,
    /// Width in pixels, after applying the EXIF orientation.
    #[schema(example = 4032)]
    width: u32,
    /// Height in pixels, after applying the EXIF orientation.
    #[schema(example = 3024)]
    height: u32,
    /// Number of frames. 1 for a still image.
    #[schema(example = 1)]
    frames: u32,
    /// SHA-256 of the original, 64 hexadecimal digits.
    #[serde(serialize_with = "serialize_digest")]
    #[schema(value_type = String, min_length = 64, max_length = 64, example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: Sha256,
    /// Processing state.
    #[schema(example = "ready")]
    state: ImageState,
    /// Code of the reason why the image could not be processed. Null unless `state` is `failed`.
    #[schema(example = json!(null))]
    failure_code: Option<&'static str>,
    /// Reason why the image could not be processed, as a sentence. Null unless `state` is `failed`.
    #[schema(example = json!(null))]
    failure_detail: Option<String>,
    /// Whether the image has transparent pixels. Null unless `state` is `ready`.
    #[schema(example = false)]
    has_alpha: Option<bool>,
    /// Dominant color as `#rrggbb`. Null unless `state` is `ready`.
    #[schema(min_length = 7, max_length = 7, example = "#2f5d7c")]
    dominant_color: Option<String>,
    /// `ThumbHash` placeholder, base64. Null unless `state` is `ready`.
    #[schema(example = "1QcSHQRnh493V4dIh4eXh1h4kJUI")]
    thumbhash: Option<String>,
    /// 64-bit perceptual hash, 16 hexadecimal digits. Similar images differ in few bits. Null unless `state` is `ready`.
    #[schema(min_length = 16, max_length = 16, example = "c3d2e1f0a5964b78")]
    perceptual_hash: Option<String>,
    /// Camera metadata (EXIF). Null if the original has none or `state` is not `ready`.
    camera: Option<Camera>,
    /// Renditions of the configured presets. Empty until `state` is `ready`.
    renditions: Vec<Rendition>,
    /// When the upload started.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(example = "2026-11-21T10:30:00Z")]
    created_at: OffsetDateTime,
    /// When the metadata was last changed.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(example = "2026-11-21T10:30:00Z")]
    updated_at: OffsetDateTime,
}

fn serialize_digest<S: Serializer>(digest: &Sha256, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(digest)
}

impl Image {
    pub(super) fn new(images: &Images, image: images::Image) -> Self {
        let renditions = images.renditions.rendition_links(&image);
        Self {
            renditions: renditions.map(|link| Rendition::new(image.id, link)).collect(),
            id: image.id.uuid(),
            owner_id: image.owner.uuid(),
            title: image.title,
            description: image.description,
            tags: image.tags,
            visibility: image.visibility.into(),
            file_name: image.file_name,
            media_type: image.media_type.into(),
            size: image.byte_size,
            width: image.width,
            height: image.height,
            frames: image.frames,
            sha256: image.sha256,
            state: image.state.into(),
            failure_code: image.failure_code.map(FailureCode::as_str),
            failure_detail: image.failure_code.map(|code| code.to_string()),
            has_alpha: image.has_alpha,
            dominant_color: image
                .color
                .map(|[red, green, blue]| format!("#{red:02x}{green:02x}{blue:02x}")),
            thumbhash: image.thumbhash.map(|hash| STANDARD.encode(hash)),
            perceptual_hash: image.phash.map(|hash| format!("{hash:016x}")),
            camera: image.camera.map(Camera::from),
            created_at: image.created_at,
            updated_at: image.updated_at,
        }
    }

    pub(super) fn without_renditions(mut self) -> Self {
        self.renditions.clear();
        self
    }
}

/// Returns the image with its entity tag.
pub(super) fn image_response(
    mut response: HttpResponseBuilder,
    images: &Images,
    image: images::Image,
) -> HttpResponse {
    response
        .insert_header((header::ETAG, format!("\"{}\"", image.etag())))
        .json(Image::new(images, image))
}

/// An image with the location where it was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImageDetail {
    #[serde(flatten)]
    pub(super) image: Image,
    /// Where the image was taken. Present only for the owner, and only if the location was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) location: Option<Location>,
}

/// A GPS location (WGS 84).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Location {
    /// Latitude in degrees, positive north.
    #[schema(example = 53.5437)]
    latitude: f64,
    /// Longitude in degrees, positive east.
    #[schema(example = 9.9665)]
    longitude: f64,
    /// Altitude in meters above sea level.
    #[schema(example = 6.5)]
    altitude: Option<f32>,
}

impl From<images::Location> for Location {
    fn from(location: images::Location) -> Self {
        Self {
            latitude: location.latitude,
            longitude: location.longitude,
            altitude: location.altitude,
        }
    }
}

/// A rendition of a preset.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Rendition {
    /// Name of the preset.
    #[schema(example = "thumb")]
    preset: String,
    /// Rendition URL. It changes whenever the content changes, so it can be cached forever.
    #[schema(example = "/api/v1/images/01a1fda7-e040-7c11-9a3e-2b6f0d4c8e15/renditions/thumb?v=5f2b9c41")]
    url: String,
    /// Width in pixels.
    #[schema(example = 320)]
    width: u32,
    /// Height in pixels.
    #[schema(example = 240)]
    height: u32,
    /// Media type for clients that accept neither AVIF nor WebP.
    #[schema(example = "image/jpeg")]
    media_type: &'static str,
}

impl Rendition {
    fn new(image: ImageId, link: RenditionLink<'_>) -> Self {
        Self {
            url: links::rendition_path(image, &link),
            preset: link.preset.to_owned(),
            width: link.width,
            height: link.height,
            media_type: link.format.media_type(),
        }
    }
}

/// Camera metadata (EXIF). Values that the camera did not write are omitted.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Camera {
    /// Camera manufacturer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "FUJIFILM")]
    make: Option<String>,
    /// Camera model.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "X-T5")]
    model: Option<String>,
    /// Lens model.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "XF23mmF2 R WR")]
    lens: Option<String>,
    /// Exposure time in seconds, as a fraction or a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "1/250")]
    exposure: Option<String>,
    /// Aperture as f-number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 5.6)]
    f_number: Option<f32>,
    /// ISO sensitivity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 200)]
    iso: Option<u32>,
    /// Focal length in millimeters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 23.0)]
    focal_length: Option<f32>,
    /// When the image was taken, by the clock of the camera. It may have no UTC offset.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "2026-11-21T07:12:40")]
    taken_at: Option<String>,
}

impl From<images::Camera> for Camera {
    fn from(camera: images::Camera) -> Self {
        Self {
            make: camera.make,
            model: camera.model,
            lens: camera.lens,
            exposure: camera.exposure.and_then(format_exposure),
            f_number: camera.f_number,
            iso: camera.iso,
            focal_length: camera.focal_length,
            taken_at: camera.taken_at,
        }
    }
}

/// Formats a number of seconds as photographers write it: `1/250`, `2`, `2.5`.
fn format_exposure((numerator, denominator): (u32, u32)) -> Option<String> {
    let (seconds, rest) = (
        numerator.checked_div(denominator)?,
        numerator.checked_rem(denominator)?,
    );
    if numerator == 0 {
        return None;
    }
    Some(match (seconds, rest) {
        (seconds, 0) => seconds.to_string(),
        (0, _) => {
            let divisor = greatest_common_divisor(numerator, denominator);
            format!("{}/{}", numerator / divisor, denominator / divisor)
        }
        _ => format!("{:.1}", f64::from(numerator) / f64::from(denominator)),
    })
}

/// Returns at least 1 for two numbers that are not both 0.
fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    match b {
        0 => a.max(1),
        b => greatest_common_divisor(b, a % b),
    }
}

mirror_enum! {
    /// Processing state of an image.
    ///
    /// - `stored`: the original is stored durably and waits for processing.
    /// - `ready`: the image is processed.
    /// - `failed`: the original cannot be decoded. It can still be downloaded.
    #[serde(rename_all = "lowercase")]
    pub(super) enum ImageState = images::State {
        Stored,
        Ready,
        Failed,
    }
}

mirror_enum! {
    /// Who can see an image besides its owner.
    ///
    /// - `private`: only the owner.
    /// - `unlisted`: anyone who has the image ID.
    /// - `public`: everyone, and the image is listed in the public gallery.
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Visibility = images::Visibility {
        Private,
        Unlisted,
        Public,
    }
}

mirror_enum! {
    /// Media type of an original.
    #[derive(Deserialize)]
    pub enum MediaType = images::MediaType {
        #[serde(rename = "image/jpeg")]
        Jpeg,
        #[serde(rename = "image/png")]
        Png,
        #[serde(rename = "image/gif")]
        Gif,
        #[serde(rename = "image/webp")]
        Webp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exposure_is_formatted_as_fraction_or_seconds() {
        for (written, expected) in [
            ((1, 250), Some("1/250")),
            ((10, 2500), Some("1/250")),
            ((3, 10), Some("3/10")),
            ((2, 1), Some("2")),
            ((30, 10), Some("3")),
            ((25, 10), Some("2.5")),
            ((u32::MAX, 1), Some("4294967295")),
            ((0, 1), None),
            ((1, 0), None),
            ((0, 0), None),
        ] {
            assert_eq!(format_exposure(written).as_deref(), expected, "{written:?}");
        }
    }
}
