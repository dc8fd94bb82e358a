//! What is known of a picture.
use crate::text::Unfit;
use infravault_imaging::MediaType;
use infravault_kernel::{AccountId, ImageId, Sha256};
use infravault_objects::ObjectKey;
use std::{fmt, str::FromStr};
use time::OffsetDateTime;
use uuid::Uuid;

/// A picture whose bytes are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Frames, 1 for a still picture.
    pub frames: u32,
    /// The SHA-256 of the original.
    pub sha256: Sha256,
    /// When the upload began.
    pub created_at: OffsetDateTime,
    /// When its texts were last changed.
    pub updated_at: OffsetDateTime,
}

impl Image {
    /// Where the original lies.
    pub(crate) fn original(&self) -> ObjectKey {
        ObjectKey::Original {
            image: self.id,
            attempt: self.attempt,
        }
    }
}

/// Who may see a picture besides its owner.
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
    type Err = Unfit;
    fn from_str(text: &str) -> Result<Self, Unfit> {
        match text {
            "private" => Ok(Self::Private),
            "unlisted" => Ok(Self::Unlisted),
            "public" => Ok(Self::Public),
            _ => Err(Unfit::UNKNOWN_VISIBILITY),
        }
    }
}
