//! Upload sessions: announced at once, their bytes sent later, in parts, through any node, and finished as an image.
//!
//! Each part is one object, and its row is inserted before the object is written. The offset in the session's row moves only
//! after the store has acknowledged the bytes, and only from the expected value: it is the only lock.
mod concatenate;
mod create;
mod end;
mod finish;
mod parts;

pub use create::NewUploadSession;
pub(super) use parts::{MAX_PARTS, PART_MEDIA_TYPE, StoredPart, discard_parts_in, list_parts_in};

use crate::{
    Description, Error, FileName, Tags, Title, UploadError, Uploads,
    model::{NewImage, SessionState, UploadKind},
    sql::{self, number},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id, ImageId, Scope, UploadId};
use time::OffsetDateTime;

/// An upload session. It is readable for a day after it has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadSession {
    pub id: UploadId,
    pub kind: UploadKind,
    pub state: SessionState,
    /// Announced number of bytes.
    pub len: u64,
    /// Number of bytes that the store has acknowledged; counted for tus only.
    pub received: u64,
    pub expires_at: OffsetDateTime,
    /// The image, once the session is finished.
    pub image: Option<ImageId>,
    /// `Upload-Metadata` as the client sent it.
    pub metadata: String,
    /// `Upload-Concat` as the client sent it.
    pub concat: String,
}

impl UploadSession {
    /// Whether all bytes of a tus upload have been received.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.received == self.len
    }

    /// Fails with [`UploadError::Gone`] if the session has ended or expired.
    pub(super) fn from_row(
        row: sql::upload_sessions::SessionRow,
        now: OffsetDateTime,
    ) -> Result<Self, Error> {
        let state = sql::session_state(row.state)
            .filter(|state| *state != SessionState::Open || row.expires_at > now)
            .ok_or(UploadError::Gone)?;
        let image = row.image_id.filter(|_| state == SessionState::Finished);
        Ok(Self {
            id: UploadId::from_uuid(row.id),
            kind: row.kind.into(),
            state,
            len: number(row.declared_bytes)?,
            received: number(row.received_bytes)?,
            expires_at: row.expires_at,
            image: image.map(ImageId::from_uuid),
            metadata: row.metadata,
            concat: row.concat,
        })
    }
}

impl Uploads {
    /// Returns an upload session of the caller. Fails with [`UploadError::Gone`] if it has ended.
    pub async fn find_upload_session(&self, ctx: &Ctx, id: UploadId) -> Result<UploadSession, Error> {
        let (_, session) = self.find_session_with_owner(ctx, id).await?;
        Ok(session)
    }

    pub(super) async fn find_session_with_owner(
        &self,
        ctx: &Ctx,
        id: UploadId,
    ) -> Result<(AccountId, UploadSession), Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let owner = actor.require_scope(Scope::ImagesWrite)?.account;
        let row = find_session_in(&tx, id).await?;
        Ok((owner, UploadSession::from_row(row, ctx.now())?))
    }
}

pub(super) async fn find_session_in(
    tx: &Tx,
    id: UploadId,
) -> Result<sql::upload_sessions::SessionRow, Error> {
    let found = sql::upload_sessions::find_session()
        .bind(&**tx, &id.uuid())
        .opt()
        .await?;
    found.ok_or(Error::NotFound)
}

/// Locks the row until the transaction ends.
pub(super) async fn lock_session_in(
    tx: &Tx,
    id: UploadId,
) -> Result<sql::upload_sessions::SessionRow, Error> {
    let found = sql::upload_sessions::lock_session()
        .bind(&**tx, &id.uuid())
        .opt()
        .await?;
    found.ok_or(Error::NotFound)
}

/// The metadata of the future image.
fn new_image(row: &sql::upload_sessions::SessionRow) -> Result<NewImage, Error> {
    let invalid = |_| Error::inconsistent("the metadata of an upload session");
    let title = row.title.as_deref().map(Title::parse).transpose();
    Ok(NewImage {
        file_name: FileName::clean(&row.file_name),
        title: title.map_err(invalid)?,
        description: Description::parse(&row.description).map_err(invalid)?,
        tags: Tags::parse(row.tags.iter().map(String::as_str)).map_err(invalid)?,
        visibility: row.visibility.into(),
        keep_location: row.keep_location,
    })
}
