//! Storage usage of an account.
use crate::{Error, Library, sql};
use infravault_kernel::{Ctx, Id, Scope};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of stored originals, including the trash.
    pub used_bytes: i64,
    /// Bytes reserved for uploads in progress.
    pub reserved_bytes: i64,
    /// Number of images, including the trash.
    pub image_count: i64,
    /// Bytes of the originals in the trash.
    pub trashed_bytes: i64,
    /// Number of images in the trash.
    pub trashed_count: i64,
    /// Maximum number of bytes the account may store.
    pub quota_bytes: i64,
}

impl Library {
    /// Returns the usage of the caller's account.
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
