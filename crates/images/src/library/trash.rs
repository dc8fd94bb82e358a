//! The trash: listing, restoring and purging.
use crate::{
    Error, Image, Library,
    library::{
        find::find_in,
        list_request::{from_micros, invalid_cursor, to_micros},
    },
    sql::{self, Params, image_from_row},
};
use infravault_db::Tx;
use infravault_kernel::{AccessError, Credential, Ctx, Cursor, Id, ImageId, Limit, Page, Scope};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

/// Later than every deletion, so that the first page uses the same statement as the others.
const END_OF_TIME: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);
/// Maximum number of images that `purge_some` purges.
const BATCH: usize = 1000;

#[derive(Clone, Debug, PartialEq)]
pub struct TrashedImage {
    pub image: Image,
    pub trashed_at: OffsetDateTime,
}

/// The content of a cursor: account, last image, and its time of deletion in microseconds since 1970.
type PageStart = (Uuid, Uuid, i64);

impl Library {
    /// Lists the caller's trash, the newest first.
    pub async fn list_trash(
        &self,
        ctx: &Ctx,
        limit: Limit,
        cursor: Option<&Cursor>,
    ) -> Result<Page<TrashedImage>, Error> {
        if ctx.credential == Credential::Anonymous {
            return Err(AccessError::AuthenticationRequired.into());
        }
        let after = cursor.map(|cursor| cursor.position::<PageStart>(&"trash"));
        let after = after.transpose().map_err(|_| invalid_cursor())?;
        let params = sql::images::ListTrashedParams {
            after_time: match after {
                Some((_, _, micros)) => from_micros(micros).ok_or_else(invalid_cursor)?,
                None => END_OF_TIME,
            },
            after_id: after.map_or(Uuid::max(), |(_, id, _)| id),
            max: limit.plus_one(),
        };
        let (actor, rows) = self
            .db
            .read(
                ctx,
                async |client| sql::images::list_trashed().prepare(client).await,
                async |client, list| list.params(client, &params).map(trashed_image).all().await,
            )
            .await?;
        let account = actor.require_scope(Scope::ImagesRead)?.account.uuid();
        if after.is_some_and(|(owner, ..)| owner != account) {
            return Err(invalid_cursor());
        }
        let rows = rows.into_iter().collect::<Result<Vec<TrashedImage>, Error>>()?;
        Ok(Page::from_rows(rows, limit, |last| {
            let micros = to_micros(last.trashed_at);
            Cursor::new(&"trash", &(account, last.image.id.uuid(), micros))
        }))
    }

    /// Restores an image from the trash. Idempotent: an image that is not in the trash is returned unchanged.
    pub async fn restore(&self, ctx: &Ctx, id: ImageId) -> Result<Image, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let person = actor.require_scope(Scope::ImagesWrite)?;
        let live = restore_in(&tx, person.account.uuid(), &[id.uuid()]).await?;
        if live.is_empty() {
            return Err(Error::NotFound);
        }
        let image = find_in(&tx, id).await?;
        tx.commit().await?;
        Ok(image)
    }

    /// Deletes an image in the trash permanently. Releases its bytes of the quota at once; the sweeper deletes the object.
    pub async fn purge(&self, ctx: &Ctx, id: ImageId) -> Result<(), Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let owner = actor.require_scope(Scope::ImagesDelete)?.account.uuid();
        let params = sql::trash::PurgeOneParams {
            now: ctx.now(),
            id: id.uuid(),
            owner,
        };
        let freed = sql::trash::purge_one().params(&*tx, &params).opt().await?;
        release_usage(&tx, owner, &[freed.ok_or(Error::NotFound)?]).await?;
        tx.commit().await?;
        self.wake_sweeper.notify_one();
        Ok(())
    }

    /// Deletes all images in the caller's trash permanently, in batches. Returns their number.
    pub async fn purge_all(&self, ctx: &Ctx) -> Result<u64, Error> {
        let now = ctx.now();
        let mut purged = 0;
        loop {
            let (tx, actor) = self.db.begin(ctx).await?;
            let owner = actor.require_scope(Scope::ImagesDelete)?.account.uuid();
            let params = sql::trash::PurgeSomeParams { now, owner };
            let freed = sql::trash::purge_some().params(&*tx, &params).all().await?;
            release_usage(&tx, owner, &freed).await?;
            tx.commit().await?;
            self.wake_sweeper.notify_one();
            purged += u64::try_from(freed.len()).unwrap_or(u64::MAX);
            if freed.len() < BATCH {
                return Ok(purged);
            }
        }
    }

    /// Returns the end of the retention of an image in the trash. The next sweep after it purges the image.
    #[must_use]
    pub fn purge_due_at(&self, trashed: &TrashedImage) -> OffsetDateTime {
        let retention = time::Duration::try_from(self.config.trash_retention).unwrap_or(time::Duration::MAX);
        trashed.trashed_at.checked_add(retention).unwrap_or(END_OF_TIME)
    }
}

/// Restores own images and enqueues the processing of those that wait for it. Returns the images that are live now.
pub(crate) async fn restore_in(tx: &Tx, owner: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    let params = sql::trash::RestoreParams { ids, owner };
    let found = sql::trash::restore().params(&**tx, &params).all().await?;
    let waiting: Vec<Uuid> = found.iter().filter(|row| row.waits).map(|row| row.id).collect();
    if !waiting.is_empty() {
        sql::sweep::enqueue_processing()
            .bind(&**tx, &waiting.as_slice())
            .one()
            .await?;
    }
    Ok(found.into_iter().map(|row| row.id).collect())
}

async fn release_usage(tx: &Tx, owner: Uuid, freed: &[i64]) -> Result<(), Error> {
    let params = sql::trash::ReleaseUsageParams {
        freed: freed.iter().sum(),
        images: sql::number(freed.len())?,
        owner,
    };
    sql::trash::release_usage().params(&**tx, &params).await?;
    Ok(())
}

fn trashed_image(row: sql::images::ImageRowBorrowed<'_>) -> Result<TrashedImage, Error> {
    Ok(TrashedImage {
        trashed_at: row
            .trashed_at
            .ok_or_else(|| Error::inconsistent("an image in the trash"))?,
        image: image_from_row!(row),
    })
}
