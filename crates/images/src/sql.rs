//! The one place that names the generated queries, and turns their rows into what the context knows.
use crate::{
    Error, FailureCode, Image, SessionState, SimilarImage, State, TrashedImage, UploadKind, Visibility,
    renditions::{Rendition, Source, SourceRow, source_traits},
};
use infravault_images_queries::types::images::{
    RenditionFormat as StoredFormat, State as StoredState, UploadKind as StoredKind,
    UploadSessionState as StoredSessionState, Visibility as Stored,
};
use infravault_imaging::{Camera, Format, MediaType};
use infravault_kernel::{AccountId, Id, ImageId, Sha256};
use infravault_objects::ObjectKey;

pub(crate) use infravault_images_queries::{
    client::Params,
    queries::{
        bulk, images, integrity, process, renditions, search, similar, sweep, trash, upload, upload_sessions,
        usage,
    },
};

/// A search result.
pub(crate) struct RankedImage {
    pub(crate) image: Image,
    /// Relevance in millionths.
    pub(crate) rank: i32,
}

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

macro_rules! image {
    ($row:ident) => {
        Image {
            id: ImageId::from_uuid($row.id),
            owner: AccountId::from_uuid($row.owner_id),
            attempt: $row.attempt,
            visibility: $row.visibility.into(),
            version: $row.version,
            title: $row.title.to_owned(),
            description: $row.description.to_owned(),
            tags: $row.tags.map(str::to_owned).collect(),
            file_name: $row.file_name.to_owned(),
            media_type: MediaType::parse($row.media_type).map_err(|_| Error::inconsistent("a media type"))?,
            byte_size: number($row.byte_size)?,
            width: number($row.width)?,
            height: number($row.height)?,
            orientation: number($row.orientation)?,
            frames: number($row.frames)?,
            sha256: Sha256::try_from($row.sha256).map_err(|_| Error::inconsistent("a SHA-256"))?,
            state: state($row.state)?,
            stored_as: $row.stored_as.map(ImageId::from_uuid),
            failure_code: $row.failure_code.map(failure_code).transpose()?,
            has_alpha: $row.has_alpha,
            color: $row.color.map(color),
            thumbhash: $row.thumbhash.map(<[u8]>::to_vec),
            phash: $row.phash.map(i64::cast_unsigned),
            camera: $row.camera.map(|camera| camera_of(camera.0.get())).transpose()?,
            keep_location: $row.keep_location,
            created_at: $row.created_at,
            updated_at: $row.updated_at,
        }
    };
}

pub(crate) fn image(row: images::ImageRowBorrowed<'_>) -> Result<Image, Error> {
    Ok(image!(row))
}

pub(crate) fn trashed_image(row: images::ImageRowBorrowed<'_>) -> Result<TrashedImage, Error> {
    Ok(TrashedImage {
        trashed_at: row
            .trashed_at
            .ok_or_else(|| Error::inconsistent("an image in the trash"))?,
        image: image!(row),
    })
}

pub(crate) fn ranked_image(row: search::FoundRowBorrowed<'_>) -> Result<RankedImage, Error> {
    Ok(RankedImage {
        rank: row.rank,
        image: image!(row),
    })
}

pub(crate) fn similar_image(row: similar::SimilarRowBorrowed<'_>) -> Result<SimilarImage, Error> {
    Ok(SimilarImage {
        distance: number(row.distance)?,
        image: image!(row),
    })
}

fn state(stored: StoredState) -> Result<State, Error> {
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

/// Red, green and blue of `0xRRGGBB`.
fn color(stored: i32) -> [u8; 3] {
    let [_, red, green, blue] = stored.to_be_bytes();
    [red, green, blue]
}

fn camera_of(json: &str) -> Result<Camera, Error> {
    serde_json::from_str(json).map_err(|_| Error::inconsistent("what a camera wrote down"))
}

/// Reads the row of an image and of one of its renditions.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the generated queries map rows by value"
)]
pub(crate) fn source(row: renditions::SourceRowBorrowed<'_>) -> Result<SourceRow, Error> {
    let (id, frames) = (ImageId::from_uuid(row.id), number(row.frames)?);
    let media_type = MediaType::parse(row.media_type).map_err(|_| Error::inconsistent("a media type"))?;
    let rendition = match (row.variant, row.format, row.used_on, row.made_sha256) {
        (Some(variant), Some(made_as), Some(used_on), Some(sha256)) => Some((
            variant.to_vec(),
            Rendition {
                format: format(made_as),
                len: number(row.made_bytes.unwrap_or_default())?,
                used_on,
                sha256: digest(sha256)?,
            },
        )),
        _ => None,
    };
    let source = Source {
        id,
        owner: AccountId::from_uuid(row.owner_id),
        original: ObjectKey::Original {
            image: row.stored_as.map_or(id, ImageId::from_uuid),
            attempt: row.attempt,
        },
        visibility: row.visibility.into(),
        state: state(row.state)?,
        failure_code: row.failure_code.map(failure_code).transpose()?,
        byte_size: number(row.byte_size)?,
        size: (number(row.width)?, number(row.height)?),
        traits: source_traits(row.has_alpha, media_type, frames),
    };
    Ok(SourceRow { source, rendition })
}

/// Reads a rendition, if it is there, and whether somebody makes it.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the generated queries map rows by value"
)]
pub(crate) fn looked(row: renditions::RenditionRowBorrowed<'_>) -> Result<(Option<Rendition>, bool), Error> {
    let rendition = match (row.format, row.used_on, row.sha256) {
        (Some(made_as), Some(used_on), Some(sha256)) => Some(Rendition {
            format: format(made_as),
            len: number(row.byte_size.unwrap_or_default())?,
            used_on,
            sha256: digest(sha256)?,
        }),
        _ => None,
    };
    Ok((rendition, row.claimed))
}

/// Reads a SHA-256.
pub(crate) fn digest(stored: &[u8]) -> Result<Sha256, Error> {
    Sha256::try_from(stored).map_err(|_| Error::inconsistent("a SHA-256"))
}

/// A format as the database calls it.
pub(crate) fn stored_format(format: Format) -> StoredFormat {
    match format {
        Format::Avif => StoredFormat::Avif,
        Format::Webp => StoredFormat::Webp,
        Format::Jpeg => StoredFormat::Jpeg,
        Format::Png => StoredFormat::Png,
    }
}

/// Reads a format.
pub(crate) fn format(stored: StoredFormat) -> Format {
    match stored {
        StoredFormat::Avif => Format::Avif,
        StoredFormat::Webp => Format::Webp,
        StoredFormat::Jpeg => Format::Jpeg,
        StoredFormat::Png => Format::Png,
    }
}

/// A number on its way into or out of the database, where it fits.
pub(crate) fn number<A, B: TryFrom<A>>(number: A) -> Result<B, Error> {
    B::try_from(number).map_err(|_| Error::inconsistent("a number"))
}
