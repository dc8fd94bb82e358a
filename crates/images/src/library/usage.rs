//! How much an account stores.
use crate::{Error, Library, sql};
use infravault_kernel::{Ctx, Id, Scope};

/// What an account stores, and what it may store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of the originals stored, those in the trash included.
    pub used_bytes: i64,
    /// Bytes promised to uploads under way.
    pub reserved_bytes: i64,
    /// Number of images, those in the trash included.
    pub image_count: i64,
    /// Bytes of the originals in the trash.
    pub trashed_bytes: i64,
    /// Number of images in the trash.
    pub trashed_count: i64,
    /// Most bytes that the account may store.
    pub quota_bytes: i64,
}

impl Library {
    /// How much the caller's account stores.
    pub async fn usage(&self, ctx: &Ctx) -> Result<Usage, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let person = actor.require_scope(Scope::ProfileRead)?;
        let row = sql::usage::find_usage()
            .bind(&*tx, &person.account.uuid())
            .opt()
            .await?;
        let trash = sql::trash::measure_trash().bind(&*tx).one().await?;
        Ok(Usage {
            used_bytes: row.map_or(0, |row| row.used_bytes),
            reserved_bytes: row.map_or(0, |row| row.reserved_bytes),
            image_count: row.map_or(0, |row| row.image_count),
            trashed_bytes: trash.bytes.unwrap_or_default(),
            trashed_count: trash.images,
            quota_bytes: person.quota_bytes,
        })
    }
}
