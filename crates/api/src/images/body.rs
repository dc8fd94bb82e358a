//! How a picture looks on the wire.
use actix_web::{HttpResponse, HttpResponseBuilder, http::header};
use infravault_images::{Image, MediaType, Visibility};
use infravault_kernel::{Id as _, Sha256};
use serde::{Deserialize, Serialize, Serializer};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// A picture.
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
    /// Frames; 1 for a still picture.
    frames: u32,
    /// The SHA-256 of the original, 64 hexadecimal digits.
    #[serde(serialize_with = "digits")]
    #[schema(value_type = String, min_length = 64, max_length = 64)]
    sha256: Sha256,
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

impl From<Image> for ImageBody {
    fn from(image: Image) -> Self {
        Self {
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
            created_at: image.created_at,
            updated_at: image.updated_at,
        }
    }
}

/// The picture with the entity tag of its texts.
pub(super) fn answer(mut response: HttpResponseBuilder, image: Image) -> HttpResponse {
    response
        .insert_header((header::ETAG, format!("\"{}\"", image.version)))
        .json(ImageBody::from(image))
}

/// Who may see a picture besides its owner.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
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

/// The type of a picture.
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
