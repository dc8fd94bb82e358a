// This file was generated with `cornucopia`. Do not modify.

#[derive(Clone, Copy, Debug)]
pub struct ReserveBytesParams {
    pub owner: uuid::Uuid,
    pub declared: i64,
    pub quota: i64,
}
#[derive(Debug)]
pub struct InsertPendingParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::ArraySql<Item = T3>,
    T5: crate::StringSql,
> {
    pub id: uuid::Uuid,
    pub owner: uuid::Uuid,
    pub attempt: uuid::Uuid,
    pub visibility: crate::types::images::Visibility,
    pub title: T1,
    pub description: T2,
    pub tags: T4,
    pub file_name: T5,
    pub keep_location: bool,
    pub reserved: i64,
    pub now: time::OffsetDateTime,
}
#[derive(Debug)]
pub struct InsertKeyParams<T1: crate::StringSql> {
    pub owner: uuid::Uuid,
    pub key: T1,
    pub image: uuid::Uuid,
    pub now: time::OffsetDateTime,
}
#[derive(Debug)]
pub struct FindKeyParams<T1: crate::StringSql> {
    pub owner: uuid::Uuid,
    pub key: T1,
}
#[derive(Debug)]
pub struct TakeOverKeyParams<T1: crate::StringSql> {
    pub image: uuid::Uuid,
    pub now: time::OffsetDateTime,
    pub owner: uuid::Uuid,
    pub key: T1,
}
#[derive(Debug)]
pub struct FinishKeyParams<T1: crate::BytesSql, T2: crate::StringSql> {
    pub fingerprint: T1,
    pub now: time::OffsetDateTime,
    pub owner: uuid::Uuid,
    pub key: T2,
    pub image: uuid::Uuid,
}
#[derive(Debug)]
pub struct FindDuplicateParams<T1: crate::BytesSql> {
    pub sha256: T1,
    pub owner: uuid::Uuid,
    pub image: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct FinalizeUsageParams {
    pub real: i64,
    pub reserved: i64,
    pub owner: uuid::Uuid,
    pub quota: i64,
}
#[derive(Clone, Copy, Debug)]
pub struct DeletePendingParams {
    pub id: uuid::Uuid,
    pub attempt: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct AbandonPendingParams {
    pub now: time::OffsetDateTime,
    pub id: uuid::Uuid,
    pub attempt: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct RequeueDeletionParams {
    pub now: time::OffsetDateTime,
    pub id: uuid::Uuid,
    pub attempt: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct ReleaseBytesParams {
    pub reserved: i64,
    pub owner: uuid::Uuid,
}
#[derive(Debug, Clone, PartialEq)]
pub struct KeyRow {
    pub image_id: uuid::Uuid,
    pub fingerprint: Option<Vec<u8>>,
    pub started_at: time::OffsetDateTime,
    pub finished_at: Option<time::OffsetDateTime>,
}
pub struct KeyRowBorrowed<'a> {
    pub image_id: uuid::Uuid,
    pub fingerprint: Option<&'a [u8]>,
    pub started_at: time::OffsetDateTime,
    pub finished_at: Option<time::OffsetDateTime>,
}
impl<'a> From<KeyRowBorrowed<'a>> for KeyRow {
    fn from(
        KeyRowBorrowed {
            image_id,
            fingerprint,
            started_at,
            finished_at,
        }: KeyRowBorrowed<'a>,
    ) -> Self {
        Self {
            image_id,
            fingerprint: fingerprint.map(|v| v.into()),
            started_at,
            finished_at,
        }
    }
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct FindDuplicate {
    pub id: uuid::Uuid,
    pub stored_as: uuid::Uuid,
    pub attempt: uuid::Uuid,
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct KeyRowQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<KeyRowBorrowed, tokio_postgres::Error>,
    mapper: fn(KeyRowBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> KeyRowQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(KeyRowBorrowed) -> R) -> KeyRowQuery<'c, 'a, 's, C, R, N> {
        KeyRowQuery {
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
pub struct FindDuplicateQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<FindDuplicate, tokio_postgres::Error>,
    mapper: fn(FindDuplicate) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> FindDuplicateQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(FindDuplicate) -> R) -> FindDuplicateQuery<'c, 'a, 's, C, R, N> {
        FindDuplicateQuery {
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
pub struct ReserveBytesStmt(&'static str, Option<tokio_postgres::Statement>);
/// Reserve bytes of the quota for an upload. No row if they exceed it.
pub fn reserve_bytes() -> ReserveBytesStmt {
    ReserveBytesStmt(
        "INSERT INTO images.usage (owner_id, reserved_bytes) SELECT $1, $2 WHERE $2::bigint <= $3::bigint ON CONFLICT (owner_id) DO UPDATE SET reserved_bytes = usage.reserved_bytes + excluded.reserved_bytes WHERE usage.used_bytes + usage.reserved_bytes + excluded.reserved_bytes <= $3::bigint",
        None,
    )
}
impl ReserveBytesStmt {
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
        owner: &'a uuid::Uuid,
        declared: &'a i64,
        quota: &'a i64,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[owner, declared, quota]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ReserveBytesParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ReserveBytesStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ReserveBytesParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.owner, &params.declared, &params.quota))
    }
}
pub struct InsertPendingStmt(&'static str, Option<tokio_postgres::Statement>);
/// Create the row of an image whose bytes have not arrived yet.
pub fn insert_pending() -> InsertPendingStmt {
    InsertPendingStmt(
        "INSERT INTO images.images (id, owner_id, attempt, visibility, title, description, tags, file_name, keep_location, reserved_bytes, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
        None,
    )
}
impl InsertPendingStmt {
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
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
        T4: crate::ArraySql<Item = T3>,
        T5: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        id: &'a uuid::Uuid,
        owner: &'a uuid::Uuid,
        attempt: &'a uuid::Uuid,
        visibility: &'a crate::types::images::Visibility,
        title: &'a T1,
        description: &'a T2,
        tags: &'a T4,
        file_name: &'a T5,
        keep_location: &'a bool,
        reserved: &'a i64,
        now: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(
                self.0,
                &[
                    id,
                    owner,
                    attempt,
                    visibility,
                    title,
                    description,
                    tags,
                    file_name,
                    keep_location,
                    reserved,
                    now,
                ],
            )
            .await
    }
}
impl<
    'a,
    C: GenericClient + Send + Sync,
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::ArraySql<Item = T3>,
    T5: crate::StringSql,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        InsertPendingParams<T1, T2, T3, T4, T5>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for InsertPendingStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a InsertPendingParams<T1, T2, T3, T4, T5>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.id,
            &params.owner,
            &params.attempt,
            &params.visibility,
            &params.title,
            &params.description,
            &params.tags,
            &params.file_name,
            &params.keep_location,
            &params.reserved,
            &params.now,
        ))
    }
}
pub struct InsertKeyStmt(&'static str, Option<tokio_postgres::Statement>);
/// Claim an idempotency key for an upload. Changes nothing if the key is taken.
pub fn insert_key() -> InsertKeyStmt {
    InsertKeyStmt(
        "INSERT INTO images.idempotency_keys (owner_id, key, image_id, started_at) VALUES ($1, $2, $3, $4) ON CONFLICT (owner_id, key) DO NOTHING",
        None,
    )
}
impl InsertKeyStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>(
        &'s self,
        client: &'c C,
        owner: &'a uuid::Uuid,
        key: &'a T1,
        image: &'a uuid::Uuid,
        now: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[owner, key, image, now]).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        InsertKeyParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for InsertKeyStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a InsertKeyParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.owner,
            &params.key,
            &params.image,
            &params.now,
        ))
    }
}
pub struct FindKeyStmt(&'static str, Option<tokio_postgres::Statement>);
/// Find an idempotency key and lock it until the transaction ends.
pub fn find_key() -> FindKeyStmt {
    FindKeyStmt(
        "SELECT image_id, fingerprint, started_at, finished_at FROM images.idempotency_keys WHERE owner_id = $1 AND key = $2 FOR UPDATE",
        None,
    )
}
impl FindKeyStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>(
        &'s self,
        client: &'c C,
        owner: &'a uuid::Uuid,
        key: &'a T1,
    ) -> KeyRowQuery<'c, 'a, 's, C, KeyRow, 2> {
        KeyRowQuery {
            client,
            params: [owner, key],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<KeyRowBorrowed, tokio_postgres::Error> {
                    Ok(KeyRowBorrowed {
                        image_id: row.try_get(0)?,
                        fingerprint: row.try_get(1)?,
                        started_at: row.try_get(2)?,
                        finished_at: row.try_get(3)?,
                    })
                },
            mapper: |it| KeyRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FindKeyParams<T1>,
        KeyRowQuery<'c, 'a, 's, C, KeyRow, 2>,
        C,
    > for FindKeyStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FindKeyParams<T1>,
    ) -> KeyRowQuery<'c, 'a, 's, C, KeyRow, 2> {
        self.bind(client, &params.owner, &params.key)
    }
}
pub struct TakeOverKeyStmt(&'static str, Option<tokio_postgres::Statement>);
/// Give an abandoned or expired idempotency key to another upload.
pub fn take_over_key() -> TakeOverKeyStmt {
    TakeOverKeyStmt(
        "UPDATE images.idempotency_keys SET image_id = $1, started_at = $2, fingerprint = NULL, finished_at = NULL WHERE owner_id = $3 AND key = $4",
        None,
    )
}
impl TakeOverKeyStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>(
        &'s self,
        client: &'c C,
        image: &'a uuid::Uuid,
        now: &'a time::OffsetDateTime,
        owner: &'a uuid::Uuid,
        key: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[image, now, owner, key]).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        TakeOverKeyParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for TakeOverKeyStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a TakeOverKeyParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.image,
            &params.now,
            &params.owner,
            &params.key,
        ))
    }
}
pub struct FinishKeyStmt(&'static str, Option<tokio_postgres::Statement>);
/// Record the finished upload of an idempotency key. Changes nothing if another upload has taken over the key.
pub fn finish_key() -> FinishKeyStmt {
    FinishKeyStmt(
        "UPDATE images.idempotency_keys SET fingerprint = $1, finished_at = $2 WHERE owner_id = $3 AND key = $4 AND image_id = $5",
        None,
    )
}
impl FinishKeyStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql, T2: crate::StringSql>(
        &'s self,
        client: &'c C,
        fingerprint: &'a T1,
        now: &'a time::OffsetDateTime,
        owner: &'a uuid::Uuid,
        key: &'a T2,
        image: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(self.0, &[fingerprint, now, owner, key, image])
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::BytesSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        FinishKeyParams<T1, T2>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for FinishKeyStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a FinishKeyParams<T1, T2>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.fingerprint,
            &params.now,
            &params.owner,
            &params.key,
            &params.image,
        ))
    }
}
pub struct FindDuplicateStmt(&'static str, Option<tokio_postgres::Statement>);
/// Find the owner's oldest other live image with these bytes, unless its original is known to be lost. Selects by bytes
/// before sorting, because an owner may have many images and has few with the same bytes.
pub fn find_duplicate() -> FindDuplicateStmt {
    FindDuplicateStmt(
        "WITH same AS MATERIALIZED ( SELECT id, coalesce(stored_as, id) AS stored_as, attempt, created_at FROM images.images WHERE sha256 = $1 AND owner_id = $2 AND stored_at IS NOT NULL AND removed_at IS NULL AND coalesce(failure_code, '') NOT IN ('original-missing', 'original-damaged') ) SELECT id, stored_as, attempt FROM same WHERE id <> $3 ORDER BY created_at, id LIMIT 1",
        None,
    )
}
impl FindDuplicateStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql>(
        &'s self,
        client: &'c C,
        sha256: &'a T1,
        owner: &'a uuid::Uuid,
        image: &'a uuid::Uuid,
    ) -> FindDuplicateQuery<'c, 'a, 's, C, FindDuplicate, 3> {
        FindDuplicateQuery {
            client,
            params: [sha256, owner, image],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<FindDuplicate, tokio_postgres::Error> {
                Ok(FindDuplicate {
                    id: row.try_get(0)?,
                    stored_as: row.try_get(1)?,
                    attempt: row.try_get(2)?,
                })
            },
            mapper: |it| FindDuplicate::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FindDuplicateParams<T1>,
        FindDuplicateQuery<'c, 'a, 's, C, FindDuplicate, 3>,
        C,
    > for FindDuplicateStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FindDuplicateParams<T1>,
    ) -> FindDuplicateQuery<'c, 'a, 's, C, FindDuplicate, 3> {
        self.bind(client, &params.sha256, &params.owner, &params.image)
    }
}
pub struct EnqueueProcessingStmt(&'static str, Option<tokio_postgres::Statement>);
/// Enqueue the processing of an image; the job starts after this transaction has committed.
pub fn enqueue_processing() -> EnqueueProcessingStmt {
    EnqueueProcessingStmt(
        "SELECT true AS enqueued FROM images.enqueue_processing($1)",
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
    pub fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        id: &'a uuid::Uuid,
    ) -> BoolQuery<'c, 'a, 's, C, bool, 1> {
        BoolQuery {
            client,
            params: [id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
pub struct FinalizeUsageStmt(&'static str, Option<tokio_postgres::Statement>);
/// Turn reserved bytes into used bytes. Changes nothing if the actual bytes exceed the quota, or if the sweeper has released
/// the reservation.
pub fn finalize_usage() -> FinalizeUsageStmt {
    FinalizeUsageStmt(
        "UPDATE images.usage SET used_bytes = used_bytes + $1, reserved_bytes = reserved_bytes - $2, image_count = image_count + 1 WHERE owner_id = $3 AND used_bytes + $1 <= $4::bigint AND reserved_bytes >= $2",
        None,
    )
}
impl FinalizeUsageStmt {
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
        real: &'a i64,
        reserved: &'a i64,
        owner: &'a uuid::Uuid,
        quota: &'a i64,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(self.0, &[real, reserved, owner, quota])
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        FinalizeUsageParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for FinalizeUsageStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a FinalizeUsageParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.real,
            &params.reserved,
            &params.owner,
            &params.quota,
        ))
    }
}
pub struct DeletePendingStmt(&'static str, Option<tokio_postgres::Statement>);
/// Delete the row of a failed upload of which nothing was stored.
pub fn delete_pending() -> DeletePendingStmt {
    DeletePendingStmt(
        "DELETE FROM images.images WHERE id = $1 AND state = 'pending' AND attempt = $2",
        None,
    )
}
impl DeletePendingStmt {
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
        id: &'a uuid::Uuid,
        attempt: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[id, attempt]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        DeletePendingParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for DeletePendingStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a DeletePendingParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.id, &params.attempt))
    }
}
pub struct AbandonPendingStmt(&'static str, Option<tokio_postgres::Statement>);
/// Leave a failed upload to the sweeper, because its object may be stored.
pub fn abandon_pending() -> AbandonPendingStmt {
    AbandonPendingStmt(
        "UPDATE images.images SET state = 'deleting', reserved_bytes = 0, updated_at = $1, removed_at = $1 WHERE id = $2 AND state = 'pending' AND attempt = $3",
        None,
    )
}
impl AbandonPendingStmt {
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
        now: &'a time::OffsetDateTime,
        id: &'a uuid::Uuid,
        attempt: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[now, id, attempt]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        AbandonPendingParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for AbandonPendingStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a AbandonPendingParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.now, &params.id, &params.attempt))
    }
}
pub struct RequeueDeletionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Leave an object to the sweeper again that was stored after the sweeper had released its reservation.
pub fn requeue_deletion() -> RequeueDeletionStmt {
    RequeueDeletionStmt(
        "UPDATE images.images SET state = 'deleting', updated_at = $1, removed_at = $1 WHERE id = $2 AND state IN ('deleting', 'deleted') AND attempt = $3",
        None,
    )
}
impl RequeueDeletionStmt {
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
        now: &'a time::OffsetDateTime,
        id: &'a uuid::Uuid,
        attempt: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[now, id, attempt]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        RequeueDeletionParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for RequeueDeletionStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a RequeueDeletionParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.now, &params.id, &params.attempt))
    }
}
pub struct ReleaseBytesStmt(&'static str, Option<tokio_postgres::Statement>);
/// Release reserved bytes.
pub fn release_bytes() -> ReleaseBytesStmt {
    ReleaseBytesStmt(
        "UPDATE images.usage SET reserved_bytes = reserved_bytes - $1 WHERE owner_id = $2",
        None,
    )
}
impl ReleaseBytesStmt {
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
        reserved: &'a i64,
        owner: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[reserved, owner]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ReleaseBytesParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ReleaseBytesStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ReleaseBytesParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.reserved, &params.owner))
    }
}
pub struct ReleaseKeyStmt(&'static str, Option<tokio_postgres::Statement>);
/// Release the idempotency key of a failed upload.
pub fn release_key() -> ReleaseKeyStmt {
    ReleaseKeyStmt(
        "DELETE FROM images.idempotency_keys WHERE image_id = $1 AND finished_at IS NULL",
        None,
    )
}
impl ReleaseKeyStmt {
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
        image: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[image]).await
    }
}
