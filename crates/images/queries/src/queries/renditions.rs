// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct FindSourceParams<T1: crate::BytesSql, T2: crate::ArraySql<Item = T1>> {
    pub variants: T2,
    pub id: uuid::Uuid,
}
#[derive(Debug)]
pub struct FindRenditionParams<T1: crate::BytesSql> {
    pub image: uuid::Uuid,
    pub variant: T1,
}
#[derive(Debug)]
pub struct AcquireClaimParams<T1: crate::BytesSql> {
    pub image: uuid::Uuid,
    pub variant: T1,
    pub claim: uuid::Uuid,
    pub seconds: f64,
}
#[derive(Debug)]
pub struct RenewClaimParams<T1: crate::BytesSql> {
    pub seconds: f64,
    pub image: uuid::Uuid,
    pub variant: T1,
    pub claim: uuid::Uuid,
}
#[derive(Debug)]
pub struct ReleaseClaimParams<T1: crate::BytesSql> {
    pub image: uuid::Uuid,
    pub variant: T1,
    pub claim: uuid::Uuid,
}
#[derive(Debug)]
pub struct UpsertRenditionParams<T1: crate::BytesSql, T2: crate::BytesSql> {
    pub variant: T1,
    pub format: crate::types::images::RenditionFormat,
    pub width: i32,
    pub height: i32,
    pub byte_size: i32,
    pub today: time::Date,
    pub sha256: T2,
    pub image: uuid::Uuid,
}
#[derive(Debug)]
pub struct DeleteLostParams<T1: crate::BytesSql, T2: crate::BytesSql> {
    pub image: uuid::Uuid,
    pub variant: T1,
    pub sha256: T2,
}
#[derive(Debug)]
pub struct UpdateLastUsedParams<
    T1: crate::ArraySql<Item = uuid::Uuid>,
    T2: crate::BytesSql,
    T3: crate::ArraySql<Item = T2>,
> {
    pub today: time::Date,
    pub images: T1,
    pub variants: T3,
}
#[derive(Debug)]
pub struct DeleteUnusedParams<T1: crate::BytesSql> {
    pub after_image: uuid::Uuid,
    pub after_variant: T1,
    pub before: time::Date,
    pub max: i64,
}
#[derive(Debug)]
pub struct ListReferencedParams<
    T1: crate::ArraySql<Item = uuid::Uuid>,
    T2: crate::BytesSql,
    T3: crate::ArraySql<Item = T2>,
