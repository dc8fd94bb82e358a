//! Uploads that stay open: announced at once, their bytes sent in pieces, through any node, and finished as an image.
//!
//! A piece is one object of its own, of which a row is written first. Where an upload stands is a number in its row that is
//! moved only when the store has acknowledged the bytes, and only from where it was: that is its one lock.
mod append;
mod chunks;
mod end;
mod finalize;
mod finish;
mod idempotency;
mod open;
mod parts;
mod permits;
mod pipeline;
mod receive;
mod signing;

pub use append::{Appended, Checksum, ChecksumAlgorithm};
pub use idempotency::IdempotencyKey;
pub use open::Opening;
pub use parts::{Part, PieceUrl, PutTarget, Sent, SignedPart};
pub use pipeline::{NewImage, Upload, Uploaded};

use crate::{
    Config, Description, Error, FileName, Library, Tags, Title,
    renditions::Signer,
    sql::{self, number},
};
use infravault_db::{Db, Tx};
use infravault_kernel::{AccountId, Ctx, ErrorKind, Id, ImageId, Scope, Sha256, UploadId};
use infravault_objects::{ObjectKey, Objects};
use permits::InFlight;
use std::{fmt, sync::Arc};
use time::OffsetDateTime;
use tokio::sync::Notify;
use uuid::Uuid;

/// Receives images; cheap to clone.
#[derive(Clone)]
pub struct Uploads {
    db: Db,
    objects: Objects,
    library: Library,
    signer: Arc<Signer>,
    config: Arc<Config>,
    /// Wakes the sweeper when there is something to delete.
    wake_sweeper: Arc<Notify>,
    /// Bodies under way.
    in_flight: Arc<InFlight>,
}

impl Uploads {
    pub(crate) fn new(library: Library, signer: Arc<Signer>) -> Self {
        Self {
            db: library.db.clone(),
            objects: library.objects.clone(),
            signer,
            in_flight: Arc::new(InFlight::new(&library.config)),
            config: Arc::clone(&library.config),
            wake_sweeper: Arc::clone(&library.wake_sweeper),
            library,
        }
    }
}

impl fmt::Debug for Uploads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uploads").finish_non_exhaustive()
    }
}

/// Most pieces of an upload, over its whole life.
const MOST_PIECES: i32 = 10_000;
/// What is stored with pieces.
const PIECE_TYPE: &str = "application/octet-stream";

/// How the bytes of an upload come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadKind {
    /// By one signed request.
    Single,
    /// In parts, each by a signed request.
    Parts,
    /// Through tus 1.0.
    Tus,
    /// Through tus 1.0, as a part of another upload.
    TusPartial,
}

impl UploadKind {
    /// Whether it is an upload through tus.
    #[must_use]
    pub fn is_tus(self) -> bool {
        matches!(self, Self::Tus | Self::TusPartial)
    }
}

/// How far an upload has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Bytes may come.
    Open,
    /// An image is being made of it.
    Finishing,
    /// It is an image.
    Finished,
    /// It is part of another upload.
    Joined,
}

/// An upload that is open, or was not long ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenUpload {
    /// Names it.
    pub id: UploadId,
    /// How its bytes come.
    pub kind: UploadKind,
    /// How far it has come.
    pub progress: Progress,
    /// How many bytes it will have.
    pub len: u64,
    /// How many the store has acknowledged; only tus counts them.
    pub received: u64,
    /// When it is given up.
    pub expires_at: OffsetDateTime,
    /// The image that was made of it.
    pub image: Option<ImageId>,
    /// `Upload-Metadata` as the client sent it.
    pub metadata: String,
    /// `Upload-Concat` as the client sent it.
    pub concat: String,
}

impl OpenUpload {
    /// Whether all its bytes are there, as far as tus goes.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.received == self.len
    }
}

/// Why something cannot be done with an upload.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    /// It has ended.
    #[error("This upload has ended or expired; begin another one.")]
    Gone,
    /// Another request is making the image.
    #[error("An image is being made of this upload; ask again in a moment.")]
    Busy,
    /// Bytes for another place were sent.
    #[error("The upload stands at byte {received}; continue there.")]
    Offset {
        /// How many bytes are there.
        received: u64,
    },
    /// The bytes are not what was announced, or not all there.
    #[error("{0}")]
    Mismatch(String),
    /// Bytes are not those of the checksum that came with them.
    #[error("The bytes that arrived are not those that `Upload-Checksum` names; send them again.")]
    Checksum,
    /// The piece is there already.
    #[error("These bytes have been stored already.")]
    Written,
    /// Too many are open, or one has too many pieces.
    #[error("{0}")]
    TooMany(String),
}

