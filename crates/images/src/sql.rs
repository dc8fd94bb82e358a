//! The only file that names the generated queries; conversions between their types and the model.
use crate::{
    error::Error,
    failure_code::FailureCode,
    model::{Image, SessionState, State, UploadKind, Visibility},
};
use infravault_images_queries::types::images::{
    State as StoredState, UploadKind as StoredKind, UploadSessionState as StoredSessionState,
    Visibility as Stored,
};
use infravault_imaging::{Camera, Format, MediaType};
use infravault_kernel::Sha256;

pub(crate) use infravault_images_queries::{
    client::Params,
    queries::{
        bulk, images, integrity, process, renditions, search, similar, sweep, trash, upload, upload_sessions,
        usage,
    },
    types::images::RenditionFormat as StoredFormat,
};

impl From<Visibility> for Stored {
    fn from(visibility: Visibility) -> Self {
        match visibility {
            Visibility::Private => Self::Private,
            Visibility::Unlisted => Self::Unlisted,
            Visibility::Public => Self::Public,
        }
    }
}

impl From<Stored> for Visibility {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Private => Self::Private,
            Stored::Unlisted => Self::Unlisted,
            Stored::Public => Self::Public,
        }
    }
}

impl From<UploadKind> for StoredKind {
    fn from(kind: UploadKind) -> Self {
        match kind {
            UploadKind::Single => Self::Single,
            UploadKind::Parts => Self::Parts,
            UploadKind::Tus => Self::Tus,
            UploadKind::TusPartial => Self::TusPartial,
        }
    }
}

impl From<StoredKind> for UploadKind {
    fn from(stored: StoredKind) -> Self {
        match stored {
            StoredKind::Single => Self::Single,
            StoredKind::Parts => Self::Parts,
            StoredKind::Tus => Self::Tus,
            StoredKind::TusPartial => Self::TusPartial,
        }
    }
}

/// Returns `None` for a session that has ended.
pub(crate) fn session_state(stored: StoredSessionState) -> Option<SessionState> {
    match stored {
        StoredSessionState::Open => Some(SessionState::Open),
        StoredSessionState::Finishing => Some(SessionState::Finishing),
        StoredSessionState::Finished => Some(SessionState::Finished),
        StoredSessionState::Joined => Some(SessionState::Joined),
        StoredSessionState::Ended => None,
    }
}

/// Converts a row of `images.image_rows`, whatever its generated type.
macro_rules! image {
    ($row:ident) => {
        $crate::Image {
            id: infravault_kernel::Id::from_uuid($row.id),
            owner: infravault_kernel::Id::from_uuid($row.owner_id),
            attempt: $row.attempt,
            visibility: $row.visibility.into(),
            version: $row.version,
            title: $row.title.to_owned(),
            description: $row.description.to_owned(),
            tags: $row.tags.map(str::to_owned).collect(),
            file_name: $row.file_name.to_owned(),
            media_type: $crate::sql::media_type($row.media_type)?,
            byte_size: $crate::sql::number($row.byte_size)?,
            width: $crate::sql::number($row.width)?,
            height: $crate::sql::number($row.height)?,
            orientation: $crate::sql::number($row.orientation)?,
            frames: $crate::sql::number($row.frames)?,
            sha256: $crate::sql::digest($row.sha256)?,
            state: $crate::sql::state($row.state)?,
            stored_as: $row.stored_as.map(infravault_kernel::Id::from_uuid),
            failure_code: $row.failure_code.map($crate::sql::failure_code).transpose()?,
            has_alpha: $row.has_alpha,
            color: $row.color.map($crate::sql::color),
            thumbhash: $row.thumbhash.map(<[u8]>::to_vec),
            phash: $row.phash.map(i64::cast_unsigned),
            camera: $row
                .camera
                .map(|camera| $crate::sql::camera(camera.0.get()))
                .transpose()?,
            keep_location: $row.keep_location,
            created_at: $row.created_at,
            updated_at: $row.updated_at,
        }
    };
}
pub(crate) use image as image_from_row;

pub(crate) fn image(row: images::ImageRowBorrowed<'_>) -> Result<Image, Error> {
    Ok(image!(row))
}

pub(crate) fn state(stored: StoredState) -> Result<State, Error> {
    match stored {
        StoredState::Stored => Ok(State::Stored),
        StoredState::Ready => Ok(State::Ready),
        StoredState::Failed => Ok(State::Failed),
        StoredState::Pending | StoredState::Deleting | StoredState::Deleted => {
            Err(Error::inconsistent("the state of a live image"))
        }
    }
}

pub(crate) fn failure_code(stored: &str) -> Result<FailureCode, Error> {
    FailureCode::parse(stored).ok_or_else(|| Error::inconsistent("a failure code"))
}

/// Splits `0xRRGGBB` into red, green and blue.
pub(crate) fn color(stored: i32) -> [u8; 3] {
    let [_, red, green, blue] = stored.to_be_bytes();
    [red, green, blue]
}

pub(crate) fn camera(json: &str) -> Result<Camera, Error> {
    serde_json::from_str(json).map_err(|_| Error::inconsistent("camera metadata"))
}

pub(crate) fn media_type(stored: &str) -> Result<MediaType, Error> {
    MediaType::parse(stored).map_err(|_| Error::inconsistent("a media type"))
}

pub(crate) fn digest(stored: &[u8]) -> Result<Sha256, Error> {
    Sha256::try_from(stored).map_err(|_| Error::inconsistent("a SHA-256"))
}

pub(crate) fn stored_format(format: Format) -> StoredFormat {
    match format {
        Format::Avif => StoredFormat::Avif,
        Format::Webp => StoredFormat::Webp,
        Format::Jpeg => StoredFormat::Jpeg,
        Format::Png => StoredFormat::Png,
    }
}

pub(crate) fn format(stored: StoredFormat) -> Format {
    match stored {
        StoredFormat::Avif => Format::Avif,
        StoredFormat::Webp => Format::Webp,
        StoredFormat::Jpeg => Format::Jpeg,
        StoredFormat::Png => Format::Png,
    }
}

/// Converts between the number types of the database and the model.
pub(crate) fn number<A, B: TryFrom<A>>(number: A) -> Result<B, Error> {
    B::try_from(number).map_err(|_| Error::inconsistent("a number"))
}
