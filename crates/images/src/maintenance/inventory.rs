//! All objects of the library, and the operations of backup and restore.
use crate::{
    Error, Maintenance, ReferencedObject,
    deletion_lock::BACKUP_LOCK,
    maintenance::referenced_objects::{ReferenceCursor, RowSource},
    references::count_references,
    sql,
};
use infravault_db::{AdvisoryLock, Tx};
use infravault_kernel::Ctx;
use infravault_objects::{ObjectKey, Prefix};

/// Estimated size of the library.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InventorySize {
    /// Originals and renditions.
    pub objects: u64,
    /// Duplicates count each time.
    pub bytes: u64,
}

/// Iterates over the objects that must exist: the originals, then the renditions, each sorted by key.
pub struct Inventory<'a> {
    source: RowSource<'a>,
    cursor: ReferenceCursor,
    remaining: Vec<Prefix>,
}

impl<'a> Inventory<'a> {
    /// Reads the snapshot of a transaction.
    #[must_use]
    pub fn in_transaction(tx: &'a Tx, renditions: bool) -> Self {
        Self::new(RowSource::Tx(tx), renditions)
    }

    fn new(source: RowSource<'a>, renditions: bool) -> Self {
        Self {
            source,
            cursor: ReferenceCursor::new(Prefix::Originals),
            remaining: renditions.then_some(Prefix::Renditions).into_iter().collect(),
        }
    }

    pub async fn next(&mut self) -> Result<Option<ReferencedObject>, Error> {
        loop {
            match self.cursor.next(&self.source).await? {
                Some(reference) => {
                    if let Some(object) = reference.live {
                        return Ok(Some(object));
                    }
                }
                None => match self.remaining.pop() {
                    Some(area) => self.cursor = ReferenceCursor::new(area),
                    None => return Ok(None),
                },
            }
        }
    }
}

impl Maintenance {
    /// Reads every page in a transaction of its own.
    #[must_use]
    pub fn inventory(&self, renditions: bool) -> Inventory<'_> {
        Inventory::new(RowSource::Db(&self.db), renditions)
    }

    /// Estimates the size of the library, for progress reports.
    pub async fn estimate_size(&self, renditions: bool) -> Result<InventorySize, Error> {
        let tx = self.db.begin_system().await?;
        let size = sql::integrity::estimate_library_size().bind(&*tx).one().await?;
        tx.commit().await?;
        let mut size = InventorySize {
            objects: sql::number(size.objects)?,
            bytes: sql::number(size.bytes)?,
        };
        if renditions {
            for format in self.renditions.measure_formats().await? {
                size.objects += format.renditions;
                size.bytes += format.bytes;
            }
        }
        Ok(size)
    }

    /// Whether a live row references the object.
    pub async fn is_referenced(&self, key: &ObjectKey) -> Result<bool, Error> {
        Ok(count_references(&self.db, key).await?.live > 0)
    }

    /// Keeps all nodes from deleting objects while the lock is held. Returns `None` if another backup holds it.
    pub async fn lock_deletions(&self) -> Result<Option<AdvisoryLock>, Error> {
        Ok(self.db.acquire_lock(BACKUP_LOCK).await?)
    }

    /// Expires all upload sessions after a restore, because backups do not contain their parts. Returns their number.
    pub async fn expire_upload_sessions(&self, ctx: &Ctx) -> Result<u64, Error> {
        let tx = self.db.begin_system().await?;
        let expired = sql::integrity::expire_upload_sessions()
            .bind(&*tx, &ctx.now())
            .await?;
        tx.commit().await?;
        Ok(expired)
    }
}
