//! The stored parts of an upload session.
use crate::{
    Error,
    sql::{self, Params, number},
};
use infravault_db::Tx;
use infravault_kernel::{Id, Sha256, UploadId};
use infravault_objects::ObjectKey;
use time::OffsetDateTime;
use uuid::Uuid;

/// Maximum number of parts of a session over its whole life.
pub(in crate::uploads) const MAX_PARTS: i32 = 10_000;
/// The media type of part objects.
pub(in crate::uploads) const PART_MEDIA_TYPE: &str = "application/octet-stream";

/// A part that belongs to a session.
#[derive(Clone, Copy, Debug)]
pub(in crate::uploads) struct StoredPart {
    pub(in crate::uploads) id: Uuid,
    pub(in crate::uploads) key: ObjectKey,
    /// Its number, or its offset with tus.
    pub(in crate::uploads) position: u64,
    pub(in crate::uploads) len: u64,
    pub(in crate::uploads) sha256: Sha256,
    /// Whether the store has acknowledged it.
    pub(in crate::uploads) acknowledged: bool,
}

pub(in crate::uploads) async fn list_parts_in(tx: &Tx, id: UploadId) -> Result<Vec<StoredPart>, Error> {
    let rows = sql::upload_sessions::list_parts()
        .bind(&**tx, &id.uuid())
        .all()
        .await?;
    let part = |row: sql::upload_sessions::PartRow| {
        Ok(StoredPart {
            id: row.id,
            key: ObjectKey::Incoming {
                upload: UploadId::from_uuid(row.stored_under),
                part: row.id,
            },
            position: number(row.position)?,
            len: number(row.byte_size)?,
            sha256: sql::digest(&row.sha256)?,
            acknowledged: row.stored,
        })
    };
    rows.into_iter().map(part).collect()
}

/// Leaves parts to the sweeper.
pub(in crate::uploads) async fn discard_parts_in(
    tx: &Tx,
    now: OffsetDateTime,
    parts: &[Uuid],
) -> Result<(), Error> {
    let params = sql::upload_sessions::DiscardPartsParams { now, parts };
    sql::upload_sessions::discard_parts()
        .params(&**tx, &params)
        .await?;
    Ok(())
}
