// This file was generated with `cornucopia`. Do not modify.

#[derive(Clone, Copy, Debug)]
pub struct SimilarSeenParams {
    pub hash: i64,
    pub besides: uuid::Uuid,
    pub max: i64,
}
#[derive(Clone, Copy, Debug)]
pub struct SimilarPublicParams {
    pub hash: i64,
    pub besides: uuid::Uuid,
    pub max: i64,
}
#[derive(Debug, Clone, PartialEq)]
pub struct SimilarRow {
    pub id: uuid::Uuid,
    pub owner_id: uuid::Uuid,
    pub attempt: uuid::Uuid,
    pub visibility: crate::types::images::Visibility,
    pub version: i32,
    pub title: String,
    pub description: String,
    pub tags: Vec<String>,
    pub file_name: String,
    pub media_type: String,
    pub byte_size: i64,
    pub width: i32,
    pub height: i32,
    pub orientation: i16,
    pub frames: i32,
    pub sha256: Vec<u8>,
    pub state: crate::types::images::State,
    pub stored_as: Option<uuid::Uuid>,
    pub failure: Option<String>,
    pub has_alpha: Option<bool>,
    pub color: Option<i32>,
    pub thumbhash: Option<Vec<u8>>,
    pub phash: Option<i64>,
    pub camera: Option<serde_json::Value>,
    pub keep_location: bool,
    pub created_at: time::OffsetDateTime,
    pub updated_at: time::OffsetDateTime,
    pub distance: i32,
}
pub struct SimilarRowBorrowed<'a> {
    pub id: uuid::Uuid,
    pub owner_id: uuid::Uuid,
    pub attempt: uuid::Uuid,
    pub visibility: crate::types::images::Visibility,
    pub version: i32,
    pub title: &'a str,
    pub description: &'a str,
    pub tags: crate::ArrayIterator<'a, &'a str>,
    pub file_name: &'a str,
    pub media_type: &'a str,
    pub byte_size: i64,
    pub width: i32,
    pub height: i32,
    pub orientation: i16,
    pub frames: i32,
    pub sha256: &'a [u8],
    pub state: crate::types::images::State,
    pub stored_as: Option<uuid::Uuid>,
    pub failure: Option<&'a str>,
    pub has_alpha: Option<bool>,
    pub color: Option<i32>,
    pub thumbhash: Option<&'a [u8]>,
    pub phash: Option<i64>,
    pub camera: Option<postgres_types::Json<&'a serde_json::value::RawValue>>,
    pub keep_location: bool,
    pub created_at: time::OffsetDateTime,
    pub updated_at: time::OffsetDateTime,
    pub distance: i32,
}
impl<'a> From<SimilarRowBorrowed<'a>> for SimilarRow {
    fn from(
        SimilarRowBorrowed {
            id,
            owner_id,
            attempt,
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
            state,
            stored_as,
            failure,
            has_alpha,
            color,
            thumbhash,
            phash,
            camera,
            keep_location,
            created_at,
            updated_at,
            distance,
        }: SimilarRowBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            owner_id,
            attempt,
            visibility,
            version,
            title: title.into(),
            description: description.into(),
            tags: tags.map(|v| v.into()).collect(),
            file_name: file_name.into(),
            media_type: media_type.into(),
            byte_size,
            width,
            height,
            orientation,
            frames,
            sha256: sha256.into(),
            state,
            stored_as,
            failure: failure.map(|v| v.into()),
            has_alpha,
            color,
            thumbhash: thumbhash.map(|v| v.into()),
            phash,
            camera: camera.map(|v| serde_json::from_str(v.0.get()).unwrap()),
            keep_location,
            created_at,
            updated_at,
            distance,
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct SimilarRowQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<SimilarRowBorrowed, tokio_postgres::Error>,
    mapper: fn(SimilarRowBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> SimilarRowQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(SimilarRowBorrowed) -> R,
    ) -> SimilarRowQuery<'c, 'a, 's, C, R, N> {
        SimilarRowQuery {
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
pub struct SimilarSeenStmt(&'static str, Option<tokio_postgres::Statement>);
/// The own and the public images whose perceptual hash differs in at most seven bits, nearest first, then newest.
pub fn similar_seen() -> SimilarSeenStmt {
    SimilarSeenStmt(
        "SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at, bit_count((phash # $1::bigint)::bit(64))::integer AS distance FROM images.shown_images WHERE phash IS NOT NULL AND images.hash_quarters(phash) && images.near_quarters($1) AND bit_count((phash # $1)::bit(64)) <= 7 AND id <> $2 ORDER BY distance, created_at DESC, id DESC LIMIT $3",
        None,
    )
}
impl SimilarSeenStmt {
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
        hash: &'a i64,
        besides: &'a uuid::Uuid,
        max: &'a i64,
    ) -> SimilarRowQuery<'c, 'a, 's, C, SimilarRow, 3> {
        SimilarRowQuery {
            client,
            params: [hash, besides, max],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<SimilarRowBorrowed, tokio_postgres::Error> {
                    Ok(SimilarRowBorrowed {
                        id: row.try_get(0)?,
                        owner_id: row.try_get(1)?,
                        attempt: row.try_get(2)?,
                        visibility: row.try_get(3)?,
                        version: row.try_get(4)?,
                        title: row.try_get(5)?,
                        description: row.try_get(6)?,
                        tags: row.try_get(7)?,
                        file_name: row.try_get(8)?,
                        media_type: row.try_get(9)?,
                        byte_size: row.try_get(10)?,
                        width: row.try_get(11)?,
                        height: row.try_get(12)?,
                        orientation: row.try_get(13)?,
                        frames: row.try_get(14)?,
                        sha256: row.try_get(15)?,
                        state: row.try_get(16)?,
                        stored_as: row.try_get(17)?,
                        failure: row.try_get(18)?,
                        has_alpha: row.try_get(19)?,
                        color: row.try_get(20)?,
                        thumbhash: row.try_get(21)?,
                        phash: row.try_get(22)?,
                        camera: row.try_get(23)?,
                        keep_location: row.try_get(24)?,
                        created_at: row.try_get(25)?,
                        updated_at: row.try_get(26)?,
                        distance: row.try_get(27)?,
                    })
                },
            mapper: |it| SimilarRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        SimilarSeenParams,
        SimilarRowQuery<'c, 'a, 's, C, SimilarRow, 3>,
        C,
    > for SimilarSeenStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a SimilarSeenParams,
    ) -> SimilarRowQuery<'c, 'a, 's, C, SimilarRow, 3> {
        self.bind(client, &params.hash, &params.besides, &params.max)
    }
}
pub struct SimilarPublicStmt(&'static str, Option<tokio_postgres::Statement>);
/// The public images whose perceptual hash differs in at most seven bits, nearest first, then newest.
pub fn similar_public() -> SimilarPublicStmt {
    SimilarPublicStmt(
        "SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at, bit_count((phash # $1::bigint)::bit(64))::integer AS distance FROM images.public_images WHERE phash IS NOT NULL AND images.hash_quarters(phash) && images.near_quarters($1) AND bit_count((phash # $1)::bit(64)) <= 7 AND id <> $2 ORDER BY distance, created_at DESC, id DESC LIMIT $3",
        None,
    )
}
impl SimilarPublicStmt {
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
        hash: &'a i64,
        besides: &'a uuid::Uuid,
        max: &'a i64,
    ) -> SimilarRowQuery<'c, 'a, 's, C, SimilarRow, 3> {
        SimilarRowQuery {
            client,
            params: [hash, besides, max],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<SimilarRowBorrowed, tokio_postgres::Error> {
                    Ok(SimilarRowBorrowed {
                        id: row.try_get(0)?,
                        owner_id: row.try_get(1)?,
                        attempt: row.try_get(2)?,
                        visibility: row.try_get(3)?,
                        version: row.try_get(4)?,
                        title: row.try_get(5)?,
                        description: row.try_get(6)?,
                        tags: row.try_get(7)?,
                        file_name: row.try_get(8)?,
                        media_type: row.try_get(9)?,
                        byte_size: row.try_get(10)?,
                        width: row.try_get(11)?,
                        height: row.try_get(12)?,
                        orientation: row.try_get(13)?,
                        frames: row.try_get(14)?,
                        sha256: row.try_get(15)?,
                        state: row.try_get(16)?,
                        stored_as: row.try_get(17)?,
                        failure: row.try_get(18)?,
                        has_alpha: row.try_get(19)?,
                        color: row.try_get(20)?,
                        thumbhash: row.try_get(21)?,
                        phash: row.try_get(22)?,
                        camera: row.try_get(23)?,
                        keep_location: row.try_get(24)?,
                        created_at: row.try_get(25)?,
                        updated_at: row.try_get(26)?,
                        distance: row.try_get(27)?,
                    })
                },
            mapper: |it| SimilarRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        SimilarPublicParams,
        SimilarRowQuery<'c, 'a, 's, C, SimilarRow, 3>,
        C,
    > for SimilarPublicStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a SimilarPublicParams,
    ) -> SimilarRowQuery<'c, 'a, 's, C, SimilarRow, 3> {
        self.bind(client, &params.hash, &params.besides, &params.max)
    }
}
