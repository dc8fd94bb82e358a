//! The advisory lock that keeps objects from being deleted while a backup copies them.
use crate::{Error, sql};
use infravault_db::Tx;

/// Exclusive for a backup, shared for transactions that remove references to objects. "iv backu" in ASCII.
pub(crate) const BACKUP_LOCK: i64 = 0x6976_2062_6163_6b75;

/// Whether the transaction may remove references to objects that are deleted afterwards.
pub(crate) async fn may_delete_in(tx: &Tx) -> Result<bool, Error> {
    Ok(sql::integrity::try_share_backup_lock()
        .bind(&**tx, &BACKUP_LOCK)
        .one()
        .await?)
}
