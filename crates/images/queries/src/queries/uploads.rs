// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct OpenUploadParams<
    T1: crate::StringSql,
    T2: crate::BytesSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::StringSql,
    T6: crate::StringSql,
    T7: crate::ArraySql<Item = T6>,
    T8: crate::StringSql,
    T9: crate::StringSql,
> {
    pub id: uuid::Uuid,
    pub owner: uuid::Uuid,
    pub kind: crate::types::images::UploadKind,
    pub declared: i64,
    pub reserved: i64,
    pub media_type: T1,
    pub sha256: Option<T2>,
    pub file_name: T3,
    pub title: Option<T4>,
    pub description: T5,
    pub tags: T7,
    pub visibility: crate::types::images::Visibility,
    pub keep_location: bool,
    pub metadata: T8,
    pub concat: T9,
    pub now: time::OffsetDateTime,
    pub expires: time::OffsetDateTime,
}
#[derive(Debug)]
pub struct PromiseChunkParams<T1: crate::BytesSql> {
    pub id: uuid::Uuid,
    pub received: i64,
    pub most: i32,
    pub piece: uuid::Uuid,
    pub place: i64,
    pub len: i64,
    pub sha256: T1,
    pub due: time::OffsetDateTime,
}
#[derive(Debug)]
pub struct AdvanceParams<T1: crate::ArraySql<Item = uuid::Uuid>> {
    pub pieces: T1,
    pub id: uuid::Uuid,
    pub len: i64,
    pub expires: time::OffsetDateTime,
    pub received: i64,
    pub many: i64,
}
#[derive(Debug)]
pub struct DropPiecesParams<T1: crate::ArraySql<Item = uuid::Uuid>> {
    pub now: time::OffsetDateTime,
    pub pieces: T1,
}
#[derive(Debug)]
pub struct DropWrittenParams<T1: crate::ArraySql<Item = uuid::Uuid>> {
    pub now: time::OffsetDateTime,
    pub pieces: T1,
}
#[derive(Debug)]
pub struct PromisePartParams<T1: crate::BytesSql> {
    pub expires: time::OffsetDateTime,
    pub id: uuid::Uuid,
    pub most: i32,
    pub piece: uuid::Uuid,
    pub number: i64,
    pub len: i64,
    pub sha256: T1,
    pub due: time::OffsetDateTime,
}
#[derive(Clone, Copy, Debug)]
pub struct ProlongPieceParams {
    pub due: time::OffsetDateTime,
    pub piece: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct FindPieceParams {
    pub now: time::OffsetDateTime,
    pub piece: uuid::Uuid,
    pub upload: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct ClaimFinishingParams {
    pub image: uuid::Uuid,
    pub attempt: uuid::Uuid,
    pub seconds: f64,
    pub id: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct RenewFinishingParams {
    pub seconds: f64,
    pub id: uuid::Uuid,
    pub attempt: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct FinishUploadParams {
    pub id: uuid::Uuid,
    pub attempt: uuid::Uuid,
    pub now: time::OffsetDateTime,
}
#[derive(Clone, Copy, Debug)]
pub struct ReopenUploadParams {
    pub reserved: i64,
    pub expires: time::OffsetDateTime,
    pub id: uuid::Uuid,
    pub attempt: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct EndUploadParams {
    pub id: uuid::Uuid,
    pub now: time::OffsetDateTime,
}
#[derive(Clone, Copy, Debug)]
pub struct JoinPiecesParams {
    pub into: uuid::Uuid,
    pub base: i64,
    pub id: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct JoinUploadParams {
    pub into: uuid::Uuid,
    pub expires: time::OffsetDateTime,
    pub id: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct SetReceivedParams {
    pub received: i64,
    pub id: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct ClaimPiecesParams {
    pub until: time::OffsetDateTime,
    pub now: time::OffsetDateTime,
}
#[derive(Debug, Clone, PartialEq)]
pub struct UploadRow {
    pub id: uuid::Uuid,
    pub owner_id: uuid::Uuid,
    pub kind: crate::types::images::UploadKind,
    pub state: crate::types::images::UploadState,
    pub declared_bytes: i64,
    pub received_bytes: i64,
    pub reserved_bytes: i64,
    pub media_type: String,
    pub sha256: Option<Vec<u8>>,
    pub file_name: String,
    pub title: Option<String>,
    pub description: String,
    pub tags: Vec<String>,
    pub visibility: crate::types::images::Visibility,
    pub keep_location: bool,
    pub metadata: String,
    pub concat: String,
    pub image_id: Option<uuid::Uuid>,
    pub attempt: Option<uuid::Uuid>,
    pub joined_into: Option<uuid::Uuid>,
    pub expires_at: time::OffsetDateTime,
    pub claimed: bool,
}
pub struct UploadRowBorrowed<'a> {
    pub id: uuid::Uuid,
    pub owner_id: uuid::Uuid,
    pub kind: crate::types::images::UploadKind,
    pub state: crate::types::images::UploadState,
    pub declared_bytes: i64,
    pub received_bytes: i64,
    pub reserved_bytes: i64,
    pub media_type: &'a str,
    pub sha256: Option<&'a [u8]>,
    pub file_name: &'a str,
    pub title: Option<&'a str>,
    pub description: &'a str,
    pub tags: crate::ArrayIterator<'a, &'a str>,
    pub visibility: crate::types::images::Visibility,
    pub keep_location: bool,
    pub metadata: &'a str,
    pub concat: &'a str,
    pub image_id: Option<uuid::Uuid>,
    pub attempt: Option<uuid::Uuid>,
    pub joined_into: Option<uuid::Uuid>,
    pub expires_at: time::OffsetDateTime,
    pub claimed: bool,
}
impl<'a> From<UploadRowBorrowed<'a>> for UploadRow {
    fn from(
        UploadRowBorrowed {
            id,
            owner_id,
            kind,
            state,
            declared_bytes,
            received_bytes,
            reserved_bytes,
            media_type,
            sha256,
            file_name,
            title,
            description,
            tags,
            visibility,
            keep_location,
            metadata,
            concat,
            image_id,
            attempt,
            joined_into,
            expires_at,
            claimed,
        }: UploadRowBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            owner_id,
            kind,
            state,
            declared_bytes,
            received_bytes,
            reserved_bytes,
            media_type: media_type.into(),
            sha256: sha256.map(|v| v.into()),
            file_name: file_name.into(),
            title: title.map(|v| v.into()),
            description: description.into(),
            tags: tags.map(|v| v.into()).collect(),
            visibility,
            keep_location,
            metadata: metadata.into(),
            concat: concat.into(),
            image_id,
            attempt,
            joined_into,
            expires_at,
            claimed,
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct PieceRow {
    pub id: uuid::Uuid,
    pub stored_under: uuid::Uuid,
    pub place: i64,
    pub byte_size: i64,
    pub sha256: Vec<u8>,
    pub stored: bool,
}
pub struct PieceRowBorrowed<'a> {
    pub id: uuid::Uuid,
    pub stored_under: uuid::Uuid,
    pub place: i64,
    pub byte_size: i64,
    pub sha256: &'a [u8],
    pub stored: bool,
}
impl<'a> From<PieceRowBorrowed<'a>> for PieceRow {
    fn from(
        PieceRowBorrowed {
            id,
            stored_under,
            place,
            byte_size,
            sha256,
            stored,
        }: PieceRowBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            stored_under,
            place,
            byte_size,
            sha256: sha256.into(),
            stored,
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct FindPiece {
    pub owner_id: uuid::Uuid,
    pub byte_size: i64,
    pub sha256: Vec<u8>,
    pub media_type: String,
    pub stored: bool,
    pub wanted: bool,
}
pub struct FindPieceBorrowed<'a> {
    pub owner_id: uuid::Uuid,
    pub byte_size: i64,
    pub sha256: &'a [u8],
    pub media_type: &'a str,
    pub stored: bool,
    pub wanted: bool,
}
impl<'a> From<FindPieceBorrowed<'a>> for FindPiece {
    fn from(
        FindPieceBorrowed {
            owner_id,
            byte_size,
            sha256,
            media_type,
            stored,
            wanted,
        }: FindPieceBorrowed<'a>,
    ) -> Self {
        Self {
            owner_id,
            byte_size,
            sha256: sha256.into(),
            media_type: media_type.into(),
            stored,
            wanted,
        }
    }
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct ClaimPieces {
    pub id: uuid::Uuid,
    pub stored_under: uuid::Uuid,
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
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
pub struct UploadRowQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<UploadRowBorrowed, tokio_postgres::Error>,
    mapper: fn(UploadRowBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> UploadRowQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(UploadRowBorrowed) -> R) -> UploadRowQuery<'c, 'a, 's, C, R, N> {
        UploadRowQuery {
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
pub struct PieceRowQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<PieceRowBorrowed, tokio_postgres::Error>,
    mapper: fn(PieceRowBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> PieceRowQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(PieceRowBorrowed) -> R) -> PieceRowQuery<'c, 'a, 's, C, R, N> {
        PieceRowQuery {
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
pub struct FindPieceQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<FindPieceBorrowed, tokio_postgres::Error>,
    mapper: fn(FindPieceBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> FindPieceQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(FindPieceBorrowed) -> R) -> FindPieceQuery<'c, 'a, 's, C, R, N> {
        FindPieceQuery {
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
pub struct ClaimPiecesQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<ClaimPieces, tokio_postgres::Error>,
    mapper: fn(ClaimPieces) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ClaimPiecesQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(ClaimPieces) -> R) -> ClaimPiecesQuery<'c, 'a, 's, C, R, N> {
        ClaimPiecesQuery {
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
pub struct CountOpenStmt(&'static str, Option<tokio_postgres::Statement>);
/// How many uploads of an account are open.
pub fn count_open() -> CountOpenStmt {
    CountOpenStmt(
        "SELECT count(*) AS open FROM images.uploads WHERE owner_id = $1 AND state IN ('open', 'finishing')",
        None,
    )
}
impl CountOpenStmt {
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
        owner: &'a uuid::Uuid,
    ) -> I64Query<'c, 'a, 's, C, i64, 1> {
        I64Query {
            client,
            params: [owner],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
pub struct OpenUploadStmt(&'static str, Option<tokio_postgres::Statement>);
/// The row of an upload whose bytes come later.
pub fn open_upload() -> OpenUploadStmt {
    OpenUploadStmt(
        "INSERT INTO images.uploads (id, owner_id, kind, declared_bytes, reserved_bytes, media_type, sha256, file_name, title, description, tags, visibility, keep_location, metadata, concat, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        None,
    )
}
impl OpenUploadStmt {
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
        T2: crate::BytesSql,
        T3: crate::StringSql,
        T4: crate::StringSql,
        T5: crate::StringSql,
        T6: crate::StringSql,
        T7: crate::ArraySql<Item = T6>,
        T8: crate::StringSql,
        T9: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        id: &'a uuid::Uuid,
        owner: &'a uuid::Uuid,
        kind: &'a crate::types::images::UploadKind,
        declared: &'a i64,
        reserved: &'a i64,
        media_type: &'a T1,
        sha256: &'a Option<T2>,
        file_name: &'a T3,
        title: &'a Option<T4>,
        description: &'a T5,
        tags: &'a T7,
        visibility: &'a crate::types::images::Visibility,
        keep_location: &'a bool,
        metadata: &'a T8,
        concat: &'a T9,
        now: &'a time::OffsetDateTime,
        expires: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(
                self.0,
                &[
                    id,
                    owner,
                    kind,
                    declared,
                    reserved,
                    media_type,
                    sha256,
                    file_name,
                    title,
                    description,
                    tags,
                    visibility,
                    keep_location,
                    metadata,
                    concat,
                    now,
                    expires,
                ],
            )
            .await
    }
}
impl<
    'a,
    C: GenericClient + Send + Sync,
    T1: crate::StringSql,
    T2: crate::BytesSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::StringSql,
    T6: crate::StringSql,
    T7: crate::ArraySql<Item = T6>,
    T8: crate::StringSql,
    T9: crate::StringSql,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        OpenUploadParams<T1, T2, T3, T4, T5, T6, T7, T8, T9>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for OpenUploadStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a OpenUploadParams<T1, T2, T3, T4, T5, T6, T7, T8, T9>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.id,
            &params.owner,
            &params.kind,
            &params.declared,
            &params.reserved,
            &params.media_type,
            &params.sha256,
            &params.file_name,
            &params.title,
            &params.description,
            &params.tags,
            &params.visibility,
            &params.keep_location,
            &params.metadata,
            &params.concat,
            &params.now,
            &params.expires,
        ))
    }
}
pub struct FindUploadStmt(&'static str, Option<tokio_postgres::Statement>);
/// An upload of the account that asks. `claimed` says whether somebody finishes it now.
pub fn find_upload() -> FindUploadStmt {
    FindUploadStmt(
        "SELECT id, owner_id, kind, state, declared_bytes, received_bytes, reserved_bytes, media_type, sha256, file_name, title, description, tags, visibility, keep_location, metadata, concat, image_id, attempt, joined_into, expires_at, coalesce(claimed_until > clock_timestamp(), false) AS claimed FROM images.uploads WHERE id = $1",
        None,
    )
}
impl FindUploadStmt {
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
    ) -> UploadRowQuery<'c, 'a, 's, C, UploadRow, 1> {
        UploadRowQuery {
            client,
            params: [id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<UploadRowBorrowed, tokio_postgres::Error> {
                    Ok(UploadRowBorrowed {
                        id: row.try_get(0)?,
                        owner_id: row.try_get(1)?,
                        kind: row.try_get(2)?,
                        state: row.try_get(3)?,
                        declared_bytes: row.try_get(4)?,
                        received_bytes: row.try_get(5)?,
                        reserved_bytes: row.try_get(6)?,
                        media_type: row.try_get(7)?,
                        sha256: row.try_get(8)?,
                        file_name: row.try_get(9)?,
                        title: row.try_get(10)?,
                        description: row.try_get(11)?,
                        tags: row.try_get(12)?,
                        visibility: row.try_get(13)?,
                        keep_location: row.try_get(14)?,
                        metadata: row.try_get(15)?,
                        concat: row.try_get(16)?,
                        image_id: row.try_get(17)?,
                        attempt: row.try_get(18)?,
                        joined_into: row.try_get(19)?,
                        expires_at: row.try_get(20)?,
                        claimed: row.try_get(21)?,
                    })
                },
            mapper: |it| UploadRow::from(it),
        }
    }
}
pub struct LockUploadStmt(&'static str, Option<tokio_postgres::Statement>);
/// The same, and it stays as it is until the transaction ends.
pub fn lock_upload() -> LockUploadStmt {
    LockUploadStmt(
        "SELECT id, owner_id, kind, state, declared_bytes, received_bytes, reserved_bytes, media_type, sha256, file_name, title, description, tags, visibility, keep_location, metadata, concat, image_id, attempt, joined_into, expires_at, coalesce(claimed_until > clock_timestamp(), false) AS claimed FROM images.uploads WHERE id = $1 FOR UPDATE",
        None,
    )
}
impl LockUploadStmt {
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
    ) -> UploadRowQuery<'c, 'a, 's, C, UploadRow, 1> {
        UploadRowQuery {
            client,
            params: [id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<UploadRowBorrowed, tokio_postgres::Error> {
                    Ok(UploadRowBorrowed {
                        id: row.try_get(0)?,
                        owner_id: row.try_get(1)?,
                        kind: row.try_get(2)?,
                        state: row.try_get(3)?,
                        declared_bytes: row.try_get(4)?,
                        received_bytes: row.try_get(5)?,
                        reserved_bytes: row.try_get(6)?,
                        media_type: row.try_get(7)?,
                        sha256: row.try_get(8)?,
                        file_name: row.try_get(9)?,
                        title: row.try_get(10)?,
                        description: row.try_get(11)?,
                        tags: row.try_get(12)?,
                        visibility: row.try_get(13)?,
                        keep_location: row.try_get(14)?,
                        metadata: row.try_get(15)?,
                        concat: row.try_get(16)?,
                        image_id: row.try_get(17)?,
                        attempt: row.try_get(18)?,
                        joined_into: row.try_get(19)?,
                        expires_at: row.try_get(20)?,
                        claimed: row.try_get(21)?,
                    })
                },
            mapper: |it| UploadRow::from(it),
        }
    }
}
pub struct ListPiecesStmt(&'static str, Option<tokio_postgres::Statement>);
/// The pieces of an upload that are to be part of it, in their order.
pub fn list_pieces() -> ListPiecesStmt {
    ListPiecesStmt(
        "SELECT id, stored_under, place, byte_size, sha256, state = 'stored' AS stored FROM images.upload_pieces WHERE upload_id = $1 AND state <> 'deleting' ORDER BY place, id",
        None,
    )
}
impl ListPiecesStmt {
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
        upload: &'a uuid::Uuid,
    ) -> PieceRowQuery<'c, 'a, 's, C, PieceRow, 1> {
        PieceRowQuery {
            client,
            params: [upload],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<PieceRowBorrowed, tokio_postgres::Error> {
                    Ok(PieceRowBorrowed {
                        id: row.try_get(0)?,
                        stored_under: row.try_get(1)?,
                        place: row.try_get(2)?,
                        byte_size: row.try_get(3)?,
                        sha256: row.try_get(4)?,
                        stored: row.try_get(5)?,
                    })
                },
            mapper: |it| PieceRow::from(it),
        }
    }
}
pub struct PromiseChunkStmt(&'static str, Option<tokio_postgres::Statement>);
/// Writes down a chunk before it is stored. No row where the upload has moved on, ended, or has too many pieces.
pub fn promise_chunk() -> PromiseChunkStmt {
    PromiseChunkStmt(
        "WITH upload AS ( UPDATE images.uploads SET pieces = pieces + 1 WHERE id = $1 AND state = 'open' AND received_bytes = $2 AND pieces < $3 RETURNING id, owner_id ) INSERT INTO images.upload_pieces (id, upload_id, owner_id, stored_under, place, byte_size, sha256, due_at) SELECT $4, id, owner_id, id, $5, $6, $7, $8 FROM upload",
        None,
    )
}
impl PromiseChunkStmt {
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
        id: &'a uuid::Uuid,
        received: &'a i64,
        most: &'a i32,
        piece: &'a uuid::Uuid,
        place: &'a i64,
        len: &'a i64,
        sha256: &'a T1,
        due: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(
                self.0,
                &[id, received, most, piece, place, len, sha256, due],
            )
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::BytesSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        PromiseChunkParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for PromiseChunkStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a PromiseChunkParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.id,
            &params.received,
            &params.most,
            &params.piece,
            &params.place,
            &params.len,
            &params.sha256,
            &params.due,
        ))
    }
}
pub struct AdvanceStmt(&'static str, Option<tokio_postgres::Statement>);
/// The offset moves over chunks that are stored: the lock of an upload. Nothing changes where another one has moved it, or
/// where the sweeper has given one of the chunks up.
pub fn advance() -> AdvanceStmt {
    AdvanceStmt(
        "WITH kept AS ( SELECT count(*) AS many FROM images.upload_pieces WHERE id = ANY($1) AND upload_id = $2 AND state = 'promised' ), moved AS ( UPDATE images.uploads SET received_bytes = received_bytes + $3, expires_at = $4 FROM kept WHERE uploads.id = $2 AND state = 'open' AND received_bytes = $5 AND kept.many = $6 RETURNING uploads.id ) UPDATE images.upload_pieces AS p SET state = 'stored' FROM moved WHERE p.upload_id = moved.id AND p.id = ANY($1) AND p.state = 'promised'",
        None,
    )
}
impl AdvanceStmt {
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
        pieces: &'a T1,
        id: &'a uuid::Uuid,
        len: &'a i64,
        expires: &'a time::OffsetDateTime,
        received: &'a i64,
        many: &'a i64,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(self.0, &[pieces, id, len, expires, received, many])
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::ArraySql<Item = uuid::Uuid>>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        AdvanceParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for AdvanceStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a AdvanceParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.pieces,
            &params.id,
            &params.len,
            &params.expires,
            &params.received,
            &params.many,
        ))
    }
}
pub struct DropPiecesStmt(&'static str, Option<tokio_postgres::Statement>);
/// Leaves pieces to the sweeper that are not to be part of anything; those that somebody may still write, later.
pub fn drop_pieces() -> DropPiecesStmt {
    DropPiecesStmt(
        "UPDATE images.upload_pieces SET due_at = CASE WHEN state = 'stored' THEN $1 ELSE due_at END, state = 'deleting' WHERE id = ANY($2) AND state <> 'deleting'",
        None,
    )
}
impl DropPiecesStmt {
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
        pieces: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[now, pieces]).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::ArraySql<Item = uuid::Uuid>>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        DropPiecesParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for DropPiecesStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a DropPiecesParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.now, &params.pieces))
    }
}
pub struct DropWrittenStmt(&'static str, Option<tokio_postgres::Statement>);
/// Leaves pieces to the sweeper at once, because whoever wrote them has ended.
pub fn drop_written() -> DropWrittenStmt {
    DropWrittenStmt(
        "UPDATE images.upload_pieces SET due_at = $1, state = 'deleting' WHERE id = ANY($2) AND state = 'promised'",
        None,
    )
}
impl DropWrittenStmt {
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
        pieces: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[now, pieces]).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::ArraySql<Item = uuid::Uuid>>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        DropWrittenParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for DropWrittenStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a DropWrittenParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.now, &params.pieces))
    }
}
pub struct PromisedBytesStmt(&'static str, Option<tokio_postgres::Statement>);
/// The bytes of all pieces of an upload that are there, or may be.
pub fn promised_bytes() -> PromisedBytesStmt {
    PromisedBytesStmt(
        "SELECT coalesce(sum(byte_size), 0)::bigint AS bytes FROM images.upload_pieces WHERE upload_id = $1",
        None,
    )
}
impl PromisedBytesStmt {
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
        upload: &'a uuid::Uuid,
    ) -> I64Query<'c, 'a, 's, C, i64, 1> {
        I64Query {
            client,
            params: [upload],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
pub struct PromisePartStmt(&'static str, Option<tokio_postgres::Statement>);
/// Writes down a part before anybody may store it: the upload does not rest. No row where the upload has too many.
pub fn promise_part() -> PromisePartStmt {
    PromisePartStmt(
        "WITH upload AS ( UPDATE images.uploads SET pieces = pieces + 1, expires_at = greatest(expires_at, $1) WHERE id = $2 AND state = 'open' AND pieces < $3 RETURNING id, owner_id ) INSERT INTO images.upload_pieces (id, upload_id, owner_id, stored_under, place, byte_size, sha256, due_at) SELECT $4, id, owner_id, id, $5, $6, $7, $8 FROM upload",
        None,
    )
}
impl PromisePartStmt {
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
        expires: &'a time::OffsetDateTime,
        id: &'a uuid::Uuid,
        most: &'a i32,
        piece: &'a uuid::Uuid,
        number: &'a i64,
        len: &'a i64,
        sha256: &'a T1,
        due: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(
                self.0,
                &[expires, id, most, piece, number, len, sha256, due],
            )
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::BytesSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        PromisePartParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for PromisePartStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a PromisePartParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.expires,
            &params.id,
            &params.most,
            &params.piece,
            &params.number,
            &params.len,
            &params.sha256,
            &params.due,
        ))
    }
}
pub struct ProlongPieceStmt(&'static str, Option<tokio_postgres::Statement>);
/// Somebody may write it for a little longer.
pub fn prolong_piece() -> ProlongPieceStmt {
    ProlongPieceStmt(
        "UPDATE images.upload_pieces SET due_at = $1 WHERE id = $2 AND state = 'promised'",
        None,
    )
}
impl ProlongPieceStmt {
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
        due: &'a time::OffsetDateTime,
        piece: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[due, piece]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ProlongPieceParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ProlongPieceStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ProlongPieceParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.due, &params.piece))
    }
}
pub struct FindPieceStmt(&'static str, Option<tokio_postgres::Statement>);
/// What may be written to a piece, and whether it may be now.
pub fn find_piece() -> FindPieceStmt {
    FindPieceStmt(
        "SELECT p.owner_id, p.byte_size, p.sha256, u.media_type, p.state = 'stored' AS stored, u.state = 'open' AND p.state <> 'deleting' AND u.expires_at > $1 AS wanted FROM images.upload_pieces AS p INNER JOIN images.uploads AS u ON u.id = p.upload_id WHERE p.id = $2 AND p.upload_id = $3",
        None,
    )
}
impl FindPieceStmt {
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
        piece: &'a uuid::Uuid,
        upload: &'a uuid::Uuid,
    ) -> FindPieceQuery<'c, 'a, 's, C, FindPiece, 3> {
        FindPieceQuery {
            client,
            params: [now, piece, upload],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<FindPieceBorrowed, tokio_postgres::Error> {
                    Ok(FindPieceBorrowed {
                        owner_id: row.try_get(0)?,
                        byte_size: row.try_get(1)?,
                        sha256: row.try_get(2)?,
                        media_type: row.try_get(3)?,
                        stored: row.try_get(4)?,
                        wanted: row.try_get(5)?,
                    })
                },
            mapper: |it| FindPiece::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FindPieceParams,
        FindPieceQuery<'c, 'a, 's, C, FindPiece, 3>,
        C,
    > for FindPieceStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FindPieceParams,
    ) -> FindPieceQuery<'c, 'a, 's, C, FindPiece, 3> {
        self.bind(client, &params.now, &params.piece, &params.upload)
    }
}
pub struct MarkStoredStmt(&'static str, Option<tokio_postgres::Statement>);
/// The store has acknowledged pieces.
pub fn mark_stored() -> MarkStoredStmt {
    MarkStoredStmt(
        "UPDATE images.upload_pieces SET state = 'stored' WHERE id = ANY($1) AND state = 'promised'",
        None,
    )
}
impl MarkStoredStmt {
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
        pieces: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[pieces]).await
    }
}
pub struct ClaimFinishingStmt(&'static str, Option<tokio_postgres::Statement>);
/// One node makes the image now: the bytes reserved for the upload are the image's.
pub fn claim_finishing() -> ClaimFinishingStmt {
    ClaimFinishingStmt(
        "UPDATE images.uploads SET state = 'finishing', image_id = $1, attempt = $2, reserved_bytes = 0, claimed_until = clock_timestamp() + make_interval(secs => $3) WHERE id = $4 AND state IN ('open', 'finishing')",
        None,
    )
}
impl ClaimFinishingStmt {
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
        image: &'a uuid::Uuid,
        attempt: &'a uuid::Uuid,
        seconds: &'a f64,
        id: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[image, attempt, seconds, id]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ClaimFinishingParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ClaimFinishingStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ClaimFinishingParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.image,
            &params.attempt,
            &params.seconds,
            &params.id,
        ))
    }
}
pub struct RenewFinishingStmt(&'static str, Option<tokio_postgres::Statement>);
/// It still does.
pub fn renew_finishing() -> RenewFinishingStmt {
    RenewFinishingStmt(
        "UPDATE images.uploads SET claimed_until = clock_timestamp() + make_interval(secs => $1) WHERE id = $2 AND state = 'finishing' AND attempt = $3",
        None,
    )
}
impl RenewFinishingStmt {
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
        seconds: &'a f64,
        id: &'a uuid::Uuid,
        attempt: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[seconds, id, attempt]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        RenewFinishingParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for RenewFinishingStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a RenewFinishingParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.seconds, &params.id, &params.attempt))
    }
}
pub struct FinishUploadStmt(&'static str, Option<tokio_postgres::Statement>);
/// The image is there: its pieces are not needed any more. No row where another node has taken the finishing over.
pub fn finish_upload() -> FinishUploadStmt {
    FinishUploadStmt(
        "WITH finished AS ( UPDATE images.uploads SET state = 'finished', claimed_until = NULL WHERE id = $1 AND state = 'finishing' AND attempt = $2 RETURNING id ), dropped AS ( UPDATE images.upload_pieces AS p SET due_at = CASE WHEN p.state = 'stored' THEN $3 ELSE p.due_at END, state = 'deleting' FROM finished WHERE p.upload_id = finished.id AND p.state <> 'deleting' ) SELECT id FROM finished",
        None,
    )
}
impl FinishUploadStmt {
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
        id: &'a uuid::Uuid,
        attempt: &'a uuid::Uuid,
        now: &'a time::OffsetDateTime,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 3> {
        UuidUuidQuery {
            client,
            params: [id, attempt, now],
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
        FinishUploadParams,
        UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 3>,
        C,
    > for FinishUploadStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FinishUploadParams,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 3> {
        self.bind(client, &params.id, &params.attempt, &params.now)
    }
}
pub struct ReopenUploadStmt(&'static str, Option<tokio_postgres::Statement>);
/// The image could not be made now: the upload is as it was, with the bytes reserved for it.
pub fn reopen_upload() -> ReopenUploadStmt {
    ReopenUploadStmt(
        "UPDATE images.uploads SET state = 'open', reserved_bytes = $1, image_id = NULL, attempt = NULL, claimed_until = NULL, expires_at = greatest(expires_at, $2) WHERE id = $3 AND state = 'finishing' AND attempt = $4",
        None,
    )
}
impl ReopenUploadStmt {
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
        expires: &'a time::OffsetDateTime,
        id: &'a uuid::Uuid,
        attempt: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(self.0, &[reserved, expires, id, attempt])
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ReopenUploadParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ReopenUploadStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ReopenUploadParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.reserved,
            &params.expires,
            &params.id,
            &params.attempt,
        ))
    }
}
pub struct EndUploadStmt(&'static str, Option<tokio_postgres::Statement>);
/// Ends an upload: nothing more can come, its pieces go. What was reserved for it is to be given back.
pub fn end_upload() -> EndUploadStmt {
    EndUploadStmt(
        "WITH was AS ( SELECT id, reserved_bytes FROM images.uploads WHERE id = $1 FOR UPDATE ), ended AS ( UPDATE images.uploads AS u SET state = 'ended', reserved_bytes = 0, claimed_until = NULL FROM was WHERE u.id = was.id ), dropped AS ( UPDATE images.upload_pieces AS p SET due_at = CASE WHEN p.state = 'stored' THEN $2 ELSE p.due_at END, state = 'deleting' FROM was WHERE p.upload_id = was.id AND p.state <> 'deleting' ) SELECT reserved_bytes FROM was",
        None,
    )
}
impl EndUploadStmt {
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
        id: &'a uuid::Uuid,
        now: &'a time::OffsetDateTime,
    ) -> I64Query<'c, 'a, 's, C, i64, 2> {
        I64Query {
            client,
            params: [id, now],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<'c, 'a, 's, EndUploadParams, I64Query<'c, 'a, 's, C, i64, 2>, C>
    for EndUploadStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a EndUploadParams,
    ) -> I64Query<'c, 'a, 's, C, i64, 2> {
        self.bind(client, &params.id, &params.now)
    }
}
pub struct JoinPiecesStmt(&'static str, Option<tokio_postgres::Statement>);
/// The pieces of a part of an upload become those of the whole.
pub fn join_pieces() -> JoinPiecesStmt {
    JoinPiecesStmt(
        "UPDATE images.upload_pieces SET upload_id = $1, place = place + $2 WHERE upload_id = $3 AND state = 'stored'",
        None,
    )
}
impl JoinPiecesStmt {
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
        into: &'a uuid::Uuid,
        base: &'a i64,
        id: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[into, base, id]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        JoinPiecesParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for JoinPiecesStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a JoinPiecesParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.into, &params.base, &params.id))
    }
}
pub struct JoinUploadStmt(&'static str, Option<tokio_postgres::Statement>);
/// The part has become part of a whole, and what was reserved for it is the whole's.
pub fn join_upload() -> JoinUploadStmt {
    JoinUploadStmt(
        "UPDATE images.uploads SET state = 'joined', joined_into = $1, reserved_bytes = 0, expires_at = $2 WHERE id = $3",
        None,
    )
}
impl JoinUploadStmt {
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
        into: &'a uuid::Uuid,
        expires: &'a time::OffsetDateTime,
        id: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[into, expires, id]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        JoinUploadParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for JoinUploadStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a JoinUploadParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.into, &params.expires, &params.id))
    }
}
pub struct SetReceivedStmt(&'static str, Option<tokio_postgres::Statement>);
/// The whole has all bytes of its parts.
pub fn set_received() -> SetReceivedStmt {
    SetReceivedStmt(
        "UPDATE images.uploads SET received_bytes = $1 WHERE id = $2",
        None,
    )
}
impl SetReceivedStmt {
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
        received: &'a i64,
        id: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[received, id]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        SetReceivedParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for SetReceivedStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a SetReceivedParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.received, &params.id))
    }
}
pub struct ExpireUploadsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Ends uploads whose time is over and gives back what was reserved for them. At most 100.
pub fn expire_uploads() -> ExpireUploadsStmt {
    ExpireUploadsStmt(
        "WITH was AS ( SELECT id, owner_id, reserved_bytes FROM images.uploads WHERE expires_at <= $1 AND state IN ('open', 'finishing') AND (state = 'open' OR coalesce(claimed_until <= clock_timestamp(), true)) ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED ), ended AS ( UPDATE images.uploads AS u SET state = 'ended', reserved_bytes = 0, claimed_until = NULL FROM was WHERE u.id = was.id ), dropped AS ( UPDATE images.upload_pieces AS p SET due_at = CASE WHEN p.state = 'stored' THEN $1 ELSE p.due_at END, state = 'deleting' FROM was WHERE p.upload_id = was.id AND p.state <> 'deleting' ), freed AS ( UPDATE images.usage AS u SET reserved_bytes = u.reserved_bytes - f.bytes FROM (SELECT owner_id, sum(reserved_bytes)::bigint AS bytes FROM was GROUP BY owner_id) AS f WHERE u.owner_id = f.owner_id ) SELECT id FROM was",
        None,
    )
}
impl ExpireUploadsStmt {
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
        now: &'a time::OffsetDateTime,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 1> {
        UuidUuidQuery {
            client,
            params: [now],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
pub struct DropStaleChunksStmt(&'static str, Option<tokio_postgres::Statement>);
/// Chunks that were promised long ago and never became part of their upload: their node has ended; and parts that were
/// promised at the moment when their upload ended. At most 1000.
pub fn drop_stale_chunks() -> DropStaleChunksStmt {
    DropStaleChunksStmt(
        "UPDATE images.upload_pieces SET state = 'deleting' WHERE id IN ( SELECT p.id FROM images.upload_pieces AS p INNER JOIN images.uploads AS u ON u.id = p.upload_id WHERE p.state = 'promised' AND p.due_at <= $1 AND (u.kind IN ('tus', 'tus_partial') OR u.state IN ('finished', 'ended')) LIMIT 1000 FOR UPDATE OF p SKIP LOCKED)",
        None,
    )
}
impl DropStaleChunksStmt {
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
pub struct ClaimPiecesStmt(&'static str, Option<tokio_postgres::Statement>);
/// Pieces whose objects are to be deleted, left alone by others until a time. At most 100.
pub fn claim_pieces() -> ClaimPiecesStmt {
    ClaimPiecesStmt(
        "UPDATE images.upload_pieces AS p SET due_at = $1 FROM ( SELECT id FROM images.upload_pieces WHERE state = 'deleting' AND due_at <= $2 ORDER BY due_at LIMIT 100 FOR UPDATE SKIP LOCKED ) AS due WHERE p.id = due.id RETURNING p.id, p.stored_under",
        None,
    )
}
impl ClaimPiecesStmt {
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
        until: &'a time::OffsetDateTime,
        now: &'a time::OffsetDateTime,
    ) -> ClaimPiecesQuery<'c, 'a, 's, C, ClaimPieces, 2> {
        ClaimPiecesQuery {
            client,
            params: [until, now],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<ClaimPieces, tokio_postgres::Error> {
                Ok(ClaimPieces {
                    id: row.try_get(0)?,
                    stored_under: row.try_get(1)?,
                })
            },
            mapper: |it| ClaimPieces::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ClaimPiecesParams,
        ClaimPiecesQuery<'c, 'a, 's, C, ClaimPieces, 2>,
        C,
    > for ClaimPiecesStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ClaimPiecesParams,
    ) -> ClaimPiecesQuery<'c, 'a, 's, C, ClaimPieces, 2> {
        self.bind(client, &params.until, &params.now)
    }
}
pub struct ForgetPiecesStmt(&'static str, Option<tokio_postgres::Statement>);
/// Forgets pieces whose objects are gone.
pub fn forget_pieces() -> ForgetPiecesStmt {
    ForgetPiecesStmt(
        "DELETE FROM images.upload_pieces WHERE id = ANY($1) AND state = 'deleting'",
        None,
    )
}
impl ForgetPiecesStmt {
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
        pieces: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[pieces]).await
    }
}
pub struct ForgetUploadsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Forgets uploads that ended long ago and of which nothing is left. At most 1000.
pub fn forget_uploads() -> ForgetUploadsStmt {
    ForgetUploadsStmt(
        "DELETE FROM images.uploads WHERE id IN ( SELECT u.id FROM images.uploads AS u WHERE u.expires_at < $1 AND u.state IN ('finished', 'joined', 'ended') AND NOT EXISTS (SELECT FROM images.upload_pieces AS p WHERE p.upload_id = u.id) LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        None,
    )
}
impl ForgetUploadsStmt {
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
pub struct KnownPiecesStmt(&'static str, Option<tokio_postgres::Statement>);
/// Which of these pieces have a row.
pub fn known_pieces() -> KnownPiecesStmt {
    KnownPiecesStmt(
        "SELECT id FROM images.upload_pieces WHERE id = ANY($1)",
        None,
    )
}
impl KnownPiecesStmt {
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
        pieces: &'a T1,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 1> {
        UuidUuidQuery {
            client,
            params: [pieces],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
