//! The domain types of images and uploads.
use crate::{
    failure_code::FailureCode,
    text::{Description, FileName, Tags, Title, ValidationError},
};
use infravault_imaging::{Camera, MediaType};
use infravault_kernel::{AccountId, ImageId, Sha256};
use infravault_objects::ObjectKey;
use std::{fmt, str::FromStr};
use time::OffsetDateTime;
use uuid::Uuid;

/// An image whose bytes are stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    pub id: ImageId,
    pub owner: AccountId,
    /// The attempt that stored the original.
    pub(crate) attempt: Uuid,
    pub visibility: Visibility,
    /// Incremented with every change of the metadata, from 1.
    pub version: i32,
    pub title: String,
    pub description: String,
    pub tags: Vec<String>,
    /// Name of the uploaded file.
    pub file_name: String,
    /// Media type of the original, detected from its bytes.
    pub media_type: MediaType,
    /// Size of the original in bytes.
    pub byte_size: u64,
    /// Width in pixels, after applying the EXIF orientation.
    pub width: u32,
    /// Height in pixels, after applying the EXIF orientation.
    pub height: u32,
    /// EXIF orientation, 1 to 8.
    pub orientation: u8,
    /// Number of frames, 1 for a still image.
    pub frames: u32,
    /// SHA-256 of the original.
    pub sha256: Sha256,
    pub state: State,
    /// The image whose id is in the key of the original, if it is a duplicate.
    pub(crate) stored_as: Option<ImageId>,
    /// Why the state is `failed`.
    pub failure_code: Option<FailureCode>,
    /// Whether it has transparent pixels; known when it is ready.
    pub has_alpha: Option<bool>,
    /// Dominant color: red, green, blue.
    pub color: Option<[u8; 3]>,
    pub thumbhash: Option<Vec<u8>>,
    /// Perceptual hash; `None` for an image without structure.
    pub phash: Option<u64>,
    pub camera: Option<Camera>,
    /// Whether the GPS location is kept. Only the owner can see it.
    pub(crate) keep_location: bool,
    pub created_at: OffsetDateTime,
    /// Time of the last change of the metadata.
    pub updated_at: OffsetDateTime,
}

impl Image {
    /// The key of the original.
    pub(crate) fn original(&self) -> ObjectKey {
        ObjectKey::Original {
            image: self.stored_as.unwrap_or(self.id),
            attempt: self.attempt,
        }
    }

    /// The entity tag of the metadata, without quotes: version and state.
    #[must_use]
    pub fn etag(&self) -> String {
        match self.state {
            State::Stored => self.version.to_string(),
            State::Ready => format!("{}-ready", self.version),
            State::Failed => format!("{}-failed", self.version),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The original is stored, and has not been processed yet.
    Stored,
    /// Processed; renditions are available.
    Ready,
    /// The original is stored and cannot be decoded.
    Failed,
}

/// Who besides the owner can see an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visibility {
    /// Only the owner.
    #[default]
    Private,
    /// Everyone who knows its id.
    Unlisted,
    /// Everyone; the public gallery lists it.
    Public,
}

impl Visibility {
    /// The value in the API and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Unlisted => "unlisted",
            Self::Public => "public",
        }
    }
}

impl fmt::Display for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Visibility {
    type Err = ValidationError;
    fn from_str(text: &str) -> Result<Self, ValidationError> {
        match text {
            "private" => Ok(Self::Private),
            "unlisted" => Ok(Self::Unlisted),
            "public" => Ok(Self::Public),
            _ => Err(ValidationError::VISIBILITY),
        }
    }
}

/// The metadata of an image that is being uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImage {
    pub file_name: FileName,
    /// Defaults to the file name without its extension.
    pub title: Option<Title>,
    pub description: Description,
    pub tags: Tags,
    pub visibility: Visibility,
    /// Keep the GPS location. Only the owner can see it.
    pub keep_location: bool,
}

/// An image that was uploaded.
#[derive(Clone, Debug, PartialEq)]
pub struct Uploaded {
    pub image: Image,
    /// The oldest other image of the same owner with the same bytes.
    pub duplicate_of: Option<ImageId>,
}

/// How the bytes of an upload session arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadKind {
    /// By one signed request.
    Single,
    /// In parts, each by a signed request.
    Parts,
    /// By tus 1.0.
    Tus,
    /// By tus 1.0, as a partial upload of a concatenation.
    TusPartial,
}

impl UploadKind {
    #[must_use]
    pub fn is_tus(self) -> bool {
        matches!(self, Self::Tus | Self::TusPartial)
    }
}

/// The state of an upload session that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// Accepts bytes.
    Open,
    /// An image is being made of it.
    Finishing,
    /// It has become an image.
    Finished,
    /// It was concatenated into another session.
    Joined,
}
