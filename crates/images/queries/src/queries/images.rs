// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct FinalizeImageParams<T1: crate::StringSql, T2: crate::BytesSql> {
    pub media_type: T1,
    pub byte_size: i64,
    pub width: i32,
    pub height: i32,
    pub orientation: i16,
    pub frames: i32,
    pub sha256: T2,
    pub now: time::OffsetDateTime,
    pub id: uuid::Uuid,
    pub attempt: uuid::Uuid,
}
#[derive(Debug)]
pub struct FinalizeDuplicateParams<T1: crate::BytesSql, T2: crate::StringSql> {
    pub duplicate: uuid::Uuid,
    pub owner: uuid::Uuid,
    pub sha256: T1,
    pub media_type: T2,
    pub byte_size: i64,
    pub width: i32,
    pub height: i32,
    pub orientation: i16,
    pub frames: i32,
    pub now: time::OffsetDateTime,
    pub id: uuid::Uuid,
    pub attempt: uuid::Uuid,
}
#[derive(Debug)]
pub struct ReplaceTextsParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::ArraySql<Item = T3>,
    T5: crate::ArraySql<Item = i32>,
> {
    pub title: Option<T1>,
    pub description: Option<T2>,
    pub tags: Option<T4>,
    pub visibility: Option<crate::types::images::Visibility>,
    pub now: time::OffsetDateTime,
    pub id: uuid::Uuid,
    pub owner: uuid::Uuid,
    pub any_version: bool,
    pub versions: T5,
}
#[derive(Clone, Copy, Debug)]
pub struct ListOwnParams {
    pub after_time: time::OffsetDateTime,
    pub after_id: uuid::Uuid,
    pub max: i64,
}
#[derive(Clone, Copy, Debug)]
pub struct ListPublicParams {
    pub after_time: time::OffsetDateTime,
    pub after_id: uuid::Uuid,
    pub max: i64,
}
#[derive(Debug)]
pub struct FilterOwnCreatedUpParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
> {
    pub words: Option<T1>,
    pub visibility: Option<crate::types::images::Visibility>,
    pub tag: Option<T2>,
    pub media_type: Option<T3>,
    pub created_after: Option<time::OffsetDateTime>,
    pub created_before: Option<time::OffsetDateTime>,
    pub after_id: Option<uuid::Uuid>,
    pub after_time: Option<time::OffsetDateTime>,
    pub max: i64,
}
#[derive(Debug)]
pub struct FilterOwnCreatedDownParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
> {
    pub words: Option<T1>,
    pub visibility: Option<crate::types::images::Visibility>,
    pub tag: Option<T2>,
    pub media_type: Option<T3>,
    pub created_after: Option<time::OffsetDateTime>,
    pub created_before: Option<time::OffsetDateTime>,
    pub after_id: Option<uuid::Uuid>,
    pub after_time: Option<time::OffsetDateTime>,
    pub max: i64,
}
#[derive(Debug)]
pub struct FilterOwnTitleUpParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
> {
    pub words: Option<T1>,
    pub visibility: Option<crate::types::images::Visibility>,
    pub tag: Option<T2>,
    pub media_type: Option<T3>,
    pub created_after: Option<time::OffsetDateTime>,
    pub created_before: Option<time::OffsetDateTime>,
    pub after_id: Option<uuid::Uuid>,
    pub after_title: Option<T4>,
    pub max: i64,
}
#[derive(Debug)]
pub struct FilterOwnTitleDownParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
> {
    pub words: Option<T1>,
    pub visibility: Option<crate::types::images::Visibility>,
    pub tag: Option<T2>,
    pub media_type: Option<T3>,
    pub created_after: Option<time::OffsetDateTime>,
    pub created_before: Option<time::OffsetDateTime>,
    pub after_id: Option<uuid::Uuid>,
    pub after_title: Option<T4>,
    pub max: i64,
}
#[derive(Debug)]
pub struct FilterOwnSizeUpParams<T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql> {
    pub words: Option<T1>,
    pub visibility: Option<crate::types::images::Visibility>,
    pub tag: Option<T2>,
    pub media_type: Option<T3>,
    pub created_after: Option<time::OffsetDateTime>,
    pub created_before: Option<time::OffsetDateTime>,
    pub after_id: Option<uuid::Uuid>,
    pub after_size: Option<i64>,
    pub max: i64,
}
#[derive(Debug)]
pub struct FilterOwnSizeDownParams<T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
{
    pub words: Option<T1>,
    pub visibility: Option<crate::types::images::Visibility>,
    pub tag: Option<T2>,
    pub media_type: Option<T3>,
    pub created_after: Option<time::OffsetDateTime>,
    pub created_before: Option<time::OffsetDateTime>,
    pub after_id: Option<uuid::Uuid>,
    pub after_size: Option<i64>,
    pub max: i64,
}
#[derive(Debug)]
pub struct FilterPublicCreatedUpParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
> {
    pub words: Option<T1>,
    pub visibility: Option<crate::types::images::Visibility>,
    pub tag: Option<T2>,
    pub media_type: Option<T3>,
    pub created_after: Option<time::OffsetDateTime>,
    pub created_before: Option<time::OffsetDateTime>,
    pub after_id: Option<uuid::Uuid>,
    pub after_time: Option<time::OffsetDateTime>,
    pub max: i64,
}
#[derive(Debug)]
pub struct FilterPublicCreatedDownParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
> {
    pub words: Option<T1>,
    pub visibility: Option<crate::types::images::Visibility>,
    pub tag: Option<T2>,
    pub media_type: Option<T3>,
    pub created_after: Option<time::OffsetDateTime>,
    pub created_before: Option<time::OffsetDateTime>,
    pub after_id: Option<uuid::Uuid>,
    pub after_time: Option<time::OffsetDateTime>,
    pub max: i64,
}
#[derive(Debug)]
pub struct FilterPublicTitleUpParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
> {
    pub words: Option<T1>,
    pub visibility: Option<crate::types::images::Visibility>,
    pub tag: Option<T2>,
    pub media_type: Option<T3>,
    pub created_after: Option<time::OffsetDateTime>,
    pub created_before: Option<time::OffsetDateTime>,
    pub after_id: Option<uuid::Uuid>,
    pub after_title: Option<T4>,
    pub max: i64,
}
#[derive(Debug)]
pub struct FilterPublicTitleDownParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
> {
    pub words: Option<T1>,
    pub visibility: Option<crate::types::images::Visibility>,
    pub tag: Option<T2>,
    pub media_type: Option<T3>,
    pub created_after: Option<time::OffsetDateTime>,
    pub created_before: Option<time::OffsetDateTime>,
    pub after_id: Option<uuid::Uuid>,
    pub after_title: Option<T4>,
    pub max: i64,
}
#[derive(Debug)]
pub struct FilterPublicSizeUpParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
> {
    pub words: Option<T1>,
    pub visibility: Option<crate::types::images::Visibility>,
    pub tag: Option<T2>,
    pub media_type: Option<T3>,
    pub created_after: Option<time::OffsetDateTime>,
    pub created_before: Option<time::OffsetDateTime>,
    pub after_id: Option<uuid::Uuid>,
    pub after_size: Option<i64>,
    pub max: i64,
}
#[derive(Debug)]
pub struct FilterPublicSizeDownParams<
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
> {
    pub words: Option<T1>,
    pub visibility: Option<crate::types::images::Visibility>,
    pub tag: Option<T2>,
    pub media_type: Option<T3>,
    pub created_after: Option<time::OffsetDateTime>,
    pub created_before: Option<time::OffsetDateTime>,
    pub after_id: Option<uuid::Uuid>,
    pub after_size: Option<i64>,
    pub max: i64,
}
#[derive(Debug, Clone, PartialEq)]
pub struct ImageRow {
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
}
pub struct ImageRowBorrowed<'a> {
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
}
impl<'a> From<ImageRowBorrowed<'a>> for ImageRow {
    fn from(
        ImageRowBorrowed {
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
        }: ImageRowBorrowed<'a>,
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
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct ImageRowQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<ImageRowBorrowed, tokio_postgres::Error>,
    mapper: fn(ImageRowBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ImageRowQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(ImageRowBorrowed) -> R) -> ImageRowQuery<'c, 'a, 's, C, R, N> {
        ImageRowQuery {
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
pub struct FindLiveStmt(&'static str, Option<tokio_postgres::Statement>);
/// The image with this id, if its bytes are stored, it has not been removed, and the asking role may see it.
pub fn find_live() -> FindLiveStmt {
    FindLiveStmt(
        "SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at FROM images.images WHERE id = $1 AND stored_at IS NOT NULL AND removed_at IS NULL",
        None,
    )
}
impl FindLiveStmt {
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
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 1> {
        ImageRowQuery {
            client,
            params: [id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
pub struct FinalizeImageStmt(&'static str, Option<tokio_postgres::Statement>);
/// Make a pending row an image whose bytes are stored. No row if the sweeper has released the reservation.
pub fn finalize_image() -> FinalizeImageStmt {
    FinalizeImageStmt(
        "UPDATE images.images SET state = 'stored', media_type = $1, byte_size = $2, width = $3, height = $4, orientation = $5, frames = $6, sha256 = $7, reserved_bytes = 0, updated_at = $8, stored_at = $8 WHERE id = $9 AND state = 'pending' AND attempt = $10 RETURNING id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at",
        None,
    )
}
impl FinalizeImageStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::BytesSql>(
        &'s self,
        client: &'c C,
        media_type: &'a T1,
        byte_size: &'a i64,
        width: &'a i32,
        height: &'a i32,
        orientation: &'a i16,
        frames: &'a i32,
        sha256: &'a T2,
        now: &'a time::OffsetDateTime,
        id: &'a uuid::Uuid,
        attempt: &'a uuid::Uuid,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 10> {
        ImageRowQuery {
            client,
            params: [
                media_type,
                byte_size,
                width,
                height,
                orientation,
                frames,
                sha256,
                now,
                id,
                attempt,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::BytesSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FinalizeImageParams<T1, T2>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 10>,
        C,
    > for FinalizeImageStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FinalizeImageParams<T1, T2>,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 10> {
        self.bind(
            client,
            &params.media_type,
            &params.byte_size,
            &params.width,
            &params.height,
            &params.orientation,
            &params.frames,
            &params.sha256,
            &params.now,
            &params.id,
            &params.attempt,
        )
    }
}
pub struct FinalizeDuplicateStmt(&'static str, Option<tokio_postgres::Statement>);
/// Make a pending row an image that shares the object and the processing results of another image of the owner. The other
/// image cannot be removed before this transaction ends, and whatever removes it then sees this row. No row if the other
/// image was removed before, or if the sweeper has released the reservation.
pub fn finalize_duplicate() -> FinalizeDuplicateStmt {
    FinalizeDuplicateStmt(
        "WITH duplicate AS MATERIALIZED ( SELECT id, attempt, stored_as, state, has_alpha, color, thumbhash, phash, camera FROM images.images WHERE id = $1 AND owner_id = $2 AND sha256 = $3 AND stored_at IS NOT NULL AND removed_at IS NULL FOR SHARE ) UPDATE images.images AS i SET attempt = duplicate.attempt, stored_as = coalesce(duplicate.stored_as, duplicate.id), state = CASE WHEN duplicate.state = 'ready' AND NOT i.keep_location THEN 'ready'::images.state ELSE 'stored' END, media_type = $4, byte_size = $5, width = $6, height = $7, orientation = $8, frames = $9, sha256 = $3, has_alpha = duplicate.has_alpha, color = duplicate.color, thumbhash = duplicate.thumbhash, phash = duplicate.phash, camera = duplicate.camera, reserved_bytes = 0, updated_at = $10, stored_at = $10 FROM duplicate WHERE i.id = $11 AND i.state = 'pending' AND i.attempt = $12 RETURNING i.id, i.owner_id, i.attempt, i.visibility, i.version, i.title, i.description, i.tags, i.file_name, i.media_type, i.byte_size, i.width, i.height, i.orientation, i.frames, i.sha256, i.state, i.stored_as, i.failure, i.has_alpha, i.color, i.thumbhash, i.phash, i.camera, i.keep_location, i.created_at, i.updated_at",
        None,
    )
}
impl FinalizeDuplicateStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql, T2: crate::StringSql>(
        &'s self,
        client: &'c C,
        duplicate: &'a uuid::Uuid,
        owner: &'a uuid::Uuid,
        sha256: &'a T1,
        media_type: &'a T2,
        byte_size: &'a i64,
        width: &'a i32,
        height: &'a i32,
        orientation: &'a i16,
        frames: &'a i32,
        now: &'a time::OffsetDateTime,
        id: &'a uuid::Uuid,
        attempt: &'a uuid::Uuid,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 12> {
        ImageRowQuery {
            client,
            params: [
                duplicate,
                owner,
                sha256,
                media_type,
                byte_size,
                width,
                height,
                orientation,
                frames,
                now,
                id,
                attempt,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FinalizeDuplicateParams<T1, T2>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 12>,
        C,
    > for FinalizeDuplicateStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FinalizeDuplicateParams<T1, T2>,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 12> {
        self.bind(
            client,
            &params.duplicate,
            &params.owner,
            &params.sha256,
            &params.media_type,
            &params.byte_size,
            &params.width,
            &params.height,
            &params.orientation,
            &params.frames,
            &params.now,
            &params.id,
            &params.attempt,
        )
    }
}
pub struct ReplaceTextsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Changes what is given and keeps the rest. No row where it is not the owner's, or of another version.
pub fn replace_texts() -> ReplaceTextsStmt {
    ReplaceTextsStmt(
        "UPDATE images.images SET title = coalesce($1, title), description = coalesce($2, description), tags = coalesce($3, tags), visibility = coalesce($4, visibility), version = version + 1, updated_at = $5 WHERE id = $6 AND owner_id = $7 AND stored_at IS NOT NULL AND removed_at IS NULL AND ($8 OR version = ANY($9)) RETURNING id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at",
        None,
    )
}
impl ReplaceTextsStmt {
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
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
        T4: crate::ArraySql<Item = T3>,
        T5: crate::ArraySql<Item = i32>,
    >(
        &'s self,
        client: &'c C,
        title: &'a Option<T1>,
        description: &'a Option<T2>,
        tags: &'a Option<T4>,
        visibility: &'a Option<crate::types::images::Visibility>,
        now: &'a time::OffsetDateTime,
        id: &'a uuid::Uuid,
        owner: &'a uuid::Uuid,
        any_version: &'a bool,
        versions: &'a T5,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        ImageRowQuery {
            client,
            params: [
                title,
                description,
                tags,
                visibility,
                now,
                id,
                owner,
                any_version,
                versions,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<
    'c,
    'a,
    's,
    C: GenericClient,
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::ArraySql<Item = T3>,
    T5: crate::ArraySql<Item = i32>,
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ReplaceTextsParams<T1, T2, T3, T4, T5>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for ReplaceTextsStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ReplaceTextsParams<T1, T2, T3, T4, T5>,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        self.bind(
            client,
            &params.title,
            &params.description,
            &params.tags,
            &params.visibility,
            &params.now,
            &params.id,
            &params.owner,
            &params.any_version,
            &params.versions,
        )
    }
}
pub struct ListOwnStmt(&'static str, Option<tokio_postgres::Statement>);
/// The own images, newest first, older than a position: the plain list. The inner limit (the largest page and one more)
/// tells the planner that few rows are wanted, so that it keeps one plan instead of making one for every request.
pub fn list_own() -> ListOwnStmt {
    ListOwnStmt(
        "SELECT * FROM ( SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at FROM images.own_images WHERE (created_at, id) < ($1::timestamptz, $2::uuid) ORDER BY created_at DESC, id DESC LIMIT 201 ) AS newest ORDER BY created_at DESC, id DESC LIMIT $3",
        None,
    )
}
impl ListOwnStmt {
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
        after_time: &'a time::OffsetDateTime,
        after_id: &'a uuid::Uuid,
        max: &'a i64,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 3> {
        ImageRowQuery {
            client,
            params: [after_time, after_id, max],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListOwnParams,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 3>,
        C,
    > for ListOwnStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListOwnParams,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 3> {
        self.bind(client, &params.after_time, &params.after_id, &params.max)
    }
}
pub struct ListPublicStmt(&'static str, Option<tokio_postgres::Statement>);
/// The public images, newest first, older than a position: the plain list. The inner limit (the largest page and one more)
/// tells the planner that few rows are wanted, so that it keeps one plan instead of making one for every request.
pub fn list_public() -> ListPublicStmt {
    ListPublicStmt(
        "SELECT * FROM ( SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at FROM images.public_images WHERE (created_at, id) < ($1::timestamptz, $2::uuid) ORDER BY created_at DESC, id DESC LIMIT 201 ) AS newest ORDER BY created_at DESC, id DESC LIMIT $3",
        None,
    )
}
impl ListPublicStmt {
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
        after_time: &'a time::OffsetDateTime,
        after_id: &'a uuid::Uuid,
        max: &'a i64,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 3> {
        ImageRowQuery {
            client,
            params: [after_time, after_id, max],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListPublicParams,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 3>,
        C,
    > for ListPublicStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListPublicParams,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 3> {
        self.bind(client, &params.after_time, &params.after_id, &params.max)
    }
}
pub struct FilterOwnCreatedUpStmt(&'static str, Option<tokio_postgres::Statement>);
/// Own images that pass a filter, oldest first.
pub fn filter_own_created_up() -> FilterOwnCreatedUpStmt {
    FilterOwnCreatedUpStmt(
        "SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at FROM images.own_images WHERE ($1::text IS NULL OR searched @@ images.search_query($1)) AND ($2::images.visibility IS NULL OR visibility = $2) AND ($3::text IS NULL OR tags @> ARRAY[$3]) AND ($4::text IS NULL OR media_type = $4) AND ($5::timestamptz IS NULL OR created_at > $5) AND ($6::timestamptz IS NULL OR created_at < $6) AND ($7::uuid IS NULL OR (created_at, id) > ($8::timestamptz, $7)) ORDER BY created_at ASC, id ASC LIMIT $9",
        None,
    )
}
impl FilterOwnCreatedUpStmt {
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
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        words: &'a Option<T1>,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_time: &'a Option<time::OffsetDateTime>,
        max: &'a i64,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        ImageRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_time,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FilterOwnCreatedUpParams<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterOwnCreatedUpStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FilterOwnCreatedUpParams<T1, T2, T3>,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_time,
            &params.max,
        )
    }
}
pub struct FilterOwnCreatedDownStmt(&'static str, Option<tokio_postgres::Statement>);
/// Own images that pass a filter, newest first.
pub fn filter_own_created_down() -> FilterOwnCreatedDownStmt {
    FilterOwnCreatedDownStmt(
        "SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at FROM images.own_images WHERE ($1::text IS NULL OR searched @@ images.search_query($1)) AND ($2::images.visibility IS NULL OR visibility = $2) AND ($3::text IS NULL OR tags @> ARRAY[$3]) AND ($4::text IS NULL OR media_type = $4) AND ($5::timestamptz IS NULL OR created_at > $5) AND ($6::timestamptz IS NULL OR created_at < $6) AND ($7::uuid IS NULL OR (created_at, id) < ($8::timestamptz, $7)) ORDER BY created_at DESC, id DESC LIMIT $9",
        None,
    )
}
impl FilterOwnCreatedDownStmt {
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
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        words: &'a Option<T1>,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_time: &'a Option<time::OffsetDateTime>,
        max: &'a i64,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        ImageRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_time,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FilterOwnCreatedDownParams<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterOwnCreatedDownStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FilterOwnCreatedDownParams<T1, T2, T3>,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_time,
            &params.max,
        )
    }
}
pub struct FilterOwnTitleUpStmt(&'static str, Option<tokio_postgres::Statement>);
/// Own images that pass a filter, by title.
pub fn filter_own_title_up() -> FilterOwnTitleUpStmt {
    FilterOwnTitleUpStmt(
        "SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at FROM images.own_images WHERE ($1::text IS NULL OR searched @@ images.search_query($1)) AND ($2::images.visibility IS NULL OR visibility = $2) AND ($3::text IS NULL OR tags @> ARRAY[$3]) AND ($4::text IS NULL OR media_type = $4) AND ($5::timestamptz IS NULL OR created_at > $5) AND ($6::timestamptz IS NULL OR created_at < $6) AND ($7::uuid IS NULL OR (lower(title), id) > (lower($8::text), $7)) ORDER BY lower(title) ASC, id ASC LIMIT $9",
        None,
    )
}
impl FilterOwnTitleUpStmt {
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
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
        T4: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        words: &'a Option<T1>,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_title: &'a Option<T4>,
        max: &'a i64,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        ImageRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_title,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<
    'c,
    'a,
    's,
    C: GenericClient,
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FilterOwnTitleUpParams<T1, T2, T3, T4>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterOwnTitleUpStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FilterOwnTitleUpParams<T1, T2, T3, T4>,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_title,
            &params.max,
        )
    }
}
pub struct FilterOwnTitleDownStmt(&'static str, Option<tokio_postgres::Statement>);
/// Own images that pass a filter, by title backwards.
pub fn filter_own_title_down() -> FilterOwnTitleDownStmt {
    FilterOwnTitleDownStmt(
        "SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at FROM images.own_images WHERE ($1::text IS NULL OR searched @@ images.search_query($1)) AND ($2::images.visibility IS NULL OR visibility = $2) AND ($3::text IS NULL OR tags @> ARRAY[$3]) AND ($4::text IS NULL OR media_type = $4) AND ($5::timestamptz IS NULL OR created_at > $5) AND ($6::timestamptz IS NULL OR created_at < $6) AND ($7::uuid IS NULL OR (lower(title), id) < (lower($8::text), $7)) ORDER BY lower(title) DESC, id DESC LIMIT $9",
        None,
    )
}
impl FilterOwnTitleDownStmt {
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
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
        T4: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        words: &'a Option<T1>,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_title: &'a Option<T4>,
        max: &'a i64,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        ImageRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_title,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<
    'c,
    'a,
    's,
    C: GenericClient,
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FilterOwnTitleDownParams<T1, T2, T3, T4>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterOwnTitleDownStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FilterOwnTitleDownParams<T1, T2, T3, T4>,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_title,
            &params.max,
        )
    }
}
pub struct FilterOwnSizeUpStmt(&'static str, Option<tokio_postgres::Statement>);
/// Own images that pass a filter, smallest first.
pub fn filter_own_size_up() -> FilterOwnSizeUpStmt {
    FilterOwnSizeUpStmt(
        "SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at FROM images.own_images WHERE ($1::text IS NULL OR searched @@ images.search_query($1)) AND ($2::images.visibility IS NULL OR visibility = $2) AND ($3::text IS NULL OR tags @> ARRAY[$3]) AND ($4::text IS NULL OR media_type = $4) AND ($5::timestamptz IS NULL OR created_at > $5) AND ($6::timestamptz IS NULL OR created_at < $6) AND ($7::uuid IS NULL OR (byte_size, id) > ($8::bigint, $7)) ORDER BY byte_size ASC, id ASC LIMIT $9",
        None,
    )
}
impl FilterOwnSizeUpStmt {
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
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        words: &'a Option<T1>,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_size: &'a Option<i64>,
        max: &'a i64,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        ImageRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_size,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FilterOwnSizeUpParams<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterOwnSizeUpStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FilterOwnSizeUpParams<T1, T2, T3>,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_size,
            &params.max,
        )
    }
}
pub struct FilterOwnSizeDownStmt(&'static str, Option<tokio_postgres::Statement>);
/// Own images that pass a filter, largest first.
pub fn filter_own_size_down() -> FilterOwnSizeDownStmt {
    FilterOwnSizeDownStmt(
        "SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at FROM images.own_images WHERE ($1::text IS NULL OR searched @@ images.search_query($1)) AND ($2::images.visibility IS NULL OR visibility = $2) AND ($3::text IS NULL OR tags @> ARRAY[$3]) AND ($4::text IS NULL OR media_type = $4) AND ($5::timestamptz IS NULL OR created_at > $5) AND ($6::timestamptz IS NULL OR created_at < $6) AND ($7::uuid IS NULL OR (byte_size, id) < ($8::bigint, $7)) ORDER BY byte_size DESC, id DESC LIMIT $9",
        None,
    )
}
impl FilterOwnSizeDownStmt {
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
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        words: &'a Option<T1>,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_size: &'a Option<i64>,
        max: &'a i64,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        ImageRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_size,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FilterOwnSizeDownParams<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterOwnSizeDownStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FilterOwnSizeDownParams<T1, T2, T3>,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_size,
            &params.max,
        )
    }
}
pub struct FilterPublicCreatedUpStmt(&'static str, Option<tokio_postgres::Statement>);
/// Public images that pass a filter, oldest first.
pub fn filter_public_created_up() -> FilterPublicCreatedUpStmt {
    FilterPublicCreatedUpStmt(
        "SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at FROM images.public_images WHERE ($1::text IS NULL OR searched @@ images.search_query($1)) AND ($2::images.visibility IS NULL OR visibility = $2) AND ($3::text IS NULL OR tags @> ARRAY[$3]) AND ($4::text IS NULL OR media_type = $4) AND ($5::timestamptz IS NULL OR created_at > $5) AND ($6::timestamptz IS NULL OR created_at < $6) AND ($7::uuid IS NULL OR (created_at, id) > ($8::timestamptz, $7)) ORDER BY created_at ASC, id ASC LIMIT $9",
        None,
    )
}
impl FilterPublicCreatedUpStmt {
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
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        words: &'a Option<T1>,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_time: &'a Option<time::OffsetDateTime>,
        max: &'a i64,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        ImageRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_time,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FilterPublicCreatedUpParams<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterPublicCreatedUpStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FilterPublicCreatedUpParams<T1, T2, T3>,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_time,
            &params.max,
        )
    }
}
pub struct FilterPublicCreatedDownStmt(&'static str, Option<tokio_postgres::Statement>);
/// Public images that pass a filter, newest first.
pub fn filter_public_created_down() -> FilterPublicCreatedDownStmt {
    FilterPublicCreatedDownStmt(
        "SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at FROM images.public_images WHERE ($1::text IS NULL OR searched @@ images.search_query($1)) AND ($2::images.visibility IS NULL OR visibility = $2) AND ($3::text IS NULL OR tags @> ARRAY[$3]) AND ($4::text IS NULL OR media_type = $4) AND ($5::timestamptz IS NULL OR created_at > $5) AND ($6::timestamptz IS NULL OR created_at < $6) AND ($7::uuid IS NULL OR (created_at, id) < ($8::timestamptz, $7)) ORDER BY created_at DESC, id DESC LIMIT $9",
        None,
    )
}
impl FilterPublicCreatedDownStmt {
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
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        words: &'a Option<T1>,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_time: &'a Option<time::OffsetDateTime>,
        max: &'a i64,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        ImageRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_time,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FilterPublicCreatedDownParams<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterPublicCreatedDownStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FilterPublicCreatedDownParams<T1, T2, T3>,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_time,
            &params.max,
        )
    }
}
pub struct FilterPublicTitleUpStmt(&'static str, Option<tokio_postgres::Statement>);
/// Public images that pass a filter, by title.
pub fn filter_public_title_up() -> FilterPublicTitleUpStmt {
    FilterPublicTitleUpStmt(
        "SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at FROM images.public_images WHERE ($1::text IS NULL OR searched @@ images.search_query($1)) AND ($2::images.visibility IS NULL OR visibility = $2) AND ($3::text IS NULL OR tags @> ARRAY[$3]) AND ($4::text IS NULL OR media_type = $4) AND ($5::timestamptz IS NULL OR created_at > $5) AND ($6::timestamptz IS NULL OR created_at < $6) AND ($7::uuid IS NULL OR (lower(title), id) > (lower($8::text), $7)) ORDER BY lower(title) ASC, id ASC LIMIT $9",
        None,
    )
}
impl FilterPublicTitleUpStmt {
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
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
        T4: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        words: &'a Option<T1>,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_title: &'a Option<T4>,
        max: &'a i64,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        ImageRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_title,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<
    'c,
    'a,
    's,
    C: GenericClient,
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FilterPublicTitleUpParams<T1, T2, T3, T4>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterPublicTitleUpStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FilterPublicTitleUpParams<T1, T2, T3, T4>,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_title,
            &params.max,
        )
    }
}
pub struct FilterPublicTitleDownStmt(&'static str, Option<tokio_postgres::Statement>);
/// Public images that pass a filter, by title backwards.
pub fn filter_public_title_down() -> FilterPublicTitleDownStmt {
    FilterPublicTitleDownStmt(
        "SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at FROM images.public_images WHERE ($1::text IS NULL OR searched @@ images.search_query($1)) AND ($2::images.visibility IS NULL OR visibility = $2) AND ($3::text IS NULL OR tags @> ARRAY[$3]) AND ($4::text IS NULL OR media_type = $4) AND ($5::timestamptz IS NULL OR created_at > $5) AND ($6::timestamptz IS NULL OR created_at < $6) AND ($7::uuid IS NULL OR (lower(title), id) < (lower($8::text), $7)) ORDER BY lower(title) DESC, id DESC LIMIT $9",
        None,
    )
}
impl FilterPublicTitleDownStmt {
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
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
        T4: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        words: &'a Option<T1>,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_title: &'a Option<T4>,
        max: &'a i64,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        ImageRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_title,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<
    'c,
    'a,
    's,
    C: GenericClient,
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FilterPublicTitleDownParams<T1, T2, T3, T4>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterPublicTitleDownStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FilterPublicTitleDownParams<T1, T2, T3, T4>,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_title,
            &params.max,
        )
    }
}
pub struct FilterPublicSizeUpStmt(&'static str, Option<tokio_postgres::Statement>);
/// Public images that pass a filter, smallest first.
pub fn filter_public_size_up() -> FilterPublicSizeUpStmt {
    FilterPublicSizeUpStmt(
        "SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at FROM images.public_images WHERE ($1::text IS NULL OR searched @@ images.search_query($1)) AND ($2::images.visibility IS NULL OR visibility = $2) AND ($3::text IS NULL OR tags @> ARRAY[$3]) AND ($4::text IS NULL OR media_type = $4) AND ($5::timestamptz IS NULL OR created_at > $5) AND ($6::timestamptz IS NULL OR created_at < $6) AND ($7::uuid IS NULL OR (byte_size, id) > ($8::bigint, $7)) ORDER BY byte_size ASC, id ASC LIMIT $9",
        None,
    )
}
impl FilterPublicSizeUpStmt {
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
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        words: &'a Option<T1>,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_size: &'a Option<i64>,
        max: &'a i64,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        ImageRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_size,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FilterPublicSizeUpParams<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterPublicSizeUpStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FilterPublicSizeUpParams<T1, T2, T3>,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_size,
            &params.max,
        )
    }
}
pub struct FilterPublicSizeDownStmt(&'static str, Option<tokio_postgres::Statement>);
/// Public images that pass a filter, largest first.
pub fn filter_public_size_down() -> FilterPublicSizeDownStmt {
    FilterPublicSizeDownStmt(
        "SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width, height, orientation, frames, sha256, state, stored_as, failure, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at FROM images.public_images WHERE ($1::text IS NULL OR searched @@ images.search_query($1)) AND ($2::images.visibility IS NULL OR visibility = $2) AND ($3::text IS NULL OR tags @> ARRAY[$3]) AND ($4::text IS NULL OR media_type = $4) AND ($5::timestamptz IS NULL OR created_at > $5) AND ($6::timestamptz IS NULL OR created_at < $6) AND ($7::uuid IS NULL OR (byte_size, id) < ($8::bigint, $7)) ORDER BY byte_size DESC, id DESC LIMIT $9",
        None,
    )
}
impl FilterPublicSizeDownStmt {
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
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        words: &'a Option<T1>,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_size: &'a Option<i64>,
        max: &'a i64,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        ImageRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_size,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ImageRowBorrowed, tokio_postgres::Error> {
                    Ok(ImageRowBorrowed {
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
                    })
                },
            mapper: |it| ImageRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FilterPublicSizeDownParams<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterPublicSizeDownStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FilterPublicSizeDownParams<T1, T2, T3>,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_size,
            &params.max,
        )
    }
}
