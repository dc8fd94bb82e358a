// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct InsertSessionParams<
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
pub struct ReserveChunkParams<T1: crate::BytesSql> {
    pub id: uuid::Uuid,
    pub received: i64,
    pub max: i32,
    pub part: uuid::Uuid,
    pub position: i64,
    pub len: i64,
    pub sha256: T1,
    pub due: time::OffsetDateTime,
}
#[derive(Debug)]
pub struct AdvanceOffsetParams<T1: crate::ArraySql<Item = uuid::Uuid>> {
    pub parts: T1,
    pub id: uuid::Uuid,
    pub len: i64,
    pub expires: time::OffsetDateTime,
    pub received: i64,
    pub count: i64,
}
#[derive(Debug)]
pub struct DiscardPartsParams<T1: crate::ArraySql<Item = uuid::Uuid>> {
    pub now: time::OffsetDateTime,
    pub parts: T1,
}
#[derive(Debug)]
pub struct DiscardReservedPartsParams<T1: crate::ArraySql<Item = uuid::Uuid>> {
    pub now: time::OffsetDateTime,
    pub parts: T1,
}
#[derive(Debug)]
pub struct ReservePartParams<T1: crate::BytesSql> {
    pub expires: time::OffsetDateTime,
    pub id: uuid::Uuid,
    pub max: i32,
    pub part: uuid::Uuid,
    pub number: i64,
    pub len: i64,
    pub sha256: T1,
    pub due: time::OffsetDateTime,
}
#[derive(Clone, Copy, Debug)]
pub struct ExtendPartParams {
    pub due: time::OffsetDateTime,
    pub part: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct FindPartParams {
    pub now: time::OffsetDateTime,
    pub part: uuid::Uuid,
    pub session: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct ClaimSessionParams {
    pub image: uuid::Uuid,
    pub attempt: uuid::Uuid,
    pub seconds: f64,
    pub id: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct RenewClaimParams {
    pub seconds: f64,
    pub id: uuid::Uuid,
    pub attempt: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct FinishSessionParams {
    pub id: uuid::Uuid,
    pub attempt: uuid::Uuid,
    pub now: time::OffsetDateTime,
}
#[derive(Clone, Copy, Debug)]
pub struct ReopenSessionParams {
    pub reserved: i64,
    pub expires: time::OffsetDateTime,
    pub id: uuid::Uuid,
    pub attempt: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct EndSessionParams {
    pub id: uuid::Uuid,
    pub now: time::OffsetDateTime,
}
#[derive(Clone, Copy, Debug)]
pub struct MovePartsParams {
    pub into: uuid::Uuid,
    pub base: i64,
    pub id: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct JoinSessionParams {
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
pub struct ClaimDiscardedPartsParams {
    pub until: time::OffsetDateTime,
    pub now: time::OffsetDateTime,
}
#[derive(Debug, Clone, PartialEq)]
pub struct SessionRow {
    pub id: uuid::Uuid,
    pub owner_id: uuid::Uuid,
    pub kind: crate::types::images::UploadKind,
    pub state: crate::types::images::UploadSessionState,
    pub declared_bytes: i64,
    pub received_bytes: i64,
    pub reserved_bytes: i64,
    pub part_count: i32,
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
    pub claimed_until: Option<time::OffsetDateTime>,
    pub joined_into: Option<uuid::Uuid>,
    pub created_at: time::OffsetDateTime,
    pub expires_at: time::OffsetDateTime,
    pub claimed: bool,
}
pub struct SessionRowBorrowed<'a> {
    pub id: uuid::Uuid,
    pub owner_id: uuid::Uuid,
    pub kind: crate::types::images::UploadKind,
    pub state: crate::types::images::UploadSessionState,
    pub declared_bytes: i64,
    pub received_bytes: i64,
    pub reserved_bytes: i64,
    pub part_count: i32,
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
    pub claimed_until: Option<time::OffsetDateTime>,
    pub joined_into: Option<uuid::Uuid>,
    pub created_at: time::OffsetDateTime,
    pub expires_at: time::OffsetDateTime,
    pub claimed: bool,
}
impl<'a> From<SessionRowBorrowed<'a>> for SessionRow {
    fn from(
        SessionRowBorrowed {
            id,
            owner_id,
            kind,
            state,
            declared_bytes,
            received_bytes,
            reserved_bytes,
            part_count,
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
            claimed_until,
            joined_into,
            created_at,
            expires_at,
            claimed,
        }: SessionRowBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            owner_id,
            kind,
            state,
            declared_bytes,
            received_bytes,
            reserved_bytes,
            part_count,
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
            claimed_until,
            joined_into,
            created_at,
            expires_at,
            claimed,
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct PartRow {
    pub id: uuid::Uuid,
    pub stored_under: uuid::Uuid,
    pub position: i64,
    pub byte_size: i64,
    pub sha256: Vec<u8>,
    pub stored: bool,
}
pub struct PartRowBorrowed<'a> {
    pub id: uuid::Uuid,
    pub stored_under: uuid::Uuid,
    pub position: i64,
    pub byte_size: i64,
    pub sha256: &'a [u8],
    pub stored: bool,
}
impl<'a> From<PartRowBorrowed<'a>> for PartRow {
    fn from(
        PartRowBorrowed {
            id,
            stored_under,
            position,
            byte_size,
            sha256,
            stored,
        }: PartRowBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            stored_under,
            position,
            byte_size,
            sha256: sha256.into(),
            stored,
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct FindPart {
    pub owner_id: uuid::Uuid,
    pub byte_size: i64,
    pub sha256: Vec<u8>,
    pub media_type: String,
    pub stored: bool,
    pub accepted: bool,
}
pub struct FindPartBorrowed<'a> {
    pub owner_id: uuid::Uuid,
    pub byte_size: i64,
    pub sha256: &'a [u8],
    pub media_type: &'a str,
    pub stored: bool,
    pub accepted: bool,
}
impl<'a> From<FindPartBorrowed<'a>> for FindPart {
    fn from(
        FindPartBorrowed {
            owner_id,
            byte_size,
            sha256,
            media_type,
            stored,
            accepted,
        }: FindPartBorrowed<'a>,
    ) -> Self {
        Self {
            owner_id,
            byte_size,
            sha256: sha256.into(),
            media_type: media_type.into(),
            stored,
            accepted,
        }
    }
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct ClaimDiscardedParts {
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
pub struct SessionRowQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<SessionRowBorrowed, tokio_postgres::Error>,
    mapper: fn(SessionRowBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> SessionRowQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(SessionRowBorrowed) -> R,
    ) -> SessionRowQuery<'c, 'a, 's, C, R, N> {
        SessionRowQuery {
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
pub struct PartRowQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<PartRowBorrowed, tokio_postgres::Error>,
    mapper: fn(PartRowBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> PartRowQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(PartRowBorrowed) -> R) -> PartRowQuery<'c, 'a, 's, C, R, N> {
        PartRowQuery {
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
pub struct FindPartQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<FindPartBorrowed, tokio_postgres::Error>,
    mapper: fn(FindPartBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> FindPartQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(FindPartBorrowed) -> R) -> FindPartQuery<'c, 'a, 's, C, R, N> {
        FindPartQuery {
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
pub struct ClaimDiscardedPartsQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<ClaimDiscardedParts, tokio_postgres::Error>,
    mapper: fn(ClaimDiscardedParts) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ClaimDiscardedPartsQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(ClaimDiscardedParts) -> R,
    ) -> ClaimDiscardedPartsQuery<'c, 'a, 's, C, R, N> {
        ClaimDiscardedPartsQuery {
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
pub struct CountOpenSessionsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Count the open sessions of an account.
pub fn count_open_sessions() -> CountOpenSessionsStmt {
    CountOpenSessionsStmt(
        "SELECT count(*) AS open FROM images.upload_sessions WHERE owner_id = $1 AND state IN ('open', 'finishing')",
        None,
    )
}
impl CountOpenSessionsStmt {
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
pub struct InsertSessionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Create a session.
pub fn insert_session() -> InsertSessionStmt {
    InsertSessionStmt(
        "INSERT INTO images.upload_sessions (id, owner_id, kind, declared_bytes, reserved_bytes, media_type, sha256, file_name, title, description, tags, visibility, keep_location, metadata, concat, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        None,
    )
}
impl InsertSessionStmt {
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
        InsertSessionParams<T1, T2, T3, T4, T5, T6, T7, T8, T9>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for InsertSessionStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a InsertSessionParams<T1, T2, T3, T4, T5, T6, T7, T8, T9>,
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
pub struct FindSessionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Find a session of the caller. `claimed`: a node is finishing it.
pub fn find_session() -> FindSessionStmt {
    FindSessionStmt(
        "SELECT *, coalesce(claimed_until > clock_timestamp(), false) AS claimed FROM images.upload_sessions WHERE id = $1",
        None,
    )
}
impl FindSessionStmt {
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
    ) -> SessionRowQuery<'c, 'a, 's, C, SessionRow, 1> {
        SessionRowQuery {
            client,
            params: [id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<SessionRowBorrowed, tokio_postgres::Error> {
                    Ok(SessionRowBorrowed {
                        id: row.try_get(0)?,
                        owner_id: row.try_get(1)?,
                        kind: row.try_get(2)?,
                        state: row.try_get(3)?,
                        declared_bytes: row.try_get(4)?,
                        received_bytes: row.try_get(5)?,
                        reserved_bytes: row.try_get(6)?,
                        part_count: row.try_get(7)?,
                        media_type: row.try_get(8)?,
                        sha256: row.try_get(9)?,
                        file_name: row.try_get(10)?,
                        title: row.try_get(11)?,
                        description: row.try_get(12)?,
                        tags: row.try_get(13)?,
                        visibility: row.try_get(14)?,
                        keep_location: row.try_get(15)?,
                        metadata: row.try_get(16)?,
                        concat: row.try_get(17)?,
                        image_id: row.try_get(18)?,
                        attempt: row.try_get(19)?,
                        claimed_until: row.try_get(20)?,
                        joined_into: row.try_get(21)?,
                        created_at: row.try_get(22)?,
                        expires_at: row.try_get(23)?,
                        claimed: row.try_get(24)?,
                    })
                },
            mapper: |it| SessionRow::from(it),
        }
    }
}
pub struct LockSessionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Find a session of the caller and lock it until the transaction ends.
pub fn lock_session() -> LockSessionStmt {
    LockSessionStmt(
        "SELECT *, coalesce(claimed_until > clock_timestamp(), false) AS claimed FROM images.upload_sessions WHERE id = $1 FOR UPDATE",
        None,
    )
}
impl LockSessionStmt {
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
    ) -> SessionRowQuery<'c, 'a, 's, C, SessionRow, 1> {
        SessionRowQuery {
            client,
            params: [id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<SessionRowBorrowed, tokio_postgres::Error> {
                    Ok(SessionRowBorrowed {
                        id: row.try_get(0)?,
                        owner_id: row.try_get(1)?,
                        kind: row.try_get(2)?,
                        state: row.try_get(3)?,
                        declared_bytes: row.try_get(4)?,
                        received_bytes: row.try_get(5)?,
                        reserved_bytes: row.try_get(6)?,
                        part_count: row.try_get(7)?,
                        media_type: row.try_get(8)?,
                        sha256: row.try_get(9)?,
                        file_name: row.try_get(10)?,
                        title: row.try_get(11)?,
                        description: row.try_get(12)?,
                        tags: row.try_get(13)?,
                        visibility: row.try_get(14)?,
                        keep_location: row.try_get(15)?,
                        metadata: row.try_get(16)?,
                        concat: row.try_get(17)?,
                        image_id: row.try_get(18)?,
                        attempt: row.try_get(19)?,
                        claimed_until: row.try_get(20)?,
                        joined_into: row.try_get(21)?,
                        created_at: row.try_get(22)?,
                        expires_at: row.try_get(23)?,
                        claimed: row.try_get(24)?,
                    })
                },
            mapper: |it| SessionRow::from(it),
        }
    }
}
pub struct ListPartsStmt(&'static str, Option<tokio_postgres::Statement>);
/// List the parts of a session in order.
pub fn list_parts() -> ListPartsStmt {
    ListPartsStmt(
        "SELECT id, stored_under, position, byte_size, sha256, state = 'stored' AS stored FROM images.upload_parts WHERE session_id = $1 AND state <> 'deleting' ORDER BY position, id",
        None,
    )
}
impl ListPartsStmt {
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
        session: &'a uuid::Uuid,
    ) -> PartRowQuery<'c, 'a, 's, C, PartRow, 1> {
        PartRowQuery {
            client,
            params: [session],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<PartRowBorrowed, tokio_postgres::Error> {
                    Ok(PartRowBorrowed {
                        id: row.try_get(0)?,
                        stored_under: row.try_get(1)?,
                        position: row.try_get(2)?,
                        byte_size: row.try_get(3)?,
                        sha256: row.try_get(4)?,
                        stored: row.try_get(5)?,
                    })
                },
            mapper: |it| PartRow::from(it),
        }
    }
}
pub struct ReserveChunkStmt(&'static str, Option<tokio_postgres::Statement>);
/// Insert the part of a tus upload before it is stored. No row if the offset has moved, the session has ended, or it has too
/// many parts.
pub fn reserve_chunk() -> ReserveChunkStmt {
    ReserveChunkStmt(
        "WITH session AS ( UPDATE images.upload_sessions SET part_count = part_count + 1 WHERE id = $1 AND state = 'open' AND received_bytes = $2 AND part_count < $3 RETURNING id, owner_id ) INSERT INTO images.upload_parts (id, session_id, owner_id, stored_under, position, byte_size, sha256, due_at) SELECT $4, id, owner_id, id, $5, $6, $7, $8 FROM session",
        None,
    )
}
impl ReserveChunkStmt {
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
        max: &'a i32,
        part: &'a uuid::Uuid,
        position: &'a i64,
        len: &'a i64,
        sha256: &'a T1,
        due: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(
                self.0,
                &[id, received, max, part, position, len, sha256, due],
            )
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::BytesSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ReserveChunkParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ReserveChunkStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ReserveChunkParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.id,
            &params.received,
            &params.max,
            &params.part,
            &params.position,
            &params.len,
            &params.sha256,
            &params.due,
        ))
    }
}
pub struct AdvanceOffsetStmt(&'static str, Option<tokio_postgres::Statement>);
/// Move the offset past parts that are stored: the lock of a tus upload. Changes nothing if another request has moved the
/// offset, or if the sweeper has discarded one of the parts.
pub fn advance_offset() -> AdvanceOffsetStmt {
    AdvanceOffsetStmt(
        "WITH reserved AS ( SELECT count(*) AS count FROM images.upload_parts WHERE id = ANY($1) AND session_id = $2 AND state = 'reserved' ), moved AS ( UPDATE images.upload_sessions AS s SET received_bytes = received_bytes + $3, expires_at = $4 FROM reserved WHERE s.id = $2 AND state = 'open' AND received_bytes = $5 AND reserved.count = $6 RETURNING s.id ) UPDATE images.upload_parts AS p SET state = 'stored' FROM moved WHERE p.session_id = moved.id AND p.id = ANY($1) AND p.state = 'reserved'",
        None,
    )
}
impl AdvanceOffsetStmt {
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
        parts: &'a T1,
        id: &'a uuid::Uuid,
        len: &'a i64,
        expires: &'a time::OffsetDateTime,
        received: &'a i64,
        count: &'a i64,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(self.0, &[parts, id, len, expires, received, count])
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::ArraySql<Item = uuid::Uuid>>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        AdvanceOffsetParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for AdvanceOffsetStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a AdvanceOffsetParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.parts,
            &params.id,
            &params.len,
            &params.expires,
            &params.received,
            &params.count,
        ))
    }
}
pub struct DiscardPartsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Leave parts to the sweeper: stored ones at once, others when they can no longer be written.
pub fn discard_parts() -> DiscardPartsStmt {
    DiscardPartsStmt(
        "UPDATE images.upload_parts SET due_at = CASE WHEN state = 'stored' THEN $1 ELSE due_at END, state = 'deleting' WHERE id = ANY($2) AND state <> 'deleting'",
        None,
    )
}
impl DiscardPartsStmt {
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
        parts: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[now, parts]).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::ArraySql<Item = uuid::Uuid>>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        DiscardPartsParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for DiscardPartsStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a DiscardPartsParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.now, &params.parts))
    }
}
pub struct DiscardReservedPartsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Leave parts to the sweeper at once, because their writer has ended.
pub fn discard_reserved_parts() -> DiscardReservedPartsStmt {
    DiscardReservedPartsStmt(
        "UPDATE images.upload_parts SET due_at = $1, state = 'deleting' WHERE id = ANY($2) AND state = 'reserved'",
        None,
    )
}
impl DiscardReservedPartsStmt {
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
        parts: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[now, parts]).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::ArraySql<Item = uuid::Uuid>>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        DiscardReservedPartsParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for DiscardReservedPartsStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a DiscardReservedPartsParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.now, &params.parts))
    }
}
pub struct SumPartBytesStmt(&'static str, Option<tokio_postgres::Statement>);
/// Sum the bytes of all parts of a session, including those that may not be stored yet and those that are being deleted.
pub fn sum_part_bytes() -> SumPartBytesStmt {
    SumPartBytesStmt(
        "SELECT coalesce(sum(byte_size), 0)::bigint AS bytes FROM images.upload_parts WHERE session_id = $1",
        None,
    )
}
impl SumPartBytesStmt {
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
        session: &'a uuid::Uuid,
    ) -> I64Query<'c, 'a, 's, C, i64, 1> {
        I64Query {
            client,
            params: [session],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
pub struct ReservePartStmt(&'static str, Option<tokio_postgres::Statement>);
/// Insert a part before a request for it is signed, and extend the session. No row if the session has too many parts.
pub fn reserve_part() -> ReservePartStmt {
    ReservePartStmt(
        "WITH session AS ( UPDATE images.upload_sessions SET part_count = part_count + 1, expires_at = greatest(expires_at, $1) WHERE id = $2 AND state = 'open' AND part_count < $3 RETURNING id, owner_id ) INSERT INTO images.upload_parts (id, session_id, owner_id, stored_under, position, byte_size, sha256, due_at) SELECT $4, id, owner_id, id, $5, $6, $7, $8 FROM session",
        None,
    )
}
impl ReservePartStmt {
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
        max: &'a i32,
        part: &'a uuid::Uuid,
        number: &'a i64,
        len: &'a i64,
        sha256: &'a T1,
        due: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(self.0, &[expires, id, max, part, number, len, sha256, due])
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::BytesSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ReservePartParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ReservePartStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ReservePartParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.expires,
            &params.id,
            &params.max,
            &params.part,
            &params.number,
            &params.len,
            &params.sha256,
            &params.due,
        ))
    }
}
pub struct ExtendPartStmt(&'static str, Option<tokio_postgres::Statement>);
/// Extend the time until which a part may be written.
pub fn extend_part() -> ExtendPartStmt {
    ExtendPartStmt(
        "UPDATE images.upload_parts SET due_at = $1 WHERE id = $2 AND state = 'reserved'",
        None,
    )
}
impl ExtendPartStmt {
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
        part: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[due, part]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ExtendPartParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ExtendPartStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ExtendPartParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.due, &params.part))
    }
}
pub struct FindPartStmt(&'static str, Option<tokio_postgres::Statement>);
/// Find a part. `accepted`: it may be written now.
pub fn find_part() -> FindPartStmt {
    FindPartStmt(
        "SELECT p.owner_id, p.byte_size, p.sha256, s.media_type, p.state = 'stored' AS stored, s.state = 'open' AND p.state <> 'deleting' AND s.expires_at > $1 AS accepted FROM images.upload_parts AS p INNER JOIN images.upload_sessions AS s ON s.id = p.session_id WHERE p.id = $2 AND p.session_id = $3",
        None,
    )
}
impl FindPartStmt {
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
        part: &'a uuid::Uuid,
        session: &'a uuid::Uuid,
    ) -> FindPartQuery<'c, 'a, 's, C, FindPart, 3> {
        FindPartQuery {
            client,
            params: [now, part, session],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<FindPartBorrowed, tokio_postgres::Error> {
                    Ok(FindPartBorrowed {
                        owner_id: row.try_get(0)?,
                        byte_size: row.try_get(1)?,
                        sha256: row.try_get(2)?,
                        media_type: row.try_get(3)?,
                        stored: row.try_get(4)?,
                        accepted: row.try_get(5)?,
                    })
                },
            mapper: |it| FindPart::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FindPartParams,
        FindPartQuery<'c, 'a, 's, C, FindPart, 3>,
        C,
    > for FindPartStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FindPartParams,
    ) -> FindPartQuery<'c, 'a, 's, C, FindPart, 3> {
        self.bind(client, &params.now, &params.part, &params.session)
    }
}
pub struct MarkPartsStoredStmt(&'static str, Option<tokio_postgres::Statement>);
/// Record that the store has acknowledged parts.
pub fn mark_parts_stored() -> MarkPartsStoredStmt {
    MarkPartsStoredStmt(
        "UPDATE images.upload_parts SET state = 'stored' WHERE id = ANY($1) AND state = 'reserved'",
        None,
    )
}
impl MarkPartsStoredStmt {
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
        parts: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[parts]).await
    }
}
pub struct ClaimSessionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Claim a session for one node, which makes the image. Its reserved bytes become those of the image.
pub fn claim_session() -> ClaimSessionStmt {
    ClaimSessionStmt(
        "UPDATE images.upload_sessions SET state = 'finishing', image_id = $1, attempt = $2, reserved_bytes = 0, claimed_until = clock_timestamp() + make_interval(secs => $3) WHERE id = $4 AND state IN ('open', 'finishing')",
        None,
    )
}
impl ClaimSessionStmt {
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
        ClaimSessionParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ClaimSessionStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ClaimSessionParams,
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
pub struct RenewClaimStmt(&'static str, Option<tokio_postgres::Statement>);
/// Renew the claim of a session.
pub fn renew_claim() -> RenewClaimStmt {
    RenewClaimStmt(
        "UPDATE images.upload_sessions SET claimed_until = clock_timestamp() + make_interval(secs => $1) WHERE id = $2 AND state = 'finishing' AND attempt = $3",
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
        RenewClaimParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for RenewClaimStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a RenewClaimParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.seconds, &params.id, &params.attempt))
    }
}
pub struct FinishSessionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Finish a session and discard its parts. No row if another node has taken it over.
pub fn finish_session() -> FinishSessionStmt {
    FinishSessionStmt(
        "WITH finished AS ( UPDATE images.upload_sessions SET state = 'finished', claimed_until = NULL WHERE id = $1 AND state = 'finishing' AND attempt = $2 RETURNING id ), discarded AS ( UPDATE images.upload_parts AS p SET due_at = CASE WHEN p.state = 'stored' THEN $3 ELSE p.due_at END, state = 'deleting' FROM finished WHERE p.session_id = finished.id AND p.state <> 'deleting' ) SELECT id FROM finished",
        None,
    )
}
impl FinishSessionStmt {
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
        FinishSessionParams,
        UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 3>,
        C,
    > for FinishSessionStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FinishSessionParams,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 3> {
        self.bind(client, &params.id, &params.attempt, &params.now)
    }
}
pub struct ReopenSessionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Reopen a session of which no image could be made, with its reserved bytes.
pub fn reopen_session() -> ReopenSessionStmt {
    ReopenSessionStmt(
        "UPDATE images.upload_sessions SET state = 'open', reserved_bytes = $1, image_id = NULL, attempt = NULL, claimed_until = NULL, expires_at = greatest(expires_at, $2) WHERE id = $3 AND state = 'finishing' AND attempt = $4",
        None,
    )
}
impl ReopenSessionStmt {
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
        ReopenSessionParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ReopenSessionStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ReopenSessionParams,
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
pub struct EndSessionStmt(&'static str, Option<tokio_postgres::Statement>);
/// End a session and discard its parts. Returns the reserved bytes, which the caller releases.
pub fn end_session() -> EndSessionStmt {
    EndSessionStmt(
        "WITH open AS ( SELECT id, reserved_bytes FROM images.upload_sessions WHERE id = $1 FOR UPDATE ), ended AS ( UPDATE images.upload_sessions AS s SET state = 'ended', reserved_bytes = 0, claimed_until = NULL FROM open WHERE s.id = open.id ), discarded AS ( UPDATE images.upload_parts AS p SET due_at = CASE WHEN p.state = 'stored' THEN $2 ELSE p.due_at END, state = 'deleting' FROM open WHERE p.session_id = open.id AND p.state <> 'deleting' ) SELECT reserved_bytes FROM open",
        None,
    )
}
impl EndSessionStmt {
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
    crate::client::async_::Params<'c, 'a, 's, EndSessionParams, I64Query<'c, 'a, 's, C, i64, 2>, C>
    for EndSessionStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a EndSessionParams,
    ) -> I64Query<'c, 'a, 's, C, i64, 2> {
        self.bind(client, &params.id, &params.now)
    }
}
pub struct MovePartsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Move the parts of a partial upload to the session that it is concatenated into.
pub fn move_parts() -> MovePartsStmt {
    MovePartsStmt(
        "UPDATE images.upload_parts SET session_id = $1, position = position + $2 WHERE session_id = $3 AND state = 'stored'",
        None,
    )
}
impl MovePartsStmt {
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
        MovePartsParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for MovePartsStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a MovePartsParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.into, &params.base, &params.id))
    }
}
pub struct JoinSessionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Mark a partial upload as concatenated. Its reserved bytes become those of the other session.
pub fn join_session() -> JoinSessionStmt {
    JoinSessionStmt(
        "UPDATE images.upload_sessions SET state = 'joined', joined_into = $1, reserved_bytes = 0, expires_at = $2 WHERE id = $3",
        None,
    )
}
impl JoinSessionStmt {
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
        JoinSessionParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for JoinSessionStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a JoinSessionParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.into, &params.expires, &params.id))
    }
}
pub struct SetReceivedStmt(&'static str, Option<tokio_postgres::Statement>);
/// Set the received bytes of a concatenated session.
pub fn set_received() -> SetReceivedStmt {
    SetReceivedStmt(
        "UPDATE images.upload_sessions SET received_bytes = $1 WHERE id = $2",
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
pub struct ExpireSessionsStmt(&'static str, Option<tokio_postgres::Statement>);
/// End expired sessions and release their reserved bytes. At most 100.
pub fn expire_sessions() -> ExpireSessionsStmt {
    ExpireSessionsStmt(
        "WITH expired AS ( SELECT id, owner_id, reserved_bytes FROM images.upload_sessions WHERE expires_at <= $1 AND state IN ('open', 'finishing') AND (state = 'open' OR coalesce(claimed_until <= clock_timestamp(), true)) ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED ), ended AS ( UPDATE images.upload_sessions AS s SET state = 'ended', reserved_bytes = 0, claimed_until = NULL FROM expired WHERE s.id = expired.id ), discarded AS ( UPDATE images.upload_parts AS p SET due_at = CASE WHEN p.state = 'stored' THEN $1 ELSE p.due_at END, state = 'deleting' FROM expired WHERE p.session_id = expired.id AND p.state <> 'deleting' ), released AS ( UPDATE images.usage AS u SET reserved_bytes = u.reserved_bytes - r.bytes FROM (SELECT owner_id, sum(reserved_bytes)::bigint AS bytes FROM expired GROUP BY owner_id) AS r WHERE u.owner_id = r.owner_id ) SELECT id FROM expired",
        None,
    )
}
impl ExpireSessionsStmt {
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
pub struct DiscardStalePartsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Discard tus parts that were never acknowledged because their node crashed, and parts that were reserved at the moment
/// their session ended. At most 1000.
pub fn discard_stale_parts() -> DiscardStalePartsStmt {
    DiscardStalePartsStmt(
        "UPDATE images.upload_parts SET state = 'deleting' WHERE id IN ( SELECT p.id FROM images.upload_parts AS p INNER JOIN images.upload_sessions AS s ON s.id = p.session_id WHERE p.state = 'reserved' AND p.due_at <= $1 AND (s.kind IN ('tus', 'tus_partial') OR s.state IN ('finished', 'ended')) LIMIT 1000 FOR UPDATE OF p SKIP LOCKED)",
        None,
    )
}
impl DiscardStalePartsStmt {
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
pub struct ClaimDiscardedPartsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Claim parts whose objects are to be deleted, until a time. At most 100.
pub fn claim_discarded_parts() -> ClaimDiscardedPartsStmt {
    ClaimDiscardedPartsStmt(
        "UPDATE images.upload_parts AS p SET due_at = $1 FROM ( SELECT id FROM images.upload_parts WHERE state = 'deleting' AND due_at <= $2 ORDER BY due_at LIMIT 100 FOR UPDATE SKIP LOCKED ) AS due WHERE p.id = due.id RETURNING p.id, p.stored_under",
        None,
    )
}
impl ClaimDiscardedPartsStmt {
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
    ) -> ClaimDiscardedPartsQuery<'c, 'a, 's, C, ClaimDiscardedParts, 2> {
        ClaimDiscardedPartsQuery {
            client,
            params: [until, now],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ClaimDiscardedParts, tokio_postgres::Error> {
                    Ok(ClaimDiscardedParts {
                        id: row.try_get(0)?,
                        stored_under: row.try_get(1)?,
                    })
                },
            mapper: |it| ClaimDiscardedParts::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ClaimDiscardedPartsParams,
        ClaimDiscardedPartsQuery<'c, 'a, 's, C, ClaimDiscardedParts, 2>,
        C,
    > for ClaimDiscardedPartsStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ClaimDiscardedPartsParams,
    ) -> ClaimDiscardedPartsQuery<'c, 'a, 's, C, ClaimDiscardedParts, 2> {
        self.bind(client, &params.until, &params.now)
    }
}
pub struct DeletePartsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Delete the rows of parts whose objects are deleted.
pub fn delete_parts() -> DeletePartsStmt {
    DeletePartsStmt(
        "DELETE FROM images.upload_parts WHERE id = ANY($1) AND state = 'deleting'",
        None,
    )
}
impl DeletePartsStmt {
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
        parts: &'a T1,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[parts]).await
    }
}
pub struct DeleteOldSessionsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Delete sessions that ended before a time and have no parts. At most 1000.
pub fn delete_old_sessions() -> DeleteOldSessionsStmt {
    DeleteOldSessionsStmt(
        "DELETE FROM images.upload_sessions WHERE id IN ( SELECT s.id FROM images.upload_sessions AS s WHERE s.expires_at < $1 AND s.state IN ('finished', 'joined', 'ended') AND NOT EXISTS (SELECT FROM images.upload_parts AS p WHERE p.session_id = s.id) LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        None,
    )
}
impl DeleteOldSessionsStmt {
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
pub struct ListKnownPartsStmt(&'static str, Option<tokio_postgres::Statement>);
/// List those parts that have a row.
pub fn list_known_parts() -> ListKnownPartsStmt {
    ListKnownPartsStmt(
        "SELECT id FROM images.upload_parts WHERE id = ANY($1)",
        None,
    )
}
impl ListKnownPartsStmt {
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
        parts: &'a T1,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 1> {
        UuidUuidQuery {
            client,
            params: [parts],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
