//! How an image looks on the wire.
use crate::links;
use actix_web::{HttpResponse, HttpResponseBuilder, http::header};
use base64::{Engine, engine::general_purpose::STANDARD};
use infravault_images::{
    Camera, FailureCode, Image, Images, Location, MediaType, RenditionLink, State, Visibility,
};
use infravault_kernel::{Id as _, ImageId, Sha256};
use serde::{Deserialize, Serialize, Serializer};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// An image.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Image)]
pub(super) struct ImageBody {
    /// Names it for ever.
    id: Uuid,
    /// Whose it is.
    owner_id: Uuid,
    /// Its title.
    title: String,
    /// Its description; empty where there is none.
    description: String,
    /// Its tags.
    tags: Vec<String>,
    /// Who may see it.
    visibility: VisibilityWord,
    /// What the file was called when it was uploaded.
    file_name: String,
    /// The type of the original, by its content.
    media_type: MediaTypeWord,
    /// The size of the original in bytes.
    size: u64,
    /// Pixels across, orientation applied.
    width: u32,
    /// Pixels down, orientation applied.
    height: u32,
    /// Frames; 1 for a still image.
    frames: u32,
    /// The SHA-256 of the original, 64 hexadecimal digits.
    #[serde(serialize_with = "digits")]
    #[schema(value_type = String, min_length = 64, max_length = 64)]
    sha256: Sha256,
    /// How far it has come.
    state: StateWord,
    /// Code of the reason for the state `failed`.
    failure_code: Option<&'static str>,
    /// Reason for the state `failed`, as a sentence in English.
    failure: Option<String>,
    /// Whether it has transparent pixels. This and what follows is known when its state is `ready`.
    has_alpha: Option<bool>,
    /// Its dominant color, `#rrggbb`.
    #[schema(min_length = 7, max_length = 7)]
    dominant_color: Option<String>,
    /// Its thumbhash, in base64: a placeholder of a few bytes.
    thumbhash: Option<String>,
    /// 64 bits of which few differ between two versions of an image, as 16 hexadecimal digits.
    #[schema(min_length = 16, max_length = 16)]
    perceptual_hash: Option<String>,
    /// What the camera wrote down.
    camera: Option<CameraBody>,
    /// Its renditions by name.
    renditions: Vec<RenditionBody>,
    /// When its upload began.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When its texts were changed last.
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

fn digits<S: Serializer>(digest: &Sha256, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(digest)
}

impl ImageBody {
    pub(super) fn new(images: &Images, image: Image) -> Self {
        let renditions = images.renditions.renditions(&image);
        Self {
            renditions: renditions
                .map(|link| RenditionBody::new(image.id, link))
                .collect(),
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
            failure: image.failure_code.map(|code| code.to_string()),
            has_alpha: image.has_alpha,
            dominant_color: image
                .color
                .map(|[red, green, blue]| format!("#{red:02x}{green:02x}{blue:02x}")),
            thumbhash: image.thumbhash.map(|hash| STANDARD.encode(hash)),
            perceptual_hash: image.phash.map(|hash| format!("{hash:016x}")),
            camera: image.camera.map(CameraBody::from),
            created_at: image.created_at,
            updated_at: image.updated_at,
        }
    }

