// This file was generated with `cornucopia`. Do not modify.

#[derive(Clone, Copy, Debug)]
pub struct FailStaleUploadsParams {
    pub before: time::OffsetDateTime,
    pub now: time::OffsetDateTime,
}
#[derive(Clone, Copy, Debug)]
pub struct ClaimDeletingParams {
    pub now: time::OffsetDateTime,
    pub before: time::OffsetDateTime,
}
#[derive(Debug)]
pub struct DeleteRenditionsParams<
    T1: crate::ArraySql<Item = uuid::Uuid>,
    T2: crate::BytesSql,
    T3: crate::ArraySql<Item = T2>,
> {
    pub images: T1,
    pub digests: T3,
}
#[derive(Debug)]
pub struct MarkDeletedParams<T1: crate::ArraySql<Item = uuid::Uuid>> {
    pub now: time::OffsetDateTime,
    pub ids: T1,
    pub claimed: time::OffsetDateTime,
}
#[derive(Clone, Copy, Debug)]
pub struct ListUnprocessedParams {
    pub before: time::OffsetDateTime,
    pub after_time: time::OffsetDateTime,
    pub after_id: uuid::Uuid,
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct ClaimDeleting {
    pub id: uuid::Uuid,
    pub attempt: uuid::Uuid,
    pub stored_as: uuid::Uuid,
    pub shared: bool,
}
#[derive(Debug, Clone, PartialEq)]
pub struct ListRenditionObjects {
    pub image_id: uuid::Uuid,
    pub sha256: Vec<u8>,
}
pub struct ListRenditionObjectsBorrowed<'a> {
    pub image_id: uuid::Uuid,
    pub sha256: &'a [u8],
}
impl<'a> From<ListRenditionObjectsBorrowed<'a>> for ListRenditionObjects {
    fn from(
        ListRenditionObjectsBorrowed { image_id, sha256 }: ListRenditionObjectsBorrowed<'a>,
    ) -> Self {
        Self {
            image_id,
            sha256: sha256.into(),
        }
    }
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct ListUnprocessed {
    pub id: uuid::Uuid,
    pub stored_at: time::OffsetDateTime,
    pub has_job: bool,
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct BoolQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<bool, tokio_postgres::Error>,
    mapper: fn(bool) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> BoolQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(bool) -> R) -> BoolQuery<'c, 'a, 's, C, R, N> {
        BoolQuery {
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
pub struct ClaimDeletingQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<ClaimDeleting, tokio_postgres::Error>,
    mapper: fn(ClaimDeleting) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ClaimDeletingQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(ClaimDeleting) -> R) -> ClaimDeletingQuery<'c, 'a, 's, C, R, N> {
        ClaimDeletingQuery {
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
pub struct ListRenditionObjectsQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor:
        fn(&tokio_postgres::Row) -> Result<ListRenditionObjectsBorrowed, tokio_postgres::Error>,
    mapper: fn(ListRenditionObjectsBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ListRenditionObjectsQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(ListRenditionObjectsBorrowed) -> R,
    ) -> ListRenditionObjectsQuery<'c, 'a, 's, C, R, N> {
        ListRenditionObjectsQuery {
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
pub struct ListUnprocessedQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<ListUnprocessed, tokio_postgres::Error>,
    mapper: fn(ListUnprocessed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ListUnprocessedQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(ListUnprocessed) -> R,
    ) -> ListUnprocessedQuery<'c, 'a, 's, C, R, N> {
        ListUnprocessedQuery {
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
pub struct TryLockSweepStmt(&'static str, Option<tokio_postgres::Statement>);
/// Locks the sweep for this node until the end of the transaction.
pub fn try_lock_sweep() -> TryLockSweepStmt {
    TryLockSweepStmt("SELECT pg_try_advisory_xact_lock($1) AS locked", None)
}
impl TryLockSweepStmt {
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
        lock: &'a i64,
    ) -> BoolQuery<'c, 'a, 's, C, bool, 1> {
        BoolQuery {
            client,
            params: [lock],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
pub struct FailStaleUploadsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Fails abandoned uploads: releases their reservations and idempotency keys and marks their objects for deletion. At most
/// 100.
pub fn fail_stale_uploads() -> FailStaleUploadsStmt {
    FailStaleUploadsStmt(
        "WITH stale AS ( SELECT id FROM images.images WHERE state = 'pending' AND updated_at < $1 ORDER BY state, updated_at LIMIT 100 FOR UPDATE SKIP LOCKED ), failed AS ( UPDATE images.images AS i SET state = 'deleting', updated_at = $2, removed_at = $2 FROM stale WHERE i.id = stale.id RETURNING i.id, i.owner_id, i.reserved_bytes ), freed AS ( UPDATE images.usage AS u SET reserved_bytes = u.reserved_bytes - f.bytes FROM (SELECT owner_id, sum(reserved_bytes)::bigint AS bytes FROM failed GROUP BY owner_id) AS f WHERE u.owner_id = f.owner_id ), keys AS ( DELETE FROM images.idempotency_keys AS k USING failed AS f WHERE k.image_id = f.id AND k.finished_at IS NULL ) SELECT id FROM failed",
        None,
    )
}
impl FailStaleUploadsStmt {
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
        FailStaleUploadsParams,
        UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 2>,
        C,
    > for FailStaleUploadsStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FailStaleUploadsParams,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 2> {
        self.bind(client, &params.before, &params.now)
    }
}
pub struct ClaimDeletingStmt(&'static str, Option<tokio_postgres::Statement>);
/// Claims images whose objects are to be deleted: removed ones, and those whose claim is older than `before`. `shared` means
/// that another image needs the original. False stays false: an image starts to share an object only while it holds a lock
/// on another live image that does. At most 100.
pub fn claim_deleting() -> ClaimDeletingStmt {
    ClaimDeletingStmt(
        "UPDATE images.images AS i SET updated_at = $1 FROM ( SELECT id FROM images.images WHERE state = 'deleting' AND (updated_at <= removed_at OR updated_at < $2) ORDER BY state, updated_at LIMIT 100 FOR UPDATE SKIP LOCKED ) AS due WHERE i.id = due.id RETURNING i.id, i.attempt, coalesce(i.stored_as, i.id) AS stored_as, EXISTS ( SELECT FROM images.images AS other WHERE other.sha256 = i.sha256 AND other.attempt = i.attempt AND other.id <> i.id AND other.stored_at IS NOT NULL AND other.state NOT IN ('pending', 'deleting', 'deleted')) AS shared",
        None,
    )
}
impl ClaimDeletingStmt {
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
        before: &'a time::OffsetDateTime,
    ) -> ClaimDeletingQuery<'c, 'a, 's, C, ClaimDeleting, 2> {
        ClaimDeletingQuery {
            client,
            params: [now, before],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<ClaimDeleting, tokio_postgres::Error> {
                Ok(ClaimDeleting {
                    id: row.try_get(0)?,
                    attempt: row.try_get(1)?,
                    stored_as: row.try_get(2)?,
                    shared: row.try_get(3)?,
                })
            },
            mapper: |it| ClaimDeleting::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ClaimDeletingParams,
        ClaimDeletingQuery<'c, 'a, 's, C, ClaimDeleting, 2>,
        C,
    > for ClaimDeletingStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ClaimDeletingParams,
    ) -> ClaimDeletingQuery<'c, 'a, 's, C, ClaimDeleting, 2> {
        self.bind(client, &params.now, &params.before)
    }
}
pub struct ListRenditionObjectsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists the rendition objects of some images.
pub fn list_rendition_objects() -> ListRenditionObjectsStmt {
    ListRenditionObjectsStmt(
        "SELECT image_id, sha256 FROM images.renditions WHERE image_id = ANY($1)",
        None,
    )
}
impl ListRenditionObjectsStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub fn bind<'c, 'a, 's, C: GenericClient, T1: crate::ArraySql<Item = uuid::Uuid>>(
        &'s self,
        client: &'c C,
        images: &'a T1,
    ) -> ListRenditionObjectsQuery<'c, 'a, 's, C, ListRenditionObjects, 1> {
        ListRenditionObjectsQuery {
            client,
            params: [images],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |
                row: &tokio_postgres::Row,
            | -> Result<ListRenditionObjectsBorrowed, tokio_postgres::Error> {
                Ok(ListRenditionObjectsBorrowed {
                    image_id: row.try_get(0)?,
                    sha256: row.try_get(1)?,
                })
            },
            mapper: |it| ListRenditionObjects::from(it),
        }
    }
}
pub struct DeleteRenditionsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Deletes the rows of deleted rendition objects, given as two lists of the same length.
pub fn delete_renditions() -> DeleteRenditionsStmt {
    DeleteRenditionsStmt(
        "DELETE FROM images.renditions AS r USING unnest($1::uuid[], $2::bytea[]) AS gone (image_id, sha256) WHERE r.image_id = gone.image_id AND r.sha256 = gone.sha256",
        None,
    )
}
impl DeleteRenditionsStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    async fn bind<
        'c,
        'a,
        's,
        C: GenericClient,
        T1: crate::ArraySql<Item = uuid::Uuid>,
        T2: crate::BytesSql,
        T3: crate::ArraySql<Item = T2>,
    >(
        &'s self,
        client: &'c C,
        images: &'a T1,
        digests: &'a T3,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[images, digests]).await
    }
}
impl<
    'a,
    C: GenericClient + Send + Sync,
    T1: crate::ArraySql<Item = uuid::Uuid>,
    T2: crate::BytesSql,
    T3: crate::ArraySql<Item = T2>,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        DeleteRenditionsParams<T1, T2, T3>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for DeleteRenditionsStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a DeleteRenditionsParams<T1, T2, T3>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.images, &params.digests))
    }
}
pub struct DeleteLocationsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Deletes the locations of images.
pub fn delete_locations() -> DeleteLocationsStmt {
    DeleteLocationsStmt(
        "DELETE FROM images.locations WHERE image_id = ANY($1)",
        None,
    )
}
impl DeleteLocationsStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::ArraySql<Item = uuid::Uuid>>(
        &'s self,
        client: &'c C,
        images: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[images]).await
    }
}
pub struct MarkDeletedStmt(&'static str, Option<tokio_postgres::Statement>);
/// Turns images whose objects are deleted into tombstones without metadata. Skips images that got a rendition meanwhile or
/// were reopened for deletion since they were claimed; the next sweep handles them.
pub fn mark_deleted() -> MarkDeletedStmt {
    MarkDeletedStmt(
        "UPDATE images.images AS i SET state = 'deleted', title = '-', description = '', tags = '{}', file_name = '-', failure_code = NULL, color = NULL, thumbhash = NULL, phash = NULL, camera = NULL, reserved_bytes = 0, updated_at = $1 WHERE id = ANY($2) AND state = 'deleting' AND updated_at = $3 AND NOT EXISTS (SELECT FROM images.renditions WHERE image_id = i.id)",
        None,
    )
}
impl MarkDeletedStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::ArraySql<Item = uuid::Uuid>>(
        &'s self,
        client: &'c C,
        now: &'a time::OffsetDateTime,
        ids: &'a T1,
        claimed: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[now, ids, claimed]).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::ArraySql<Item = uuid::Uuid>>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        MarkDeletedParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for MarkDeletedStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a MarkDeletedParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.now, &params.ids, &params.claimed))
    }
}
pub struct DeleteTombstonesStmt(&'static str, Option<tokio_postgres::Statement>);
/// Deletes old tombstones. At most 1000.
pub fn delete_tombstones() -> DeleteTombstonesStmt {
    DeleteTombstonesStmt(
        "DELETE FROM images.images WHERE id IN ( SELECT id FROM images.images WHERE state = 'deleted' AND updated_at < $1 ORDER BY state, updated_at LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        None,
    )
}
impl DeleteTombstonesStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        before: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[before]).await
    }
}
pub struct DeleteExpiredKeysStmt(&'static str, Option<tokio_postgres::Statement>);
/// Deletes expired idempotency keys. At most 1000.
pub fn delete_expired_keys() -> DeleteExpiredKeysStmt {
    DeleteExpiredKeysStmt(
        "DELETE FROM images.idempotency_keys WHERE (owner_id, key) IN ( SELECT owner_id, key FROM images.idempotency_keys WHERE started_at < $1 LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        None,
    )
}
impl DeleteExpiredKeysStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        before: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[before]).await
    }
}
pub struct ListUnprocessedStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists images that wait for their processing since before a time, oldest first, and whether a job will process them. At
/// most 500.
pub fn list_unprocessed() -> ListUnprocessedStmt {
    ListUnprocessedStmt(
        "SELECT id, stored_at, images.waits_for_processing(id) AS has_job FROM ( SELECT id, stored_at FROM images.images WHERE state = 'stored' AND removed_at IS NULL AND stored_at < $1 AND (stored_at, id) > ($2::timestamptz, $3::uuid) ORDER BY stored_at, id LIMIT 500 ) AS unprocessed ORDER BY stored_at, id",
        None,
    )
}
impl ListUnprocessedStmt {
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
        after_time: &'a time::OffsetDateTime,
        after_id: &'a uuid::Uuid,
    ) -> ListUnprocessedQuery<'c, 'a, 's, C, ListUnprocessed, 3> {
        ListUnprocessedQuery {
            client,
            params: [before, after_time, after_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ListUnprocessed, tokio_postgres::Error> {
                    Ok(ListUnprocessed {
                        id: row.try_get(0)?,
                        stored_at: row.try_get(1)?,
                        has_job: row.try_get(2)?,
                    })
                },
            mapper: |it| ListUnprocessed::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListUnprocessedParams,
        ListUnprocessedQuery<'c, 'a, 's, C, ListUnprocessed, 3>,
        C,
    > for ListUnprocessedStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListUnprocessedParams,
    ) -> ListUnprocessedQuery<'c, 'a, 's, C, ListUnprocessed, 3> {
        self.bind(client, &params.before, &params.after_time, &params.after_id)
    }
}
pub struct EnqueueProcessingStmt(&'static str, Option<tokio_postgres::Statement>);
/// Enqueues the processing of images.
pub fn enqueue_processing() -> EnqueueProcessingStmt {
    EnqueueProcessingStmt(
        "SELECT count(*) AS enqueued FROM unnest($1::uuid[]) AS image CROSS JOIN LATERAL images.enqueue_processing(image) AS done",
        None,
    )
}
impl EnqueueProcessingStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub fn bind<'c, 'a, 's, C: GenericClient, T1: crate::ArraySql<Item = uuid::Uuid>>(
        &'s self,
        client: &'c C,
        ids: &'a T1,
    ) -> I64Query<'c, 'a, 's, C, i64, 1> {
        I64Query {
            client,
            params: [ids],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
