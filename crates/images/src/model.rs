//! What is known of an image.
use crate::text::ValidationError;
use infravault_imaging::{Camera, MediaType};
use infravault_kernel::{AccountId, ImageId, Sha256};
use infravault_objects::ObjectKey;
use std::{fmt, str::FromStr};
use time::OffsetDateTime;
use uuid::Uuid;

/// An image whose bytes are stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// Its id.
    pub id: ImageId,
    /// Whose it is.
    pub owner: AccountId,
    /// Which attempt stored its original.
    pub(crate) attempt: Uuid,
    /// Who may see it.
    pub visibility: Visibility,
    /// Counts the changes of its texts, from 1.
    pub version: i32,
    /// Its title.
    pub title: String,
    /// Its description; empty where there is none.
    pub description: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// What the file was called when it was uploaded.
    pub file_name: String,
    /// The type of the original, by its content.
    pub media_type: MediaType,
    /// The size of the original in bytes.
    pub byte_size: u64,
    /// Pixels across, orientation applied.
    pub width: u32,
    /// Pixels down, orientation applied.
    pub height: u32,
    /// The EXIF orientation, 1 to 8.
    pub orientation: u8,
    /// Frames, 1 for a still image.
    pub frames: u32,
    /// The SHA-256 of the original.
    pub sha256: Sha256,
    /// How far it has come.
    pub state: State,
    /// The image under whose id its original lies, where that is another one with the same bytes.
    pub(crate) stored_as: Option<ImageId>,
    /// Why nothing could be made of it.
    pub failure: Option<String>,
    /// Whether it has transparent pixels; known when it is ready.
    pub has_alpha: Option<bool>,
    /// Its dominant color: red, green, blue.
    pub color: Option<[u8; 3]>,
    /// Its thumbhash.
    pub thumbhash: Option<Vec<u8>>,
    /// Its perceptual hash; none where it has no structure.
    pub phash: Option<u64>,
    /// What the camera wrote down.
    pub camera: Option<Camera>,
    /// Whether its owner wants the place kept where it was taken.
    pub(crate) keep_location: bool,
    /// When the upload began.
    pub created_at: OffsetDateTime,
    /// When its texts were last changed.
    pub updated_at: OffsetDateTime,
}

impl Image {
    /// Where the original lies.
    pub(crate) fn original(&self) -> ObjectKey {
        ObjectKey::Original {
            image: self.stored_as.unwrap_or(self.id),
            attempt: self.attempt,
        }
    }

    /// What stands between the quotes of the entity tag of what is known of it: its version, and how far it has come.
    #[must_use]
    pub fn etag(&self) -> String {
        match self.state {
            State::Stored => self.version.to_string(),
            State::Ready => format!("{}-ready", self.version),
            State::Failed => format!("{}-failed", self.version),
        }
    }
}

/// How far an image has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its bytes are safe; its renditions are still to be made.
    Stored,
    /// Its renditions are there.
    Ready,
    /// It cannot be decoded; its original is there.
    Failed,
}

/// Who may see an image besides its owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visibility {
    /// Nobody.
    #[default]
    Private,
    /// Whoever knows its id.
    Unlisted,
    /// Everybody; the public gallery lists it.
    Public,
}

impl Visibility {
    /// The word used in the API and in the database.
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
            _ => Err(ValidationError::UNKNOWN_VISIBILITY),
        }
    }
}
