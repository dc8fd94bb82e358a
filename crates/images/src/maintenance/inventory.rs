//! The library as a whole: every object that must be there, and what a backup needs.
use crate::{
    Error, Maintenance, ReferencedObject,
    maintenance::referenced::{ReferencedObjects, Rows},
    references::count_references,
    sql,
};
use infravault_db::{AdvisoryLock, Tx};
use infravault_kernel::Ctx;
use infravault_objects::{ObjectKey, Prefix};

/// Held by a backup while it copies objects; shared by whoever takes a name away from an object. "iv backu" in ASCII.
const BACKUP_LOCK: i64 = 0x6976_2062_6163_6b75;

/// About how much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InventorySize {
    /// Originals and renditions.
    pub objects: u64,
    /// Their bytes. Exact duplicates count each time.
    pub bytes: u64,
}

/// Walks over the objects that rows name and whose bytes must be there: the originals, then the renditions, each in the
/// order of their keys.
pub struct Inventory<'a> {
    rows: Rows<'a>,
    walk: ReferencedObjects,
    left: Vec<Prefix>,
}

impl<'a> Inventory<'a> {
    /// As a transaction sees them.
    #[must_use]
    pub fn seen_by(tx: &'a Tx, renditions: bool) -> Self {
        Self::walk(Rows::In(tx), renditions)
    }

    fn walk(rows: Rows<'a>, renditions: bool) -> Self {
        Self {
            rows,
            walk: ReferencedObjects::of(Prefix::Originals),
            left: renditions.then_some(Prefix::Renditions).into_iter().collect(),
        }
    }

    /// The next one, or `None` at the end.
    pub async fn next(&mut self) -> Result<Option<ReferencedObject>, Error> {
        loop {
            match self.walk.next(&self.rows).await? {
                Some(named) => {
                    if let Some(object) = named.live {
                        return Ok(Some(object));
                    }
                }
                None => match self.left.pop() {
                    Some(area) => self.walk = ReferencedObjects::of(area),
                    None => return Ok(None),
                },
            }
        }
    }
}

impl Maintenance {
    /// The objects of the library, each page of rows as it is when it is read.
    #[must_use]
    pub fn inventory(&self, renditions: bool) -> Inventory<'_> {
        Inventory::walk(Rows::Now(&self.db), renditions)
    }

    /// About how much there is; for telling how far something has come.
    pub async fn inventory_size(&self, renditions: bool) -> Result<InventorySize, Error> {
        let tx = self.db.begin_system().await?;
        let size = sql::integrity::library_size().bind(&*tx).one().await?;
        tx.commit().await?;
        let mut size = InventorySize {
            objects: sql::number(size.objects)?,
            bytes: sql::number(size.bytes)?,
        };
        if renditions {
            for format in self.renditions.count_renditions().await? {
                size.objects += format.renditions;
                size.bytes += format.bytes;
            }
        }
        Ok(size)
    }

    /// Whether live rows name an object now.
    pub async fn is_named(&self, key: &ObjectKey) -> Result<bool, Error> {
        Ok(count_references(&self.db, key).await?.live > 0)
    }

    /// Keeps every node from deleting objects for as long as the value lives: whatever rows name from now on stays.
    /// `None` where another backup does so.
    pub async fn hold_deletions(&self) -> Result<Option<AdvisoryLock>, Error> {
        Ok(self.db.acquire_lock(BACKUP_LOCK).await?)
    }

    /// Ends the uploads under way after a restore: their pieces are in no backup. The sweeper gives back what they had
    /// been promised.
    pub async fn end_uploads(&self, ctx: &Ctx) -> Result<u64, Error> {
        let tx = self.db.begin_system().await?;
        let ended = sql::integrity::end_uploads().bind(&*tx, &ctx.now()).await?;
        tx.commit().await?;
        Ok(ended)
    }
}

/// Whether the transaction may take names away from objects that are deleted afterwards.
pub(crate) async fn may_delete_in(tx: &Tx) -> Result<bool, Error> {
    Ok(sql::integrity::lock_deletions()
        .bind(&**tx, &BACKUP_LOCK)
        .one()
        .await?)
}