impl UploadError {
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Gone => ErrorKind::Gone,
            Self::Busy | Self::Offset { .. } => ErrorKind::Conflict,
            Self::Mismatch(_) | Self::Checksum => ErrorKind::Unprocessable,
            Self::Written => ErrorKind::PreconditionFailed,
            Self::TooMany(_) => ErrorKind::TooMany,
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Gone => "upload-gone",
            Self::Busy => "upload-busy",
            Self::Offset { .. } => "upload-offset-mismatch",
            Self::Mismatch(_) => "upload-mismatch",
            Self::Checksum => "upload-checksum-mismatch",
            Self::Written => "precondition-failed",
            Self::TooMany(_) => "too-many-uploads",
        }
    }

    pub(crate) fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Busy => Some(1),
            Self::TooMany(_) => Some(60),
            _ => None,
        }
    }
}

/// A piece that is to be part of an upload.
#[derive(Clone, Copy, Debug)]
struct Stored {
    id: Uuid,
    key: ObjectKey,
    place: u64,
    len: u64,
    sha256: Sha256,
    acknowledged: bool,
}

impl Uploads {
    /// An upload of the caller's; one that has ended is [`UploadError::Gone`].
    pub async fn find_upload(&self, ctx: &Ctx, id: UploadId) -> Result<OpenUpload, Error> {
        let (_, upload) = self.find_with_owner(ctx, id).await?;
        Ok(upload)
    }

    async fn find_with_owner(&self, ctx: &Ctx, id: UploadId) -> Result<(AccountId, OpenUpload), Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let owner = actor.require_scope(Scope::ImagesWrite)?.account;
        Ok((owner, living(find_in(&tx, id).await?, ctx.now())?))
    }
}

async fn find_in(tx: &Tx, id: UploadId) -> Result<sql::uploads::UploadRow, Error> {
    let found = sql::uploads::find_upload().bind(&**tx, &id.uuid()).opt().await?;
    found.ok_or(Error::NotFound)
}

/// As `find_in`, and it stays as it is until the transaction ends.
async fn lock_in(tx: &Tx, id: UploadId) -> Result<sql::uploads::UploadRow, Error> {
    let found = sql::uploads::lock_upload().bind(&**tx, &id.uuid()).opt().await?;
    found.ok_or(Error::NotFound)
}

async fn pieces_in(tx: &Tx, id: UploadId) -> Result<Vec<Stored>, Error> {
    let rows = sql::uploads::list_pieces().bind(&**tx, &id.uuid()).all().await?;
    let piece = |row: sql::uploads::PieceRow| {
        Ok(Stored {
            id: row.id,
            key: ObjectKey::Incoming {
                upload: UploadId::from_uuid(row.stored_under),
                part: row.id,
            },
            place: number(row.place)?,
            len: number(row.byte_size)?,
            sha256: Sha256::try_from(row.sha256.as_slice()).map_err(|_| Error::inconsistent("a SHA-256"))?,
            acknowledged: row.stored,
        })
    };
    rows.into_iter().map(piece).collect()
}

/// Lets an upload through that has not ended.
fn living(row: sql::uploads::UploadRow, now: OffsetDateTime) -> Result<OpenUpload, Error> {
    let upload = open_upload(row)?;
    match upload {
        Some(upload) if upload.progress != Progress::Open || upload.expires_at > now => Ok(upload),
        _ => Err(UploadError::Gone.into()),
    }
}

/// What a row says; none of an upload that has ended.
fn open_upload(row: sql::uploads::UploadRow) -> Result<Option<OpenUpload>, Error> {
    let Some(progress) = sql::progress(row.state) else {
        return Ok(None);
    };
    let image = row.image_id.filter(|_| progress == Progress::Finished);
    Ok(Some(OpenUpload {
        id: UploadId::from_uuid(row.id),
        kind: row.kind.into(),
        progress,
        len: number(row.declared_bytes)?,
        received: number(row.received_bytes)?,
        expires_at: row.expires_at,
        image: image.map(ImageId::from_uuid),
        metadata: row.metadata,
        concat: row.concat,
    }))
}

/// What a row says about the image.
fn new_image(row: &sql::uploads::UploadRow) -> Result<NewImage, Error> {
    let unfit = |_| Error::inconsistent("what was said about an upload");
    Ok(NewImage {
        file_name: FileName::clean(&row.file_name),
        title: row
            .title
            .as_deref()
            .map(Title::parse)
            .transpose()
            .map_err(unfit)?,
        description: Description::parse(&row.description).map_err(unfit)?,
        tags: Tags::parse(row.tags.iter().map(String::as_str)).map_err(unfit)?,
        visibility: row.visibility.into(),
        keep_location: row.keep_location,
    })
}
