//! The trash: what lies in it, how it comes back, and how it goes for good.
use crate::{
    Error, Image, Library,
    library::find::find_in,
    sql::{self, Params},
};
use infravault_db::Tx;
use infravault_kernel::{
    AccessError, Credential, Ctx, Cursor, CursorError, FieldError, Id, ImageId, Limit, Page, Scope,
};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

/// Later than everything that was trashed, so that the first page needs no statement of its own.
const END_OF_TIME: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);
/// Library that are purged in one transaction, as the query says.
const BATCH: usize = 1000;

/// An image in the trash.
#[derive(Clone, Debug, PartialEq)]
pub struct Trashed {
    /// The image, as it was and as it would come back.
    pub image: Image,
    /// When it was deleted.
    pub trashed_at: OffsetDateTime,
}

/// Where in the trash a page starts: behind this image of this account, deleted so many microseconds after 1970.
type Position = (Uuid, Uuid, i64);

impl Library {
    /// The caller's trash, what was deleted last first.
    pub async fn list_trash(
        &self,
        ctx: &Ctx,
        limit: Limit,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Trashed>, Error> {
        if ctx.credential == Credential::Anonymous {
            return Err(AccessError::AuthenticationRequired.into());
        }
        let after = cursor.map(|cursor| cursor.position::<Position>(&"trash"));
        let after = after.transpose().map_err(|_| foreign())?;
        let params = sql::trash::ListTrashedParams {
            after_time: match after {
                Some((_, _, micros)) => from_micros(micros).ok_or_else(foreign)?,
                None => END_OF_TIME,
            },
            after_id: after.map_or(Uuid::max(), |(_, id, _)| id),
            max: limit.plus_one(),
        };
        let (actor, rows) = self
            .db
            .read(
                ctx,
                async |client| sql::trash::list_trashed().prepare(client).await,
                async |client, list| list.params(client, &params).map(sql::trashed).all().await,
            )
            .await?;
        let account = actor.require_scope(Scope::ImagesRead)?.account.uuid();
        if after.is_some_and(|(owner, ..)| owner != account) {
            return Err(foreign());
        }
        let rows = rows.into_iter().collect::<Result<Vec<Trashed>, Error>>()?;
        Ok(Page::from_rows(rows, limit, |last| {
            let micros = to_micros(last.trashed_at);
            Cursor::new(&"trash", &(account, last.image.id.uuid(), micros))
        }))
    }

    /// Takes an image out of the trash; it is what it was. One that is not in the trash stays where it is, so that asking
    /// again does no harm.
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

    /// Purges an image that lies in the trash: its bytes leave the account now and the store a little later.
    pub async fn purge(&self, ctx: &Ctx, id: ImageId) -> Result<(), Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let owner = actor.require_scope(Scope::ImagesDelete)?.account.uuid();
        let params = sql::trash::PurgeOneParams {
            now: ctx.now(),
            id: id.uuid(),
            owner,
        };
        let freed = sql::trash::purge_one().params(&*tx, &params).opt().await?;
        return_bytes(&tx, owner, &[freed.ok_or(Error::NotFound)?]).await?;
        tx.commit().await?;
        self.wake_sweeper.notify_one();
        Ok(())
    }

    /// Purges all that lies in the caller's trash now; how many images that were. Broken off in between, some are purged
    /// and the others still there.
    pub async fn purge_all(&self, ctx: &Ctx) -> Result<u64, Error> {
        let now = ctx.now();
        let mut purged = 0;
        loop {
            let (tx, actor) = self.db.begin(ctx).await?;
            let owner = actor.require_scope(Scope::ImagesDelete)?.account.uuid();
            let params = sql::trash::PurgeSomeParams { now, owner };
            let freed = sql::trash::purge_some().params(&*tx, &params).all().await?;
            return_bytes(&tx, owner, &freed).await?;
            tx.commit().await?;
            self.wake_sweeper.notify_one();
            purged += u64::try_from(freed.len()).unwrap_or(u64::MAX);
            if freed.len() < BATCH {
                return Ok(purged);
            }
        }
    }

    /// When the retention of an image in the trash ends: the next sweep after that purges it.
    #[must_use]
    pub fn purged_at_latest(&self, trashed: &Trashed) -> OffsetDateTime {
        let retention = time::Duration::try_from(self.config.trash_retention).unwrap_or(time::Duration::MAX);
        trashed.trashed_at.checked_add(retention).unwrap_or(END_OF_TIME)
    }
}

/// Restores own images, and asks for the work that they wait for; those that are live now.
pub(crate) async fn restore_in(tx: &Tx, owner: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    let params = sql::trash::RestoreParams { ids, owner };
    let found = sql::trash::restore().params(&**tx, &params).all().await?;
    let waiting: Vec<Uuid> = found.iter().filter(|row| row.waits).map(|row| row.id).collect();
    if !waiting.is_empty() {
        sql::sweep::enqueue_lost()
            .bind(&**tx, &waiting.as_slice())
            .one()
            .await?;
    }
    Ok(found.into_iter().map(|row| row.id).collect())
}

async fn return_bytes(tx: &Tx, owner: Uuid, freed: &[i64]) -> Result<(), Error> {
    let params = sql::trash::ReturnBytesParams {
        freed: freed.iter().sum(),
        images: sql::number(freed.len())?,
        owner,
    };
    sql::trash::return_bytes().params(&**tx, &params).await?;
    Ok(())
}

fn foreign() -> Error {
    Error::Parameter(FieldError::new("cursor", CursorError))
}

/// Microseconds since 1970: what PostgreSQL keeps of a time.
fn to_micros(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos().div_euclid(1000)).unwrap_or(i64::MAX)
}

fn from_micros(micros: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).ok()
}