    /// The same without addresses of its renditions.
    pub(super) fn without_renditions(mut self) -> Self {
        self.renditions.clear();
        self
    }
}

/// The image with its entity tag.
pub(super) fn answer(mut response: HttpResponseBuilder, images: &Images, image: Image) -> HttpResponse {
    response
        .insert_header((header::ETAG, format!("\"{}\"", image.etag())))
        .json(ImageBody::new(images, image))
}

/// An image alone, with what is not in lists.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImageDetail)]
pub(super) struct ImageDetailBody {
    #[serde(flatten)]
    pub(super) image: ImageBody,
    /// Where it was taken; only for its owner, and only where it was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) location: Option<LocationBody>,
}

/// A place on Earth (WGS 84).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Location)]
pub(super) struct LocationBody {
    /// Degrees north.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
    /// Metres above sea level.
    altitude: Option<f32>,
}

impl From<Location> for LocationBody {
    fn from(place: Location) -> Self {
        Self {
            latitude: place.latitude,
            longitude: place.longitude,
            altitude: place.altitude,
        }
    }
}

/// A rendition by name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rendition)]
pub(super) struct RenditionBody {
    /// Its name.
    preset: String,
    /// Where it is; the address is another one when the content is.
    url: String,
    /// Pixels across.
    width: u32,
    /// Pixels down.
    height: u32,
    /// What it is to clients that take neither AVIF nor WebP.
    media_type: &'static str,
}

impl RenditionBody {
    fn new(image: ImageId, link: RenditionLink<'_>) -> Self {
        Self {
            url: links::rendition(image, &link),
            preset: link.preset.to_owned(),
            width: link.width,
            height: link.height,
            media_type: link.format.media_type(),
        }
    }
}

/// What a camera writes into an image; what it did not write is left out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Camera)]
pub(super) struct CameraBody {
    /// Who made the camera.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    make: Option<String>,
    /// The camera.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    model: Option<String>,
    /// The lens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    lens: Option<String>,
    /// The exposure time in seconds, such as `1/250`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    exposure: Option<String>,
    /// The f-number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    f_number: Option<f32>,
    /// The sensitivity, ISO.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    iso: Option<u32>,
    /// The focal length in millimetres.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    focal_length: Option<f32>,
    /// When it was taken, by the camera's clock, which may have no offset: `2026-11-21T10:30:00`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    taken_at: Option<String>,
}

impl From<Camera> for CameraBody {
    fn from(camera: Camera) -> Self {
        Self {
            make: camera.make,
            model: camera.model,
            lens: camera.lens,
            exposure: camera.exposure.and_then(exposure),
            f_number: camera.f_number,
            iso: camera.iso,
            focal_length: camera.focal_length,
            taken_at: camera.taken_at,
        }
    }
}

/// A number of seconds as photographers write it: `1/250`, `2`, `2.5`.
fn exposure((numerator, denominator): (u32, u32)) -> Option<String> {
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

/// At least 1, of two numbers that are not both 0.
fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    match b {
        0 => a.max(1),
        b => greatest_common_divisor(b, a % b),
    }
}

/// How far an image has come.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ImageState)]
pub(super) enum StateWord {
    /// It is safe, and about to be looked at.
    Stored,
    /// All is known of it, and its renditions are there.
    Ready,
    /// It cannot be decoded; the original is there.
    Failed,
}

impl From<State> for StateWord {
    fn from(state: State) -> Self {
        match state {
            State::Stored => Self::Stored,
            State::Ready => Self::Ready,
            State::Failed => Self::Failed,
        }
    }
}

/// Who may see an image besides its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Visibility)]
pub enum VisibilityWord {
    /// Nobody.
    Private,
    /// Whoever knows its id.
    Unlisted,
    /// Everybody.
    Public,
}

impl From<Visibility> for VisibilityWord {
    fn from(visibility: Visibility) -> Self {
        match visibility {
            Visibility::Private => Self::Private,
            Visibility::Unlisted => Self::Unlisted,
            Visibility::Public => Self::Public,
        }
    }
}

impl From<VisibilityWord> for Visibility {
    fn from(word: VisibilityWord) -> Self {
        match word {
            VisibilityWord::Private => Self::Private,
            VisibilityWord::Unlisted => Self::Unlisted,
            VisibilityWord::Public => Self::Public,
        }
    }
}

/// The type of an image.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = MediaType)]
pub enum MediaTypeWord {
    /// JPEG.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// PNG.
    #[serde(rename = "image/png")]
    Png,
    /// GIF.
    #[serde(rename = "image/gif")]
    Gif,
    /// WebP.
    #[serde(rename = "image/webp")]
    Webp,
}

impl From<MediaType> for MediaTypeWord {
    fn from(media_type: MediaType) -> Self {
        match media_type {
            MediaType::Jpeg => Self::Jpeg,
            MediaType::Png => Self::Png,
            MediaType::Gif => Self::Gif,
            MediaType::Webp => Self::Webp,
        }
    }
}

impl From<MediaTypeWord> for MediaType {
    fn from(word: MediaTypeWord) -> Self {
        match word {
            MediaTypeWord::Jpeg => Self::Jpeg,
            MediaTypeWord::Png => Self::Png,
            MediaTypeWord::Gif => Self::Gif,
            MediaTypeWord::Webp => Self::Webp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exposures_as_photographers_write_them() {
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
            assert_eq!(exposure(written).as_deref(), expected, "{written:?}");
        }
    }
}