> {
    pub images: T1,
    pub sha256s: T3,
}
#[derive(Debug, Clone, PartialEq)]
pub struct SourceRow {
    pub id: uuid::Uuid,
    pub owner_id: uuid::Uuid,
    pub attempt: uuid::Uuid,
    pub stored_as: Option<uuid::Uuid>,
    pub visibility: crate::types::images::Visibility,
    pub state: crate::types::images::State,
    pub failure_code: Option<String>,
    pub media_type: String,
    pub byte_size: i64,
    pub width: i32,
    pub height: i32,
    pub frames: i32,
    pub has_alpha: Option<bool>,
    pub variant: Option<Vec<u8>>,
    pub format: Option<crate::types::images::RenditionFormat>,
    pub rendition_size: Option<i32>,
    pub used_on: Option<time::Date>,
    pub rendition_sha256: Option<Vec<u8>>,
}
pub struct SourceRowBorrowed<'a> {
    pub id: uuid::Uuid,
    pub owner_id: uuid::Uuid,
    pub attempt: uuid::Uuid,
    pub stored_as: Option<uuid::Uuid>,
    pub visibility: crate::types::images::Visibility,
    pub state: crate::types::images::State,
    pub failure_code: Option<&'a str>,
    pub media_type: &'a str,
    pub byte_size: i64,
    pub width: i32,
    pub height: i32,
    pub frames: i32,
    pub has_alpha: Option<bool>,
    pub variant: Option<&'a [u8]>,
    pub format: Option<crate::types::images::RenditionFormat>,
    pub rendition_size: Option<i32>,
    pub used_on: Option<time::Date>,
    pub rendition_sha256: Option<&'a [u8]>,
}
impl<'a> From<SourceRowBorrowed<'a>> for SourceRow {
    fn from(
        SourceRowBorrowed {
            id,
            owner_id,
            attempt,
            stored_as,
            visibility,
            state,
            failure_code,
            media_type,
            byte_size,
            width,
            height,
            frames,
            has_alpha,
            variant,
            format,
            rendition_size,
            used_on,
            rendition_sha256,
        }: SourceRowBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            owner_id,
            attempt,
            stored_as,
            visibility,
            state,
            failure_code: failure_code.map(|v| v.into()),
            media_type: media_type.into(),
            byte_size,
            width,
            height,
            frames,
            has_alpha,
            variant: variant.map(|v| v.into()),
            format,
            rendition_size,
            used_on,
            rendition_sha256: rendition_sha256.map(|v| v.into()),
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct RenditionRow {
    pub claimed: bool,
    pub format: Option<crate::types::images::RenditionFormat>,
    pub byte_size: Option<i32>,
    pub used_on: Option<time::Date>,
    pub sha256: Option<Vec<u8>>,
}
pub struct RenditionRowBorrowed<'a> {
    pub claimed: bool,
    pub format: Option<crate::types::images::RenditionFormat>,
    pub byte_size: Option<i32>,
    pub used_on: Option<time::Date>,
    pub sha256: Option<&'a [u8]>,
}
impl<'a> From<RenditionRowBorrowed<'a>> for RenditionRow {
    fn from(
        RenditionRowBorrowed {
            claimed,
            format,
            byte_size,
            used_on,
            sha256,
        }: RenditionRowBorrowed<'a>,
    ) -> Self {
        Self {
            claimed,
            format,
            byte_size,
            used_on,
            sha256: sha256.map(|v| v.into()),
        }
    }
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct ListDays {
    pub used_on: time::Date,
    pub renditions: i64,
    pub bytes: i64,
}
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteUnused {
    pub image_id: uuid::Uuid,
    pub variant: Vec<u8>,
    pub byte_size: i32,
    pub sha256: Vec<u8>,
}
pub struct DeleteUnusedBorrowed<'a> {
    pub image_id: uuid::Uuid,
    pub variant: &'a [u8],
    pub byte_size: i32,
    pub sha256: &'a [u8],
}
impl<'a> From<DeleteUnusedBorrowed<'a>> for DeleteUnused {
    fn from(
        DeleteUnusedBorrowed {
            image_id,
            variant,
            byte_size,
            sha256,
        }: DeleteUnusedBorrowed<'a>,
    ) -> Self {
        Self {
            image_id,
            variant: variant.into(),
            byte_size,
            sha256: sha256.into(),
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct ListReferenced {
    pub image_id: uuid::Uuid,
    pub sha256: Vec<u8>,
}
pub struct ListReferencedBorrowed<'a> {
    pub image_id: uuid::Uuid,
    pub sha256: &'a [u8],
}
impl<'a> From<ListReferencedBorrowed<'a>> for ListReferenced {
    fn from(ListReferencedBorrowed { image_id, sha256 }: ListReferencedBorrowed<'a>) -> Self {
        Self {
            image_id,
            sha256: sha256.into(),
        }
    }
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct MeasureFormats {
    pub format: crate::types::images::RenditionFormat,
    pub renditions: i64,
    pub bytes: i64,
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct SourceRowQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<SourceRowBorrowed, tokio_postgres::Error>,
    mapper: fn(SourceRowBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> SourceRowQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(SourceRowBorrowed) -> R) -> SourceRowQuery<'c, 'a, 's, C, R, N> {
        SourceRowQuery {
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
pub struct RenditionRowQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<RenditionRowBorrowed, tokio_postgres::Error>,
    mapper: fn(RenditionRowBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> RenditionRowQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(RenditionRowBorrowed) -> R,
    ) -> RenditionRowQuery<'c, 'a, 's, C, R, N> {
        RenditionRowQuery {
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
pub struct ListDaysQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<ListDays, tokio_postgres::Error>,
    mapper: fn(ListDays) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ListDaysQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(ListDays) -> R) -> ListDaysQuery<'c, 'a, 's, C, R, N> {
        ListDaysQuery {
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
pub struct DeleteUnusedQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<DeleteUnusedBorrowed, tokio_postgres::Error>,
    mapper: fn(DeleteUnusedBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> DeleteUnusedQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(DeleteUnusedBorrowed) -> R,
    ) -> DeleteUnusedQuery<'c, 'a, 's, C, R, N> {
        DeleteUnusedQuery {
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
pub struct ListReferencedQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<ListReferencedBorrowed, tokio_postgres::Error>,
    mapper: fn(ListReferencedBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ListReferencedQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(ListReferencedBorrowed) -> R,
    ) -> ListReferencedQuery<'c, 'a, 's, C, R, N> {
        ListReferencedQuery {
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
pub struct MeasureFormatsQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<MeasureFormats, tokio_postgres::Error>,
    mapper: fn(MeasureFormats) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> MeasureFormatsQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(MeasureFormats) -> R,
    ) -> MeasureFormatsQuery<'c, 'a, 's, C, R, N> {
        MeasureFormatsQuery {
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
pub struct FindSourceStmt(&'static str, Option<tokio_postgres::Statement>);
/// Finds a live image that is visible to the role, with one row for each stored rendition among the variants, or one row
/// without a rendition.
pub fn find_source() -> FindSourceStmt {
    FindSourceStmt(
        "SELECT i.id, i.owner_id, i.attempt, i.stored_as, i.visibility, i.state, i.failure_code, i.media_type, i.byte_size, i.width, i.height, i.frames, i.has_alpha, r.variant, r.format, r.byte_size AS rendition_size, r.used_on, r.sha256 AS rendition_sha256 FROM images.images AS i LEFT JOIN images.renditions AS r ON r.image_id = i.id AND r.variant = ANY($1) WHERE i.id = $2 AND i.stored_at IS NOT NULL AND i.removed_at IS NULL",
        None,
    )
}
impl FindSourceStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql, T2: crate::ArraySql<Item = T1>>(
        &'s self,
        client: &'c C,
        variants: &'a T2,
        id: &'a uuid::Uuid,
    ) -> SourceRowQuery<'c, 'a, 's, C, SourceRow, 2> {
        SourceRowQuery {
            client,
            params: [variants, id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<SourceRowBorrowed, tokio_postgres::Error> {
                    Ok(SourceRowBorrowed {
                        id: row.try_get(0)?,
                        owner_id: row.try_get(1)?,
                        attempt: row.try_get(2)?,
                        stored_as: row.try_get(3)?,
                        visibility: row.try_get(4)?,
                        state: row.try_get(5)?,
                        failure_code: row.try_get(6)?,
                        media_type: row.try_get(7)?,
                        byte_size: row.try_get(8)?,
                        width: row.try_get(9)?,
                        height: row.try_get(10)?,
                        frames: row.try_get(11)?,
                        has_alpha: row.try_get(12)?,
                        variant: row.try_get(13)?,
                        format: row.try_get(14)?,
                        rendition_size: row.try_get(15)?,
                        used_on: row.try_get(16)?,
                        rendition_sha256: row.try_get(17)?,
                    })
                },
            mapper: |it| SourceRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql, T2: crate::ArraySql<Item = T1>>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FindSourceParams<T1, T2>,
        SourceRowQuery<'c, 'a, 's, C, SourceRow, 2>,
        C,
    > for FindSourceStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FindSourceParams<T1, T2>,
    ) -> SourceRowQuery<'c, 'a, 's, C, SourceRow, 2> {
        self.bind(client, &params.variants, &params.id)
    }
}
pub struct FindRenditionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Finds a rendition and whether a node has claimed it. Leases are measured by the database's clock, which all nodes share.
pub fn find_rendition() -> FindRenditionStmt {
    FindRenditionStmt(
        "SELECT coalesce(c.expires_at > clock_timestamp(), false) AS claimed, r.format, r.byte_size, r.used_on, r.sha256 FROM (SELECT $1::uuid AS image_id, $2::bytea AS variant) AS k LEFT JOIN images.renditions AS r ON r.image_id = k.image_id AND r.variant = k.variant LEFT JOIN images.rendition_claims AS c ON c.image_id = k.image_id AND c.variant = k.variant",
        None,
    )
}
impl FindRenditionStmt {
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
        variant: &'a T1,
    ) -> RenditionRowQuery<'c, 'a, 's, C, RenditionRow, 2> {
        RenditionRowQuery {
            client,
            params: [image, variant],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<RenditionRowBorrowed, tokio_postgres::Error> {
                    Ok(RenditionRowBorrowed {
                        claimed: row.try_get(0)?,
                        format: row.try_get(1)?,
                        byte_size: row.try_get(2)?,
                        used_on: row.try_get(3)?,
                        sha256: row.try_get(4)?,
                    })
                },
            mapper: |it| RenditionRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FindRenditionParams<T1>,
        RenditionRowQuery<'c, 'a, 's, C, RenditionRow, 2>,
        C,
    > for FindRenditionStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FindRenditionParams<T1>,
    ) -> RenditionRowQuery<'c, 'a, 's, C, RenditionRow, 2> {
        self.bind(client, &params.image, &params.variant)
    }
}
pub struct AcquireClaimStmt(&'static str, Option<tokio_postgres::Statement>);
/// Claims a rendition unless another node has a claim that has not expired.
pub fn acquire_claim() -> AcquireClaimStmt {
    AcquireClaimStmt(
        "INSERT INTO images.rendition_claims AS c (image_id, variant, claim, expires_at) VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4::double precision)) ON CONFLICT (image_id, variant) DO UPDATE SET claim = excluded.claim, expires_at = excluded.expires_at WHERE c.expires_at < clock_timestamp()",
        None,
    )
}
impl AcquireClaimStmt {
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
        variant: &'a T1,
        claim: &'a uuid::Uuid,
        seconds: &'a f64,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(self.0, &[image, variant, claim, seconds])
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::BytesSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        AcquireClaimParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for AcquireClaimStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a AcquireClaimParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.image,
            &params.variant,
            &params.claim,
            &params.seconds,
        ))
    }
}
pub struct RenewClaimStmt(&'static str, Option<tokio_postgres::Statement>);
/// Extends the lease of a claim.
pub fn renew_claim() -> RenewClaimStmt {
    RenewClaimStmt(
        "UPDATE images.rendition_claims SET expires_at = clock_timestamp() + make_interval(secs => $1::double precision) WHERE image_id = $2 AND variant = $3 AND claim = $4",
        None,
    )
}
impl RenewClaimStmt {
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
        seconds: &'a f64,
        image: &'a uuid::Uuid,
        variant: &'a T1,
        claim: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(self.0, &[seconds, image, variant, claim])
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::BytesSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        RenewClaimParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for RenewClaimStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a RenewClaimParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.seconds,
            &params.image,
            &params.variant,
            &params.claim,
        ))
    }
}
pub struct ReleaseClaimStmt(&'static str, Option<tokio_postgres::Statement>);
/// Releases a claim.
pub fn release_claim() -> ReleaseClaimStmt {
    ReleaseClaimStmt(
        "DELETE FROM images.rendition_claims WHERE image_id = $1 AND variant = $2 AND claim = $3",
        None,
    )
}
impl ReleaseClaimStmt {
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
        variant: &'a T1,
        claim: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[image, variant, claim]).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::BytesSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ReleaseClaimParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ReleaseClaimStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ReleaseClaimParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.image, &params.variant, &params.claim))
    }
}
pub struct DeleteExpiredClaimsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Deletes claims of nodes that died. At most 1000.
pub fn delete_expired_claims() -> DeleteExpiredClaimsStmt {
    DeleteExpiredClaimsStmt(
        "DELETE FROM images.rendition_claims WHERE (image_id, variant) IN ( SELECT image_id, variant FROM images.rendition_claims WHERE expires_at < clock_timestamp() - interval '1 hour' LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        None,
    )
}
impl DeleteExpiredClaimsStmt {
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
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[]).await
    }
}
pub struct UpsertRenditionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Records a stored rendition unless the image was removed. The lock serializes this with the removal, so that the sweeper
/// sees the row.
pub fn upsert_rendition() -> UpsertRenditionStmt {
    UpsertRenditionStmt(
        "INSERT INTO images.renditions AS r (image_id, variant, format, width, height, byte_size, used_on, sha256) SELECT i.id, $1, $2, $3, $4, $5, $6, $7 FROM images.images AS i WHERE i.id = $8 AND i.stored_at IS NOT NULL AND i.removed_at IS NULL FOR SHARE ON CONFLICT (image_id, variant) DO UPDATE SET format = excluded.format, width = excluded.width, height = excluded.height, byte_size = excluded.byte_size, used_on = excluded.used_on, sha256 = excluded.sha256, render_count = r.render_count + 1",
        None,
    )
}
impl UpsertRenditionStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql, T2: crate::BytesSql>(
        &'s self,
        client: &'c C,
        variant: &'a T1,
        format: &'a crate::types::images::RenditionFormat,
        width: &'a i32,
        height: &'a i32,
        byte_size: &'a i32,
        today: &'a time::Date,
        sha256: &'a T2,
        image: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(
                self.0,
                &[
                    variant, format, width, height, byte_size, today, sha256, image,
                ],
            )
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::BytesSql, T2: crate::BytesSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        UpsertRenditionParams<T1, T2>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for UpsertRenditionStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a UpsertRenditionParams<T1, T2>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.variant,
            &params.format,
            &params.width,
            &params.height,
            &params.byte_size,
            &params.today,
            &params.sha256,
            &params.image,
        ))
    }
}
pub struct DeleteLostStmt(&'static str, Option<tokio_postgres::Statement>);
/// Deletes a rendition whose object is missing or damaged.
pub fn delete_lost() -> DeleteLostStmt {
    DeleteLostStmt(
        "DELETE FROM images.renditions WHERE image_id = $1 AND variant = $2 AND sha256 = $3",
        None,
    )
}
impl DeleteLostStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql, T2: crate::BytesSql>(
        &'s self,
        client: &'c C,
        image: &'a uuid::Uuid,
        variant: &'a T1,
        sha256: &'a T2,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[image, variant, sha256]).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::BytesSql, T2: crate::BytesSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        DeleteLostParams<T1, T2>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for DeleteLostStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a DeleteLostParams<T1, T2>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.image, &params.variant, &params.sha256))
    }
}
pub struct UpdateLastUsedStmt(&'static str, Option<tokio_postgres::Statement>);
/// Records that renditions were requested today.
pub fn update_last_used() -> UpdateLastUsedStmt {
    UpdateLastUsedStmt(
        "UPDATE images.renditions AS r SET used_on = $1 FROM unnest($2::uuid[], $3::bytea[]) AS used (image_id, variant) WHERE r.image_id = used.image_id AND r.variant = used.variant AND r.used_on < $1",
        None,
    )
}
impl UpdateLastUsedStmt {
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
        today: &'a time::Date,
        images: &'a T1,
        variants: &'a T3,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[today, images, variants]).await
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
        UpdateLastUsedParams<T1, T2, T3>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for UpdateLastUsedStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a UpdateLastUsedParams<T1, T2, T3>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.today, &params.images, &params.variants))
    }
}
pub struct ListDaysStmt(&'static str, Option<tokio_postgres::Statement>);
/// Sums the renditions by the day of their last request, oldest first.
pub fn list_days() -> ListDaysStmt {
    ListDaysStmt(
        "SELECT used_on, count(*) AS renditions, sum(byte_size)::bigint AS bytes FROM images.renditions GROUP BY used_on ORDER BY used_on",
        None,
    )
}
impl ListDaysStmt {
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
    ) -> ListDaysQuery<'c, 'a, 's, C, ListDays, 0> {
        ListDaysQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<ListDays, tokio_postgres::Error> {
                Ok(ListDays {
                    used_on: row.try_get(0)?,
                    renditions: row.try_get(1)?,
                    bytes: row.try_get(2)?,
                })
            },
            mapper: |it| ListDays::from(it),
        }
    }
}
pub struct DeleteUnusedStmt(&'static str, Option<tokio_postgres::Statement>);
/// Deletes renditions whose last request was before a day, in the order of their keys.
pub fn delete_unused() -> DeleteUnusedStmt {
    DeleteUnusedStmt(
        "WITH due AS ( SELECT image_id, variant FROM images.renditions WHERE (image_id, variant) > ($1::uuid, $2::bytea) AND used_on < $3::date ORDER BY image_id, variant LIMIT $4 FOR UPDATE SKIP LOCKED ) DELETE FROM images.renditions AS r USING due WHERE r.image_id = due.image_id AND r.variant = due.variant RETURNING r.image_id, r.variant, r.byte_size, r.sha256",
        None,
    )
}
impl DeleteUnusedStmt {
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
        after_image: &'a uuid::Uuid,
        after_variant: &'a T1,
        before: &'a time::Date,
        max: &'a i64,
    ) -> DeleteUnusedQuery<'c, 'a, 's, C, DeleteUnused, 4> {
        DeleteUnusedQuery {
            client,
            params: [after_image, after_variant, before, max],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<DeleteUnusedBorrowed, tokio_postgres::Error> {
                    Ok(DeleteUnusedBorrowed {
                        image_id: row.try_get(0)?,
                        variant: row.try_get(1)?,
                        byte_size: row.try_get(2)?,
                        sha256: row.try_get(3)?,
                    })
                },
            mapper: |it| DeleteUnused::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        DeleteUnusedParams<T1>,
        DeleteUnusedQuery<'c, 'a, 's, C, DeleteUnused, 4>,
        C,
    > for DeleteUnusedStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a DeleteUnusedParams<T1>,
    ) -> DeleteUnusedQuery<'c, 'a, 's, C, DeleteUnused, 4> {
        self.bind(
            client,
            &params.after_image,
            &params.after_variant,
            &params.before,
            &params.max,
        )
    }
}
pub struct ListReferencedStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists those of the objects that a rendition references.
pub fn list_referenced() -> ListReferencedStmt {
    ListReferencedStmt(
        "SELECT DISTINCT r.image_id, r.sha256 FROM images.renditions AS r JOIN unnest($1::uuid[], $2::bytea[]) AS gone (image_id, sha256) ON r.image_id = gone.image_id AND r.sha256 = gone.sha256",
        None,
    )
}
impl ListReferencedStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<
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
        sha256s: &'a T3,
    ) -> ListReferencedQuery<'c, 'a, 's, C, ListReferenced, 2> {
        ListReferencedQuery {
            client,
            params: [images, sha256s],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |
                row: &tokio_postgres::Row,
            | -> Result<ListReferencedBorrowed, tokio_postgres::Error> {
                Ok(ListReferencedBorrowed {
                    image_id: row.try_get(0)?,
                    sha256: row.try_get(1)?,
                })
            },
            mapper: |it| ListReferenced::from(it),
        }
    }
}
impl<
    'c,
    'a,
    's,
    C: GenericClient,
    T1: crate::ArraySql<Item = uuid::Uuid>,
    T2: crate::BytesSql,
    T3: crate::ArraySql<Item = T2>,
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListReferencedParams<T1, T2, T3>,
        ListReferencedQuery<'c, 'a, 's, C, ListReferenced, 2>,
        C,
    > for ListReferencedStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListReferencedParams<T1, T2, T3>,
    ) -> ListReferencedQuery<'c, 'a, 's, C, ListReferenced, 2> {
        self.bind(client, &params.images, &params.sha256s)
    }
}
pub struct MeasureFormatsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Sums the renditions by format.
pub fn measure_formats() -> MeasureFormatsStmt {
    MeasureFormatsStmt(
        "SELECT format, count(*) AS renditions, sum(byte_size)::bigint AS bytes FROM images.renditions GROUP BY format ORDER BY format",
        None,
    )
}
impl MeasureFormatsStmt {
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
    ) -> MeasureFormatsQuery<'c, 'a, 's, C, MeasureFormats, 0> {
        MeasureFormatsQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<MeasureFormats, tokio_postgres::Error> {
                    Ok(MeasureFormats {
                        format: row.try_get(0)?,
                        renditions: row.try_get(1)?,
                        bytes: row.try_get(2)?,
                    })
                },
            mapper: |it| MeasureFormats::from(it),
        }
    }
}
