// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct TrashOneParams<T1: crate::ArraySql<Item = i32>> {
    pub now: time::OffsetDateTime,
    pub id: uuid::Uuid,
    pub owner: uuid::Uuid,
    pub any_version: bool,
    pub versions: T1,
}
#[derive(Debug)]
pub struct RestoreParams<T1: crate::ArraySql<Item = uuid::Uuid>> {
    pub ids: T1,
    pub owner: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct PurgeOneParams {
    pub now: time::OffsetDateTime,
    pub id: uuid::Uuid,
    pub owner: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct PurgeSomeParams {
    pub owner: uuid::Uuid,
    pub now: time::OffsetDateTime,
}
#[derive(Clone, Copy, Debug)]
pub struct ReleaseUsageParams {
    pub freed: i64,
    pub images: i64,
    pub owner: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct PurgeExpiredParams {
    pub before: time::OffsetDateTime,
    pub now: time::OffsetDateTime,
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct TrashSize {
    pub images: i64,
    pub bytes: Option<i64>,
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct Restore {
    pub id: uuid::Uuid,
    pub waits: bool,
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct UuidUuidQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<uuid::Uuid, tokio_postgres::Error>,
    mapper: fn(uuid::Uuid) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> UuidUuidQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(uuid::Uuid) -> R) -> UuidUuidQuery<'c, 'a, 's, C, R, N> {
        UuidUuidQuery {
            client: self.client,
            params: self.params,
            query: self.query,
            cached: self.cached,
            extractor: self.extractor,
            mapper,
        }
    }
    pub async fn one(self) -> Result<T, tokio_postgres::Error> {
        let row =
            crate::client::async_::one(self.client, self.query, &self.params, self.cached).await?;
        Ok((self.mapper)((self.extractor)(&row)?))
    }
    pub async fn all(self) -> Result<Vec<T>, tokio_postgres::Error> {
        self.iter().await?.try_collect().await
    }
    pub async fn opt(self) -> Result<Option<T>, tokio_postgres::Error> {
        let opt_row =
            crate::client::async_::opt(self.client, self.query, &self.params, self.cached).await?;
        Ok(opt_row
            .map(|row| {
                let extracted = (self.extractor)(&row)?;
                Ok((self.mapper)(extracted))
            })
            .transpose()?)
    }
    pub async fn iter(
        self,
    ) -> Result<
        impl futures::Stream<Item = Result<T, tokio_postgres::Error>> + 'c,
        tokio_postgres::Error,
    > {
        let stream = crate::client::async_::raw(
            self.client,
            self.query,
            crate::slice_iter(&self.params),
            self.cached,
        )
        .await?;
        let mapped = stream
            .map(move |res| {
                res.and_then(|row| {
                    let extracted = (self.extractor)(&row)?;
                    Ok((self.mapper)(extracted))
                })
            })
            .into_stream();
        Ok(mapped)
    }
}
pub struct TrashSizeQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<TrashSize, tokio_postgres::Error>,
    mapper: fn(TrashSize) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> TrashSizeQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(TrashSize) -> R) -> TrashSizeQuery<'c, 'a, 's, C, R, N> {
        TrashSizeQuery {
            client: self.client,
            params: self.params,
            query: self.query,
            cached: self.cached,
            extractor: self.extractor,
            mapper,
        }
    }
    pub async fn one(self) -> Result<T, tokio_postgres::Error> {
        let row =
            crate::client::async_::one(self.client, self.query, &self.params, self.cached).await?;
        Ok((self.mapper)((self.extractor)(&row)?))
    }
    pub async fn all(self) -> Result<Vec<T>, tokio_postgres::Error> {
        self.iter().await?.try_collect().await
    }
    pub async fn opt(self) -> Result<Option<T>, tokio_postgres::Error> {
        let opt_row =
            crate::client::async_::opt(self.client, self.query, &self.params, self.cached).await?;
        Ok(opt_row
            .map(|row| {
                let extracted = (self.extractor)(&row)?;
                Ok((self.mapper)(extracted))
            })
            .transpose()?)
    }
    pub async fn iter(
        self,
    ) -> Result<
        impl futures::Stream<Item = Result<T, tokio_postgres::Error>> + 'c,
        tokio_postgres::Error,
    > {
        let stream = crate::client::async_::raw(
            self.client,
            self.query,
            crate::slice_iter(&self.params),
            self.cached,
        )
        .await?;
        let mapped = stream
            .map(move |res| {
                res.and_then(|row| {
                    let extracted = (self.extractor)(&row)?;
                    Ok((self.mapper)(extracted))
                })
            })
            .into_stream();
        Ok(mapped)
    }
}
pub struct RestoreQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<Restore, tokio_postgres::Error>,
    mapper: fn(Restore) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> RestoreQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(Restore) -> R) -> RestoreQuery<'c, 'a, 's, C, R, N> {
        RestoreQuery {
            client: self.client,
            params: self.params,
            query: self.query,
            cached: self.cached,
            extractor: self.extractor,
            mapper,
        }
    }
    pub async fn one(self) -> Result<T, tokio_postgres::Error> {
        let row =
            crate::client::async_::one(self.client, self.query, &self.params, self.cached).await?;
        Ok((self.mapper)((self.extractor)(&row)?))
    }
    pub async fn all(self) -> Result<Vec<T>, tokio_postgres::Error> {
        self.iter().await?.try_collect().await
    }
    pub async fn opt(self) -> Result<Option<T>, tokio_postgres::Error> {
        let opt_row =
            crate::client::async_::opt(self.client, self.query, &self.params, self.cached).await?;
        Ok(opt_row
            .map(|row| {
                let extracted = (self.extractor)(&row)?;
                Ok((self.mapper)(extracted))
            })
            .transpose()?)
    }
    pub async fn iter(
        self,
    ) -> Result<
        impl futures::Stream<Item = Result<T, tokio_postgres::Error>> + 'c,
        tokio_postgres::Error,
    > {
        let stream = crate::client::async_::raw(
            self.client,
            self.query,
            crate::slice_iter(&self.params),
            self.cached,
        )
        .await?;
        let mapped = stream
            .map(move |res| {
                res.and_then(|row| {
                    let extracted = (self.extractor)(&row)?;
                    Ok((self.mapper)(extracted))
                })
            })
            .into_stream();
        Ok(mapped)
    }
}
pub struct I64Query<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<i64, tokio_postgres::Error>,
    mapper: fn(i64) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> I64Query<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(i64) -> R) -> I64Query<'c, 'a, 's, C, R, N> {
        I64Query {
            client: self.client,
            params: self.params,
            query: self.query,
            cached: self.cached,
            extractor: self.extractor,
            mapper,
        }
    }
    pub async fn one(self) -> Result<T, tokio_postgres::Error> {
        let row =
            crate::client::async_::one(self.client, self.query, &self.params, self.cached).await?;
        Ok((self.mapper)((self.extractor)(&row)?))
    }
    pub async fn all(self) -> Result<Vec<T>, tokio_postgres::Error> {
        self.iter().await?.try_collect().await
    }
    pub async fn opt(self) -> Result<Option<T>, tokio_postgres::Error> {
        let opt_row =
            crate::client::async_::opt(self.client, self.query, &self.params, self.cached).await?;
        Ok(opt_row
            .map(|row| {
                let extracted = (self.extractor)(&row)?;
                Ok((self.mapper)(extracted))
            })
            .transpose()?)
    }
    pub async fn iter(
        self,
    ) -> Result<
        impl futures::Stream<Item = Result<T, tokio_postgres::Error>> + 'c,
        tokio_postgres::Error,
    > {
        let stream = crate::client::async_::raw(
            self.client,
            self.query,
            crate::slice_iter(&self.params),
            self.cached,
        )
        .await?;
        let mapped = stream
            .map(move |res| {
                res.and_then(|row| {
                    let extracted = (self.extractor)(&row)?;
                    Ok((self.mapper)(extracted))
                })
            })
            .into_stream();
        Ok(mapped)
    }
}
pub struct TrashOneStmt(&'static str, Option<tokio_postgres::Statement>);
/// Moves an image into the trash. Returns no row if it does not belong to the owner, has another version, or is removed.
pub fn trash_one() -> TrashOneStmt {
    TrashOneStmt(
        "UPDATE images.images SET removed_at = $1, trashed_at = $1 WHERE id = $2 AND owner_id = $3 AND stored_at IS NOT NULL AND removed_at IS NULL AND ($4 OR version = ANY($5)) RETURNING id",
        None,
    )
}
impl TrashOneStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient, T1: crate::ArraySql<Item = i32>>(
        &'s self,
        client: &'c C,
        now: &'a time::OffsetDateTime,
        id: &'a uuid::Uuid,
        owner: &'a uuid::Uuid,
        any_version: &'a bool,
        versions: &'a T1,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 5> {
        UuidUuidQuery {
            client,
            params: [now, id, owner, any_version, versions],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::ArraySql<Item = i32>>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        TrashOneParams<T1>,
        UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 5>,
        C,
    > for TrashOneStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a TrashOneParams<T1>,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 5> {
        self.bind(
            client,
            &params.now,
            &params.id,
            &params.owner,
            &params.any_version,
            &params.versions,
        )
    }
}
pub struct MeasureTrashStmt(&'static str, Option<tokio_postgres::Statement>);
/// Measures the caller's trash.
pub fn measure_trash() -> MeasureTrashStmt {
    MeasureTrashStmt(
        "SELECT count(*) AS images, sum(byte_size)::bigint AS bytes FROM images.trashed_images",
        None,
    )
}
impl MeasureTrashStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
    ) -> TrashSizeQuery<'c, 'a, 's, C, TrashSize, 0> {
        TrashSizeQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<TrashSize, tokio_postgres::Error> {
                Ok(TrashSize {
                    images: row.try_get(0)?,
                    bytes: row.try_get(1)?,
                })
            },
            mapper: |it| TrashSize::from(it),
        }
    }
}
pub struct RestoreStmt(&'static str, Option<tokio_postgres::Statement>);
/// Restores own images. Returns the ids that are live now, and whether they wait for their processing. Locks the rows in the
/// order of their ids to avoid deadlocks.
pub fn restore() -> RestoreStmt {
    RestoreStmt(
        "WITH found AS MATERIALIZED ( SELECT id, trashed_at FROM images.images WHERE id = ANY($1) AND owner_id = $2 AND stored_at IS NOT NULL AND (trashed_at IS NOT NULL OR removed_at IS NULL) ORDER BY id FOR NO KEY UPDATE ), restored AS ( UPDATE images.images AS i SET removed_at = NULL, trashed_at = NULL FROM found WHERE i.id = found.id AND found.trashed_at IS NOT NULL RETURNING i.id, i.state ) SELECT found.id, coalesce(restored.state = 'stored', false) AS waits FROM found LEFT JOIN restored USING (id)",
        None,
    )
}
impl RestoreStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient, T1: crate::ArraySql<Item = uuid::Uuid>>(
        &'s self,
        client: &'c C,
        ids: &'a T1,
        owner: &'a uuid::Uuid,
    ) -> RestoreQuery<'c, 'a, 's, C, Restore, 2> {
        RestoreQuery {
            client,
            params: [ids, owner],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<Restore, tokio_postgres::Error> {
                Ok(Restore {
                    id: row.try_get(0)?,
                    waits: row.try_get(1)?,
                })
            },
            mapper: |it| Restore::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::ArraySql<Item = uuid::Uuid>>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        RestoreParams<T1>,
        RestoreQuery<'c, 'a, 's, C, Restore, 2>,
        C,
    > for RestoreStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a RestoreParams<T1>,
    ) -> RestoreQuery<'c, 'a, 's, C, Restore, 2> {
        self.bind(client, &params.ids, &params.owner)
    }
}
pub struct PurgeOneStmt(&'static str, Option<tokio_postgres::Statement>);
/// Purges an own image in the trash; the sweeper deletes its objects. Returns no row if it is not in the trash.
pub fn purge_one() -> PurgeOneStmt {
    PurgeOneStmt(
        "UPDATE images.images SET state = 'deleting', removed_at = $1, updated_at = $1, trashed_at = NULL WHERE id = $2 AND owner_id = $3 AND trashed_at IS NOT NULL RETURNING byte_size",
        None,
    )
}
impl PurgeOneStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        now: &'a time::OffsetDateTime,
        id: &'a uuid::Uuid,
        owner: &'a uuid::Uuid,
    ) -> I64Query<'c, 'a, 's, C, i64, 3> {
        I64Query {
            client,
            params: [now, id, owner],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<'c, 'a, 's, PurgeOneParams, I64Query<'c, 'a, 's, C, i64, 3>, C>
    for PurgeOneStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a PurgeOneParams,
    ) -> I64Query<'c, 'a, 's, C, i64, 3> {
        self.bind(client, &params.now, &params.id, &params.owner)
    }
}
pub struct PurgeSomeStmt(&'static str, Option<tokio_postgres::Statement>);
/// Purges the images that an account has moved into the trash until now. At most 1000.
pub fn purge_some() -> PurgeSomeStmt {
    PurgeSomeStmt(
        "WITH found AS MATERIALIZED ( SELECT id FROM images.images WHERE owner_id = $1 AND trashed_at <= $2 ORDER BY id LIMIT 1000 FOR NO KEY UPDATE ) UPDATE images.images AS i SET state = 'deleting', removed_at = $2, updated_at = $2, trashed_at = NULL FROM found WHERE i.id = found.id RETURNING i.byte_size",
        None,
    )
}
impl PurgeSomeStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        owner: &'a uuid::Uuid,
        now: &'a time::OffsetDateTime,
    ) -> I64Query<'c, 'a, 's, C, i64, 2> {
        I64Query {
            client,
            params: [owner, now],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<'c, 'a, 's, PurgeSomeParams, I64Query<'c, 'a, 's, C, i64, 2>, C>
    for PurgeSomeStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a PurgeSomeParams,
    ) -> I64Query<'c, 'a, 's, C, i64, 2> {
        self.bind(client, &params.owner, &params.now)
    }
}
pub struct ReleaseUsageStmt(&'static str, Option<tokio_postgres::Statement>);
/// Subtracts the bytes of purged images from the usage of their account.
pub fn release_usage() -> ReleaseUsageStmt {
    ReleaseUsageStmt(
        "UPDATE images.usage SET used_bytes = used_bytes - $1, image_count = image_count - $2 WHERE owner_id = $3",
        None,
    )
}
impl ReleaseUsageStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    async fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        freed: &'a i64,
        images: &'a i64,
        owner: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[freed, images, owner]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ReleaseUsageParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ReleaseUsageStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ReleaseUsageParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.freed, &params.images, &params.owner))
    }
}
pub struct PurgeExpiredStmt(&'static str, Option<tokio_postgres::Statement>);
/// Purges images in the trash since before a time and subtracts their bytes from the usage. Skips images that are being
/// restored. At most 100.
pub fn purge_expired() -> PurgeExpiredStmt {
    PurgeExpiredStmt(
        "WITH due AS MATERIALIZED ( SELECT id FROM images.images WHERE trashed_at <= $1 ORDER BY trashed_at LIMIT 100 FOR NO KEY UPDATE SKIP LOCKED ), purged AS ( UPDATE images.images AS i SET state = 'deleting', removed_at = $2, updated_at = $2, trashed_at = NULL FROM due WHERE i.id = due.id RETURNING i.id, i.owner_id, i.byte_size ), freed AS ( UPDATE images.usage AS u SET used_bytes = u.used_bytes - p.bytes, image_count = u.image_count - p.images FROM (SELECT owner_id, sum(byte_size)::bigint AS bytes, count(*) AS images FROM purged GROUP BY owner_id) AS p WHERE u.owner_id = p.owner_id ) SELECT id FROM purged",
        None,
    )
}
impl PurgeExpiredStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        before: &'a time::OffsetDateTime,
        now: &'a time::OffsetDateTime,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 2> {
        UuidUuidQuery {
            client,
            params: [before, now],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        PurgeExpiredParams,
        UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 2>,
        C,
    > for PurgeExpiredStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a PurgeExpiredParams,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 2> {
        self.bind(client, &params.before, &params.now)
    }
}
