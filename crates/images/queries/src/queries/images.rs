// This file was generated with `cornucopia`. Do not modify.

#[derive(Clone, Copy, Debug)]
pub struct TouchParams {
    pub id: uuid::Uuid,
    pub owner: uuid::Uuid,
}
#[derive(Debug, Clone, PartialEq)]
pub struct Find {
    pub id: uuid::Uuid,
    pub owner_id: uuid::Uuid,
    pub attempt: uuid::Uuid,
    pub state: crate::types::images::State,
    pub visibility: crate::types::images::Visibility,
    pub version: i32,
    pub title: String,
    pub description: String,
    pub tags: Vec<String>,
    pub file_name: String,
    pub media_type: Option<String>,
    pub byte_size: Option<i64>,
    pub width: Option<i32>,
    pub height: Option<i32>,
    pub orientation: Option<i16>,
    pub frames: Option<i32>,
    pub sha256: Option<Vec<u8>>,
    pub created_at: time::OffsetDateTime,
    pub updated_at: time::OffsetDateTime,
    pub stored_at: Option<time::OffsetDateTime>,
    pub removed_at: Option<time::OffsetDateTime>,
}
pub struct FindBorrowed<'a> {
    pub id: uuid::Uuid,
    pub owner_id: uuid::Uuid,
    pub attempt: uuid::Uuid,
    pub state: crate::types::images::State,
    pub visibility: crate::types::images::Visibility,
    pub version: i32,
    pub title: &'a str,
    pub description: &'a str,
    pub tags: crate::ArrayIterator<'a, &'a str>,
    pub file_name: &'a str,
    pub media_type: Option<&'a str>,
    pub byte_size: Option<i64>,
    pub width: Option<i32>,
    pub height: Option<i32>,
    pub orientation: Option<i16>,
    pub frames: Option<i32>,
    pub sha256: Option<&'a [u8]>,
    pub created_at: time::OffsetDateTime,
    pub updated_at: time::OffsetDateTime,
    pub stored_at: Option<time::OffsetDateTime>,
    pub removed_at: Option<time::OffsetDateTime>,
}
impl<'a> From<FindBorrowed<'a>> for Find {
    fn from(
        FindBorrowed {
            id,
            owner_id,
            attempt,
            state,
            visibility,
            version,
            title,
            description,
            tags,
            file_name,
            media_type,
            byte_size,
            width,
            height,
            orientation,
            frames,
            sha256,
            created_at,
            updated_at,
            stored_at,
            removed_at,
        }: FindBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            owner_id,
            attempt,
            state,
            visibility,
            version,
            title: title.into(),
            description: description.into(),
            tags: tags.map(|v| v.into()).collect(),
            file_name: file_name.into(),
            media_type: media_type.map(|v| v.into()),
            byte_size,
            width,
            height,
            orientation,
            frames,
            sha256: sha256.map(|v| v.into()),
            created_at,
            updated_at,
            stored_at,
            removed_at,
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct FindQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<FindBorrowed, tokio_postgres::Error>,
    mapper: fn(FindBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> FindQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(FindBorrowed) -> R) -> FindQuery<'c, 'a, 's, C, R, N> {
        FindQuery {
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
pub struct FindStmt(&'static str, Option<tokio_postgres::Statement>);
/// The image with this id, if the asking role may see it.
pub fn find() -> FindStmt {
    FindStmt(
        "SELECT id, owner_id, attempt, state, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, created_at, updated_at, stored_at, removed_at FROM images.images WHERE id = $1",
        None,
    )
}
impl FindStmt {
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
    ) -> FindQuery<'c, 'a, 's, C, Find, 1> {
        FindQuery {
            client,
            params: [id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<FindBorrowed, tokio_postgres::Error> {
                Ok(FindBorrowed {
                    id: row.try_get(0)?,
                    owner_id: row.try_get(1)?,
                    attempt: row.try_get(2)?,
                    state: row.try_get(3)?,
                    visibility: row.try_get(4)?,
                    version: row.try_get(5)?,
                    title: row.try_get(6)?,
                    description: row.try_get(7)?,
                    tags: row.try_get(8)?,
                    file_name: row.try_get(9)?,
                    media_type: row.try_get(10)?,
                    byte_size: row.try_get(11)?,
                    width: row.try_get(12)?,
                    height: row.try_get(13)?,
                    orientation: row.try_get(14)?,
                    frames: row.try_get(15)?,
                    sha256: row.try_get(16)?,
                    created_at: row.try_get(17)?,
                    updated_at: row.try_get(18)?,
                    stored_at: row.try_get(19)?,
                    removed_at: row.try_get(20)?,
                })
            },
            mapper: |it| Find::from(it),
        }
    }
}
pub struct TouchStmt(&'static str, Option<tokio_postgres::Statement>);
/// Moves nothing.
pub fn touch() -> TouchStmt {
    TouchStmt(
        "UPDATE images.images SET updated_at = now() WHERE id = $1 AND owner_id = $2",
        None,
    )
}
impl TouchStmt {
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
        owner: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[id, owner]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        TouchParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for TouchStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a TouchParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.id, &params.owner))
    }
}
