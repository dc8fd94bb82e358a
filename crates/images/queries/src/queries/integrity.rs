// This file was generated with `cornucopia`. Do not modify.

#[derive(Clone, Copy, Debug)]
pub struct ListOriginalsParams {
    pub after_shard: i32,
    pub after_key: uuid::Uuid,
    pub after_attempt: uuid::Uuid,
    pub after_id: uuid::Uuid,
    pub max: i64,
}
#[derive(Debug)]
pub struct ListRenditionsParams<T1: crate::BytesSql, T2: crate::BytesSql> {
    pub after_shard: i32,
    pub after_image: uuid::Uuid,
    pub after_sha256: T1,
    pub after_variant: T2,
    pub max: i64,
}
#[derive(Clone, Copy, Debug)]
pub struct CountOriginalReferencesParams {
    pub key: uuid::Uuid,
    pub attempt: uuid::Uuid,
}
#[derive(Debug)]
pub struct CountRenditionReferencesParams<T1: crate::BytesSql> {
    pub image: uuid::Uuid,
    pub sha256: T1,
}
#[derive(Debug)]
pub struct MarkOriginalLostParams<T1: crate::StringSql> {
    pub failure_code: T1,
    pub key: uuid::Uuid,
    pub attempt: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct UnmarkOriginalParams {
    pub key: uuid::Uuid,
    pub attempt: uuid::Uuid,
}
#[derive(Debug)]
pub struct DeleteRenditionParams<T1: crate::BytesSql> {
    pub image: uuid::Uuid,
    pub sha256: T1,
}
#[derive(Clone, Copy, Debug)]
pub struct InsertRunParams {
    pub id: uuid::Uuid,
    pub deep: bool,
    pub repair: bool,
    pub now: time::OffsetDateTime,
}
#[derive(Debug)]
pub struct FinishRunParams<T1: crate::JsonSql, T2: crate::StringSql> {
    pub now: time::OffsetDateTime,
    pub report: Option<T1>,
    pub failure_code: Option<T2>,
    pub id: uuid::Uuid,
}
#[derive(Debug, Clone, PartialEq)]
pub struct OriginalRow {
    pub id: uuid::Uuid,
    pub shard: i32,
    pub stored_as: uuid::Uuid,
    pub attempt: uuid::Uuid,
    pub byte_size: Option<i64>,
    pub sha256: Option<Vec<u8>>,
    pub media_type: Option<String>,
    pub failure_code: Option<String>,
    pub live: bool,
}
pub struct OriginalRowBorrowed<'a> {
    pub id: uuid::Uuid,
    pub shard: i32,
    pub stored_as: uuid::Uuid,
    pub attempt: uuid::Uuid,
    pub byte_size: Option<i64>,
    pub sha256: Option<&'a [u8]>,
    pub media_type: Option<&'a str>,
    pub failure_code: Option<&'a str>,
    pub live: bool,
}
impl<'a> From<OriginalRowBorrowed<'a>> for OriginalRow {
    fn from(
        OriginalRowBorrowed {
            id,
            shard,
            stored_as,
            attempt,
            byte_size,
            sha256,
            media_type,
            failure_code,
            live,
        }: OriginalRowBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            shard,
            stored_as,
            attempt,
            byte_size,
            sha256: sha256.map(|v| v.into()),
            media_type: media_type.map(|v| v.into()),
            failure_code: failure_code.map(|v| v.into()),
            live,
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct ListRenditions {
    pub image_id: uuid::Uuid,
    pub shard: i32,
    pub sha256: Vec<u8>,
    pub variant: Vec<u8>,
    pub byte_size: i32,
    pub format: crate::types::images::RenditionFormat,
    pub live: bool,
}
pub struct ListRenditionsBorrowed<'a> {
    pub image_id: uuid::Uuid,
    pub shard: i32,
    pub sha256: &'a [u8],
    pub variant: &'a [u8],
    pub byte_size: i32,
    pub format: crate::types::images::RenditionFormat,
    pub live: bool,
}
impl<'a> From<ListRenditionsBorrowed<'a>> for ListRenditions {
    fn from(
        ListRenditionsBorrowed {
            image_id,
            shard,
            sha256,
            variant,
            byte_size,
            format,
            live,
        }: ListRenditionsBorrowed<'a>,
    ) -> Self {
        Self {
            image_id,
            shard,
            sha256: sha256.into(),
            variant: variant.into(),
            byte_size,
            format,
            live,
        }
    }
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct CountOriginalReferences {
    pub total: i64,
    pub live: i64,
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct CountRenditionReferences {
    pub total: i64,
    pub live: i64,
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct EstimateLibrarySize {
    pub objects: i64,
    pub bytes: i64,
}
#[derive(Debug, Clone, PartialEq)]
pub struct RunRow {
    pub id: uuid::Uuid,
    pub deep: bool,
    pub repair: bool,
    pub started_at: time::OffsetDateTime,
    pub finished_at: Option<time::OffsetDateTime>,
    pub report: Option<serde_json::Value>,
    pub failure_code: Option<String>,
    pub running: bool,
}
pub struct RunRowBorrowed<'a> {
    pub id: uuid::Uuid,
    pub deep: bool,
    pub repair: bool,
    pub started_at: time::OffsetDateTime,
    pub finished_at: Option<time::OffsetDateTime>,
    pub report: Option<postgres_types::Json<&'a serde_json::value::RawValue>>,
    pub failure_code: Option<&'a str>,
    pub running: bool,
}
impl<'a> From<RunRowBorrowed<'a>> for RunRow {
    fn from(
        RunRowBorrowed {
            id,
            deep,
            repair,
            started_at,
            finished_at,
            report,
            failure_code,
            running,
        }: RunRowBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            deep,
            repair,
            started_at,
            finished_at,
            report: report.map(|v| serde_json::from_str(v.0.get()).unwrap()),
            failure_code: failure_code.map(|v| v.into()),
            running,
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct OriginalRowQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<OriginalRowBorrowed, tokio_postgres::Error>,
    mapper: fn(OriginalRowBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> OriginalRowQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(OriginalRowBorrowed) -> R,
    ) -> OriginalRowQuery<'c, 'a, 's, C, R, N> {
        OriginalRowQuery {
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
pub struct ListRenditionsQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<ListRenditionsBorrowed, tokio_postgres::Error>,
    mapper: fn(ListRenditionsBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ListRenditionsQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(ListRenditionsBorrowed) -> R,
    ) -> ListRenditionsQuery<'c, 'a, 's, C, R, N> {
        ListRenditionsQuery {
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
pub struct CountOriginalReferencesQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<CountOriginalReferences, tokio_postgres::Error>,
    mapper: fn(CountOriginalReferences) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> CountOriginalReferencesQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(CountOriginalReferences) -> R,
    ) -> CountOriginalReferencesQuery<'c, 'a, 's, C, R, N> {
        CountOriginalReferencesQuery {
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
pub struct CountRenditionReferencesQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<CountRenditionReferences, tokio_postgres::Error>,
    mapper: fn(CountRenditionReferences) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> CountRenditionReferencesQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(CountRenditionReferences) -> R,
    ) -> CountRenditionReferencesQuery<'c, 'a, 's, C, R, N> {
        CountRenditionReferencesQuery {
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
pub struct EstimateLibrarySizeQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<EstimateLibrarySize, tokio_postgres::Error>,
    mapper: fn(EstimateLibrarySize) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> EstimateLibrarySizeQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(EstimateLibrarySize) -> R,
    ) -> EstimateLibrarySizeQuery<'c, 'a, 's, C, R, N> {
        EstimateLibrarySizeQuery {
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
pub struct RunRowQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<RunRowBorrowed, tokio_postgres::Error>,
    mapper: fn(RunRowBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> RunRowQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(RunRowBorrowed) -> R) -> RunRowQuery<'c, 'a, 's, C, R, N> {
        RunRowQuery {
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
pub struct ListOriginalsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists the rows that reference an original, in the order of the keys. The original of a `live` row must exist; others may
/// not be stored yet or be deleted already. Several rows may reference the same original.
pub fn list_originals() -> ListOriginalsStmt {
    ListOriginalsStmt(
        "SELECT id, get_byte(uuid_send(coalesce(stored_as, id)), 15) AS shard, coalesce(stored_as, id) AS stored_as, attempt, byte_size, sha256, media_type, failure_code, (stored_at IS NOT NULL AND state NOT IN ('pending', 'deleting')) AS live FROM images.images WHERE state::text <> 'deleted' AND (get_byte(uuid_send(coalesce(stored_as, id)), 15), coalesce(stored_as, id), attempt, id) > ($1::integer, $2::uuid, $3::uuid, $4::uuid) ORDER BY get_byte(uuid_send(coalesce(stored_as, id)), 15), coalesce(stored_as, id), attempt, id LIMIT $5",
        None,
    )
}
impl ListOriginalsStmt {
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
        after_shard: &'a i32,
        after_key: &'a uuid::Uuid,
        after_attempt: &'a uuid::Uuid,
        after_id: &'a uuid::Uuid,
        max: &'a i64,
    ) -> OriginalRowQuery<'c, 'a, 's, C, OriginalRow, 5> {
        OriginalRowQuery {
            client,
            params: [after_shard, after_key, after_attempt, after_id, max],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<OriginalRowBorrowed, tokio_postgres::Error> {
                    Ok(OriginalRowBorrowed {
                        id: row.try_get(0)?,
                        shard: row.try_get(1)?,
                        stored_as: row.try_get(2)?,
                        attempt: row.try_get(3)?,
                        byte_size: row.try_get(4)?,
                        sha256: row.try_get(5)?,
                        media_type: row.try_get(6)?,
                        failure_code: row.try_get(7)?,
                        live: row.try_get(8)?,
                    })
                },
            mapper: |it| OriginalRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListOriginalsParams,
        OriginalRowQuery<'c, 'a, 's, C, OriginalRow, 5>,
        C,
    > for ListOriginalsStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListOriginalsParams,
    ) -> OriginalRowQuery<'c, 'a, 's, C, OriginalRow, 5> {
        self.bind(
            client,
            &params.after_shard,
            &params.after_key,
            &params.after_attempt,
            &params.after_id,
            &params.max,
        )
    }
}
pub struct ListRenditionsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists the rows that reference a rendition, in the order of the keys. Several rows may reference the same rendition.
pub fn list_renditions() -> ListRenditionsStmt {
    ListRenditionsStmt(
        "SELECT r.image_id, get_byte(uuid_send(r.image_id), 15) AS shard, r.sha256, r.variant, r.byte_size, r.format, (i.state NOT IN ('deleting', 'deleted')) AS live FROM images.renditions AS r JOIN images.images AS i ON i.id = r.image_id WHERE (get_byte(uuid_send(r.image_id), 15), r.image_id, r.sha256, r.variant) > ($1::integer, $2::uuid, $3::bytea, $4::bytea) ORDER BY get_byte(uuid_send(r.image_id), 15), r.image_id, r.sha256, r.variant LIMIT $5",
        None,
    )
}
impl ListRenditionsStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql, T2: crate::BytesSql>(
        &'s self,
        client: &'c C,
        after_shard: &'a i32,
        after_image: &'a uuid::Uuid,
        after_sha256: &'a T1,
        after_variant: &'a T2,
        max: &'a i64,
    ) -> ListRenditionsQuery<'c, 'a, 's, C, ListRenditions, 5> {
        ListRenditionsQuery {
            client,
            params: [after_shard, after_image, after_sha256, after_variant, max],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |
                row: &tokio_postgres::Row,
            | -> Result<ListRenditionsBorrowed, tokio_postgres::Error> {
                Ok(ListRenditionsBorrowed {
                    image_id: row.try_get(0)?,
                    shard: row.try_get(1)?,
                    sha256: row.try_get(2)?,
                    variant: row.try_get(3)?,
                    byte_size: row.try_get(4)?,
                    format: row.try_get(5)?,
                    live: row.try_get(6)?,
                })
            },
            mapper: |it| ListRenditions::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql, T2: crate::BytesSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListRenditionsParams<T1, T2>,
        ListRenditionsQuery<'c, 'a, 's, C, ListRenditions, 5>,
        C,
    > for ListRenditionsStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListRenditionsParams<T1, T2>,
    ) -> ListRenditionsQuery<'c, 'a, 's, C, ListRenditions, 5> {
        self.bind(
            client,
            &params.after_shard,
            &params.after_image,
            &params.after_sha256,
            &params.after_variant,
            &params.max,
        )
    }
}
pub struct CountOriginalReferencesStmt(&'static str, Option<tokio_postgres::Statement>);
/// Counts the rows that reference an original, and the live ones among them.
pub fn count_original_references() -> CountOriginalReferencesStmt {
    CountOriginalReferencesStmt(
        "SELECT count(*) AS total, count(*) FILTER (WHERE stored_at IS NOT NULL AND state NOT IN ('pending', 'deleting')) AS live FROM images.images WHERE state::text <> 'deleted' AND get_byte(uuid_send(coalesce(stored_as, id)), 15) = get_byte(uuid_send($1), 15) AND coalesce(stored_as, id) = $1 AND attempt = $2",
        None,
    )
}
impl CountOriginalReferencesStmt {
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
        key: &'a uuid::Uuid,
        attempt: &'a uuid::Uuid,
    ) -> CountOriginalReferencesQuery<'c, 'a, 's, C, CountOriginalReferences, 2> {
        CountOriginalReferencesQuery {
            client,
            params: [key, attempt],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |
                row: &tokio_postgres::Row,
            | -> Result<CountOriginalReferences, tokio_postgres::Error> {
                Ok(CountOriginalReferences {
                    total: row.try_get(0)?,
                    live: row.try_get(1)?,
                })
            },
            mapper: |it| CountOriginalReferences::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        CountOriginalReferencesParams,
        CountOriginalReferencesQuery<'c, 'a, 's, C, CountOriginalReferences, 2>,
        C,
    > for CountOriginalReferencesStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a CountOriginalReferencesParams,
    ) -> CountOriginalReferencesQuery<'c, 'a, 's, C, CountOriginalReferences, 2> {
        self.bind(client, &params.key, &params.attempt)
    }
}
pub struct CountRenditionReferencesStmt(&'static str, Option<tokio_postgres::Statement>);
/// Counts the rows that reference a rendition, and the live ones among them.
pub fn count_rendition_references() -> CountRenditionReferencesStmt {
    CountRenditionReferencesStmt(
        "SELECT count(*) AS total, count(*) FILTER (WHERE i.state NOT IN ('deleting', 'deleted')) AS live FROM images.renditions AS r JOIN images.images AS i ON i.id = r.image_id WHERE r.image_id = $1 AND r.sha256 = $2",
        None,
    )
}
impl CountRenditionReferencesStmt {
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
        image: &'a uuid::Uuid,
        sha256: &'a T1,
    ) -> CountRenditionReferencesQuery<'c, 'a, 's, C, CountRenditionReferences, 2> {
        CountRenditionReferencesQuery {
            client,
            params: [image, sha256],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |
                row: &tokio_postgres::Row,
            | -> Result<CountRenditionReferences, tokio_postgres::Error> {
                Ok(CountRenditionReferences {
                    total: row.try_get(0)?,
                    live: row.try_get(1)?,
                })
            },
            mapper: |it| CountRenditionReferences::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        CountRenditionReferencesParams<T1>,
        CountRenditionReferencesQuery<'c, 'a, 's, C, CountRenditionReferences, 2>,
        C,
    > for CountRenditionReferencesStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a CountRenditionReferencesParams<T1>,
    ) -> CountRenditionReferencesQuery<'c, 'a, 's, C, CountRenditionReferences, 2> {
        self.bind(client, &params.image, &params.sha256)
    }
}
pub struct MarkOriginalLostStmt(&'static str, Option<tokio_postgres::Statement>);
/// Marks the images of an original that is missing or damaged. Their renditions are still served.
pub fn mark_original_lost() -> MarkOriginalLostStmt {
    MarkOriginalLostStmt(
        "UPDATE images.images SET state = 'failed', failure_code = $1 WHERE state IN ('stored', 'ready', 'failed') AND failure_code IS DISTINCT FROM $1 AND get_byte(uuid_send(coalesce(stored_as, id)), 15) = get_byte(uuid_send($2), 15) AND coalesce(stored_as, id) = $2 AND attempt = $3",
        None,
    )
}
impl MarkOriginalLostStmt {
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
        failure_code: &'a T1,
        key: &'a uuid::Uuid,
        attempt: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[failure_code, key, attempt]).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        MarkOriginalLostParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for MarkOriginalLostStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a MarkOriginalLostParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.failure_code, &params.key, &params.attempt))
    }
}
pub struct UnmarkOriginalStmt(&'static str, Option<tokio_postgres::Statement>);
/// Removes the mark and enqueues the processing of the images.
pub fn unmark_original() -> UnmarkOriginalStmt {
    UnmarkOriginalStmt(
        "WITH unmarked AS ( UPDATE images.images SET state = 'stored', failure_code = NULL WHERE state = 'failed' AND failure_code IN ('original-missing', 'original-damaged') AND get_byte(uuid_send(coalesce(stored_as, id)), 15) = get_byte(uuid_send($1), 15) AND coalesce(stored_as, id) = $1 AND attempt = $2 RETURNING id ) SELECT count(*) AS unmarked FROM unmarked CROSS JOIN LATERAL images.enqueue_processing(unmarked.id) AS done",
        None,
    )
}
impl UnmarkOriginalStmt {
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
        key: &'a uuid::Uuid,
        attempt: &'a uuid::Uuid,
    ) -> I64Query<'c, 'a, 's, C, i64, 2> {
        I64Query {
            client,
            params: [key, attempt],
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
        UnmarkOriginalParams,
        I64Query<'c, 'a, 's, C, i64, 2>,
        C,
    > for UnmarkOriginalStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a UnmarkOriginalParams,
    ) -> I64Query<'c, 'a, 's, C, i64, 2> {
        self.bind(client, &params.key, &params.attempt)
    }
}
pub struct DeleteRenditionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Deletes the rows of a rendition whose object is missing or damaged.
pub fn delete_rendition() -> DeleteRenditionStmt {
    DeleteRenditionStmt(
        "DELETE FROM images.renditions WHERE image_id = $1 AND sha256 = $2",
        None,
    )
}
impl DeleteRenditionStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql>(
        &'s self,
        client: &'c C,
        image: &'a uuid::Uuid,
        sha256: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[image, sha256]).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::BytesSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        DeleteRenditionParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for DeleteRenditionStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a DeleteRenditionParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.image, &params.sha256))
    }
}
pub struct TryShareBackupLockStmt(&'static str, Option<tokio_postgres::Statement>);
/// Whether objects may be deleted: not while a backup copies them. A backup does not contain objects that became
/// unreferenced before it took its lock, so it suffices to ask in the transaction that removes the reference or claims the
/// deletion.
pub fn try_share_backup_lock() -> TryShareBackupLockStmt {
    TryShareBackupLockStmt(
        "SELECT pg_try_advisory_xact_lock_shared($1) AS allowed",
        None,
    )
}
impl TryShareBackupLockStmt {
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
pub struct EstimateLibrarySizeStmt(&'static str, Option<tokio_postgres::Statement>);
/// Sums the usage of all accounts.
pub fn estimate_library_size() -> EstimateLibrarySizeStmt {
    EstimateLibrarySizeStmt(
        "SELECT coalesce(sum(image_count), 0)::bigint AS objects, coalesce(sum(used_bytes), 0)::bigint AS bytes FROM images.usage",
        None,
    )
}
impl EstimateLibrarySizeStmt {
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
    ) -> EstimateLibrarySizeQuery<'c, 'a, 's, C, EstimateLibrarySize, 0> {
        EstimateLibrarySizeQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<EstimateLibrarySize, tokio_postgres::Error> {
                    Ok(EstimateLibrarySize {
                        objects: row.try_get(0)?,
                        bytes: row.try_get(1)?,
                    })
                },
            mapper: |it| EstimateLibrarySize::from(it),
        }
    }
}
pub struct ExpireUploadSessionsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Expires all upload sessions in progress.
pub fn expire_upload_sessions() -> ExpireUploadSessionsStmt {
    ExpireUploadSessionsStmt(
        "UPDATE images.upload_sessions SET expires_at = $1 WHERE state IN ('open', 'finishing') AND expires_at > $1",
        None,
    )
}
impl ExpireUploadSessionsStmt {
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
        now: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[now]).await
    }
}
pub struct InsertRunStmt(&'static str, Option<tokio_postgres::Statement>);
/// Records the start of a run.
pub fn insert_run() -> InsertRunStmt {
    InsertRunStmt(
        "INSERT INTO images.integrity_runs (id, deep, repair, started_at) VALUES ($1, $2, $3, $4)",
        None,
    )
}
impl InsertRunStmt {
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
        deep: &'a bool,
        repair: &'a bool,
        now: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[id, deep, repair, now]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        InsertRunParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for InsertRunStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a InsertRunParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.id,
            &params.deep,
            &params.repair,
            &params.now,
        ))
    }
}
pub struct DeleteOldRunsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Deletes the results of old runs.
pub fn delete_old_runs() -> DeleteOldRunsStmt {
    DeleteOldRunsStmt(
        "DELETE FROM images.integrity_runs WHERE started_at < $1",
        None,
    )
}
impl DeleteOldRunsStmt {
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
pub struct FinishRunStmt(&'static str, Option<tokio_postgres::Statement>);
/// Records the result of a run.
pub fn finish_run() -> FinishRunStmt {
    FinishRunStmt(
        "UPDATE images.integrity_runs SET finished_at = $1, report = $2, failure_code = $3 WHERE id = $4",
        None,
    )
}
impl FinishRunStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::JsonSql, T2: crate::StringSql>(
        &'s self,
        client: &'c C,
        now: &'a time::OffsetDateTime,
        report: &'a Option<T1>,
        failure_code: &'a Option<T2>,
        id: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(self.0, &[now, report, failure_code, id])
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::JsonSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        FinishRunParams<T1, T2>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for FinishRunStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a FinishRunParams<T1, T2>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.now,
            &params.report,
            &params.failure_code,
            &params.id,
        ))
    }
}
pub struct FindLastRunStmt(&'static str, Option<tokio_postgres::Statement>);
/// Finds the latest run, and whether a run is in progress.
pub fn find_last_run() -> FindLastRunStmt {
    FindLastRunStmt(
        "SELECT id, deep, repair, started_at, finished_at, report, failure_code, EXISTS ( SELECT FROM pg_catalog.pg_locks AS l WHERE l.locktype = 'advisory' AND l.granted AND l.mode = 'ExclusiveLock' AND l.objsubid = 1 AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) AND (l.classid::bigint << 32) | l.objid::bigint = $1::bigint) AS running FROM images.integrity_runs ORDER BY started_at DESC LIMIT 1",
        None,
    )
}
impl FindLastRunStmt {
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
    ) -> RunRowQuery<'c, 'a, 's, C, RunRow, 1> {
        RunRowQuery {
            client,
            params: [lock],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<RunRowBorrowed, tokio_postgres::Error> {
                    Ok(RunRowBorrowed {
                        id: row.try_get(0)?,
                        deep: row.try_get(1)?,
                        repair: row.try_get(2)?,
                        started_at: row.try_get(3)?,
                        finished_at: row.try_get(4)?,
                        report: row.try_get(5)?,
                        failure_code: row.try_get(6)?,
                        running: row.try_get(7)?,
                    })
                },
            mapper: |it| RunRow::from(it),
        }
    }
}
