// This file was generated with `cornucopia`. Do not modify.

#[derive(Clone, Copy, Debug)]
pub struct FindSimilarParams {
    pub hash: i64,
    pub besides: uuid::Uuid,
    pub max: i64,
}
#[derive(Clone, Copy, Debug)]
pub struct FindSimilarPublicParams {
    pub hash: i64,
    pub besides: uuid::Uuid,
    pub max: i64,
}
#[derive(Debug, Clone, PartialEq)]
pub struct SimilarRow {
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
    pub media_type: String,
    pub byte_size: i64,
    pub width: i32,
    pub height: i32,
    pub orientation: i16,
    pub frames: i32,
    pub sha256: Vec<u8>,
    pub reserved_bytes: i64,
    pub created_at: time::OffsetDateTime,
    pub updated_at: time::OffsetDateTime,
    pub stored_at: Option<time::OffsetDateTime>,
    pub removed_at: Option<time::OffsetDateTime>,
    pub trashed_at: Option<time::OffsetDateTime>,
    pub stored_as: Option<uuid::Uuid>,
    pub failure_code: Option<String>,
    pub has_alpha: Option<bool>,
    pub color: Option<i32>,
    pub thumbhash: Option<Vec<u8>>,
    pub phash: Option<i64>,
    pub camera: Option<serde_json::Value>,
    pub keep_location: bool,
    pub distance: i32,
}
pub struct SimilarRowBorrowed<'a> {
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
    pub media_type: &'a str,
    pub byte_size: i64,
    pub width: i32,
    pub height: i32,
    pub orientation: i16,
    pub frames: i32,
    pub sha256: &'a [u8],
    pub reserved_bytes: i64,
    pub created_at: time::OffsetDateTime,
    pub updated_at: time::OffsetDateTime,
    pub stored_at: Option<time::OffsetDateTime>,
    pub removed_at: Option<time::OffsetDateTime>,
    pub trashed_at: Option<time::OffsetDateTime>,
    pub stored_as: Option<uuid::Uuid>,
    pub failure_code: Option<&'a str>,
    pub has_alpha: Option<bool>,
    pub color: Option<i32>,
    pub thumbhash: Option<&'a [u8]>,
    pub phash: Option<i64>,
    pub camera: Option<postgres_types::Json<&'a serde_json::value::RawValue>>,
    pub keep_location: bool,
    pub distance: i32,
}
impl<'a> From<SimilarRowBorrowed<'a>> for SimilarRow {
    fn from(
        SimilarRowBorrowed {
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
            reserved_bytes,
            created_at,
            updated_at,
            stored_at,
            removed_at,
            trashed_at,
            stored_as,
            failure_code,
            has_alpha,
            color,
            thumbhash,
            phash,
            camera,
            keep_location,
            distance,
        }: SimilarRowBorrowed<'a>,
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
            media_type: media_type.into(),
            byte_size,
            width,
            height,
            orientation,
            frames,
            sha256: sha256.into(),
            reserved_bytes,
            created_at,
            updated_at,
            stored_at,
            removed_at,
            trashed_at,
            stored_as,
            failure_code: failure_code.map(|v| v.into()),
            has_alpha,
            color,
            thumbhash: thumbhash.map(|v| v.into()),
            phash,
            camera: camera.map(|v| serde_json::from_str(v.0.get()).unwrap()),
            keep_location,
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
pub struct FindSimilarStmt(&'static str, Option<tokio_postgres::Statement>);
/// Finds the caller's own and public images whose perceptual hash differs in at most seven bits, nearest first, then newest.
pub fn find_similar() -> FindSimilarStmt {
    FindSimilarStmt(
        "SELECT i.*, page.distance FROM ( SELECT id, bit_count((phash # $1::bigint)::bit(64))::integer AS distance FROM images.shown_images WHERE phash IS NOT NULL AND images.hash_quarters(phash) && images.near_quarters($1) AND bit_count((phash # $1)::bit(64)) <= 7 AND id <> $2 ORDER BY distance, created_at DESC, id DESC LIMIT $3 ) AS page JOIN images.image_rows AS i ON i.id = page.id ORDER BY page.distance, i.created_at DESC, i.id DESC",
        None,
    )
}
impl FindSimilarStmt {
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
                        reserved_bytes: row.try_get(17)?,
                        created_at: row.try_get(18)?,
                        updated_at: row.try_get(19)?,
                        stored_at: row.try_get(20)?,
                        removed_at: row.try_get(21)?,
                        trashed_at: row.try_get(22)?,
                        stored_as: row.try_get(23)?,
                        failure_code: row.try_get(24)?,
                        has_alpha: row.try_get(25)?,
                        color: row.try_get(26)?,
                        thumbhash: row.try_get(27)?,
                        phash: row.try_get(28)?,
                        camera: row.try_get(29)?,
                        keep_location: row.try_get(30)?,
                        distance: row.try_get(31)?,
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
        FindSimilarParams,
        SimilarRowQuery<'c, 'a, 's, C, SimilarRow, 3>,
        C,
    > for FindSimilarStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FindSimilarParams,
    ) -> SimilarRowQuery<'c, 'a, 's, C, SimilarRow, 3> {
        self.bind(client, &params.hash, &params.besides, &params.max)
    }
}
pub struct FindSimilarPublicStmt(&'static str, Option<tokio_postgres::Statement>);
/// The same among public images only.
pub fn find_similar_public() -> FindSimilarPublicStmt {
    FindSimilarPublicStmt(
        "SELECT *, bit_count((phash # $1::bigint)::bit(64))::integer AS distance FROM images.list_public() WHERE phash IS NOT NULL AND images.hash_quarters(phash) && images.near_quarters($1) AND bit_count((phash # $1)::bit(64)) <= 7 AND id <> $2 ORDER BY distance, created_at DESC, id DESC LIMIT $3",
        None,
    )
}
impl FindSimilarPublicStmt {
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
                        reserved_bytes: row.try_get(17)?,
                        created_at: row.try_get(18)?,
                        updated_at: row.try_get(19)?,
                        stored_at: row.try_get(20)?,
                        removed_at: row.try_get(21)?,
                        trashed_at: row.try_get(22)?,
                        stored_as: row.try_get(23)?,
                        failure_code: row.try_get(24)?,
                        has_alpha: row.try_get(25)?,
                        color: row.try_get(26)?,
                        thumbhash: row.try_get(27)?,
                        phash: row.try_get(28)?,
                        camera: row.try_get(29)?,
                        keep_location: row.try_get(30)?,
                        distance: row.try_get(31)?,
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
        FindSimilarPublicParams,
        SimilarRowQuery<'c, 'a, 's, C, SimilarRow, 3>,
        C,
    > for FindSimilarPublicStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FindSimilarPublicParams,
    ) -> SimilarRowQuery<'c, 'a, 's, C, SimilarRow, 3> {
        self.bind(client, &params.hash, &params.besides, &params.max)
    }
}
