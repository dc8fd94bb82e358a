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
pub struct UpdateMetadataParams<
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
pub struct ByTime<T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql> {
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
pub struct ByTitle<
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
pub struct BySize<T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql> {
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
#[derive(Clone, Copy, Debug)]
pub struct ListTrashedParams {
    pub after_time: time::OffsetDateTime,
    pub after_id: uuid::Uuid,
    pub max: i64,
}
#[derive(Debug, Clone, PartialEq)]
pub struct ImageRow {
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
}
pub struct ImageRowBorrowed<'a> {
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
}
impl<'a> From<ImageRowBorrowed<'a>> for ImageRow {
    fn from(
        ImageRowBorrowed {
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
        }: ImageRowBorrowed<'a>,
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
/// Finds an image whose bytes are stored and that is not removed, if the caller's role can see it.
pub fn find_live() -> FindLiveStmt {
    FindLiveStmt(
        "SELECT * FROM images.image_rows WHERE id = $1 AND stored_at IS NOT NULL AND removed_at IS NULL",
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
        "UPDATE images.image_rows SET state = 'stored', media_type = $1, byte_size = $2, width = $3, height = $4, orientation = $5, frames = $6, sha256 = $7, reserved_bytes = 0, updated_at = $8, stored_at = $8 WHERE id = $9 AND state = 'pending' AND attempt = $10 RETURNING *",
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
        "WITH duplicate AS MATERIALIZED ( SELECT id, attempt, stored_as, state, has_alpha, color, thumbhash, phash, camera FROM images.images WHERE id = $1 AND owner_id = $2 AND sha256 = $3 AND stored_at IS NOT NULL AND removed_at IS NULL FOR SHARE ) UPDATE images.image_rows AS i SET attempt = duplicate.attempt, stored_as = coalesce(duplicate.stored_as, duplicate.id), state = CASE WHEN duplicate.state = 'ready' AND NOT i.keep_location THEN 'ready'::images.state ELSE 'stored' END, media_type = $4, byte_size = $5, width = $6, height = $7, orientation = $8, frames = $9, sha256 = $3, has_alpha = duplicate.has_alpha, color = duplicate.color, thumbhash = duplicate.thumbhash, phash = duplicate.phash, camera = duplicate.camera, reserved_bytes = 0, updated_at = $10, stored_at = $10 FROM duplicate WHERE i.id = $11 AND i.state = 'pending' AND i.attempt = $12 RETURNING i.*",
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
pub struct UpdateMetadataStmt(&'static str, Option<tokio_postgres::Statement>);
/// Changes the given fields. Returns no row if the image does not belong to the owner or has another version.
pub fn update_metadata() -> UpdateMetadataStmt {
    UpdateMetadataStmt(
        "UPDATE images.image_rows SET title = coalesce($1, title), description = coalesce($2, description), tags = coalesce($3, tags), visibility = coalesce($4, visibility), version = version + 1, updated_at = $5 WHERE id = $6 AND owner_id = $7 AND stored_at IS NOT NULL AND removed_at IS NULL AND ($8 OR version = ANY($9)) RETURNING *",
        None,
    )
}
impl UpdateMetadataStmt {
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
        UpdateMetadataParams<T1, T2, T3, T4, T5>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for UpdateMetadataStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a UpdateMetadataParams<T1, T2, T3, T4, T5>,
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
/// Lists own images without a filter, newest first. The inner limit (the largest page and one more) tells the planner
/// that few rows are read, so that it keeps one generic plan.
pub fn list_own() -> ListOwnStmt {
    ListOwnStmt(
        "SELECT * FROM ( SELECT * FROM images.list_own() WHERE (created_at, id) < ($1::timestamptz, $2::uuid) ORDER BY created_at DESC, id DESC LIMIT 201 ) AS newest ORDER BY created_at DESC, id DESC LIMIT $3",
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
/// Lists public images without a filter, newest first. The inner limit (the largest page and one more) tells the planner
/// that few rows are read, so that it keeps one generic plan.
pub fn list_public() -> ListPublicStmt {
    ListPublicStmt(
        "SELECT * FROM ( SELECT * FROM images.list_public() WHERE (created_at, id) < ($1::timestamptz, $2::uuid) ORDER BY created_at DESC, id DESC LIMIT 201 ) AS newest ORDER BY created_at DESC, id DESC LIMIT $3",
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
pub struct FilterOwnCreatedAscStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists own images that pass a filter, oldest first.
pub fn filter_own_created_asc() -> FilterOwnCreatedAscStmt {
    FilterOwnCreatedAscStmt(
        "SELECT * FROM images.list_own($1, $2, $3, $4, $5, $6) WHERE $7::uuid IS NULL OR (created_at, id) > ($8::timestamptz, $7) ORDER BY created_at ASC, id ASC LIMIT $9",
        None,
    )
}
impl FilterOwnCreatedAscStmt {
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
        ByTime<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterOwnCreatedAscStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ByTime<T1, T2, T3>,
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
pub struct FilterOwnCreatedDescStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists own images that pass a filter, newest first.
pub fn filter_own_created_desc() -> FilterOwnCreatedDescStmt {
    FilterOwnCreatedDescStmt(
        "SELECT * FROM images.list_own($1, $2, $3, $4, $5, $6) WHERE $7::uuid IS NULL OR (created_at, id) < ($8::timestamptz, $7) ORDER BY created_at DESC, id DESC LIMIT $9",
        None,
    )
}
impl FilterOwnCreatedDescStmt {
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
        ByTime<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterOwnCreatedDescStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ByTime<T1, T2, T3>,
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
pub struct FilterOwnTitleAscStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists own images that pass a filter, by title, ascending.
pub fn filter_own_title_asc() -> FilterOwnTitleAscStmt {
    FilterOwnTitleAscStmt(
        "SELECT * FROM images.list_own($1, $2, $3, $4, $5, $6) WHERE $7::uuid IS NULL OR (lower(title), id) > (lower($8::text), $7) ORDER BY lower(title) ASC, id ASC LIMIT $9",
        None,
    )
}
impl FilterOwnTitleAscStmt {
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
        ByTitle<T1, T2, T3, T4>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterOwnTitleAscStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ByTitle<T1, T2, T3, T4>,
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
pub struct FilterOwnTitleDescStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists own images that pass a filter, by title, descending.
pub fn filter_own_title_desc() -> FilterOwnTitleDescStmt {
    FilterOwnTitleDescStmt(
        "SELECT * FROM images.list_own($1, $2, $3, $4, $5, $6) WHERE $7::uuid IS NULL OR (lower(title), id) < (lower($8::text), $7) ORDER BY lower(title) DESC, id DESC LIMIT $9",
        None,
    )
}
impl FilterOwnTitleDescStmt {
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
        ByTitle<T1, T2, T3, T4>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterOwnTitleDescStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ByTitle<T1, T2, T3, T4>,
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
pub struct FilterOwnSizeAscStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists own images that pass a filter, smallest first.
pub fn filter_own_size_asc() -> FilterOwnSizeAscStmt {
    FilterOwnSizeAscStmt(
        "SELECT * FROM images.list_own($1, $2, $3, $4, $5, $6) WHERE $7::uuid IS NULL OR (byte_size, id) > ($8::bigint, $7) ORDER BY byte_size ASC, id ASC LIMIT $9",
        None,
    )
}
impl FilterOwnSizeAscStmt {
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
        BySize<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterOwnSizeAscStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a BySize<T1, T2, T3>,
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
pub struct FilterOwnSizeDescStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists own images that pass a filter, largest first.
pub fn filter_own_size_desc() -> FilterOwnSizeDescStmt {
    FilterOwnSizeDescStmt(
        "SELECT * FROM images.list_own($1, $2, $3, $4, $5, $6) WHERE $7::uuid IS NULL OR (byte_size, id) < ($8::bigint, $7) ORDER BY byte_size DESC, id DESC LIMIT $9",
        None,
    )
}
impl FilterOwnSizeDescStmt {
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
        BySize<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterOwnSizeDescStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a BySize<T1, T2, T3>,
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
pub struct FilterPublicCreatedAscStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists public images that pass a filter, oldest first.
pub fn filter_public_created_asc() -> FilterPublicCreatedAscStmt {
    FilterPublicCreatedAscStmt(
        "SELECT * FROM images.list_public($1, $2, $3, $4, $5, $6) WHERE $7::uuid IS NULL OR (created_at, id) > ($8::timestamptz, $7) ORDER BY created_at ASC, id ASC LIMIT $9",
        None,
    )
}
impl FilterPublicCreatedAscStmt {
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
        ByTime<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterPublicCreatedAscStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ByTime<T1, T2, T3>,
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
pub struct FilterPublicCreatedDescStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists public images that pass a filter, newest first.
pub fn filter_public_created_desc() -> FilterPublicCreatedDescStmt {
    FilterPublicCreatedDescStmt(
        "SELECT * FROM images.list_public($1, $2, $3, $4, $5, $6) WHERE $7::uuid IS NULL OR (created_at, id) < ($8::timestamptz, $7) ORDER BY created_at DESC, id DESC LIMIT $9",
        None,
    )
}
impl FilterPublicCreatedDescStmt {
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
        ByTime<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterPublicCreatedDescStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ByTime<T1, T2, T3>,
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
pub struct FilterPublicTitleAscStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists public images that pass a filter, by title, ascending.
pub fn filter_public_title_asc() -> FilterPublicTitleAscStmt {
    FilterPublicTitleAscStmt(
        "SELECT * FROM images.list_public($1, $2, $3, $4, $5, $6) WHERE $7::uuid IS NULL OR (lower(title), id) > (lower($8::text), $7) ORDER BY lower(title) ASC, id ASC LIMIT $9",
        None,
    )
}
impl FilterPublicTitleAscStmt {
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
        ByTitle<T1, T2, T3, T4>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterPublicTitleAscStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ByTitle<T1, T2, T3, T4>,
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
pub struct FilterPublicTitleDescStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists public images that pass a filter, by title, descending.
pub fn filter_public_title_desc() -> FilterPublicTitleDescStmt {
    FilterPublicTitleDescStmt(
        "SELECT * FROM images.list_public($1, $2, $3, $4, $5, $6) WHERE $7::uuid IS NULL OR (lower(title), id) < (lower($8::text), $7) ORDER BY lower(title) DESC, id DESC LIMIT $9",
        None,
    )
}
impl FilterPublicTitleDescStmt {
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
        ByTitle<T1, T2, T3, T4>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterPublicTitleDescStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ByTitle<T1, T2, T3, T4>,
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
pub struct FilterPublicSizeAscStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists public images that pass a filter, smallest first.
pub fn filter_public_size_asc() -> FilterPublicSizeAscStmt {
    FilterPublicSizeAscStmt(
        "SELECT * FROM images.list_public($1, $2, $3, $4, $5, $6) WHERE $7::uuid IS NULL OR (byte_size, id) > ($8::bigint, $7) ORDER BY byte_size ASC, id ASC LIMIT $9",
        None,
    )
}
impl FilterPublicSizeAscStmt {
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
        BySize<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterPublicSizeAscStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a BySize<T1, T2, T3>,
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
pub struct FilterPublicSizeDescStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists public images that pass a filter, largest first.
pub fn filter_public_size_desc() -> FilterPublicSizeDescStmt {
    FilterPublicSizeDescStmt(
        "SELECT * FROM images.list_public($1, $2, $3, $4, $5, $6) WHERE $7::uuid IS NULL OR (byte_size, id) < ($8::bigint, $7) ORDER BY byte_size DESC, id DESC LIMIT $9",
        None,
    )
}
impl FilterPublicSizeDescStmt {
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
        BySize<T1, T2, T3>,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 9>,
        C,
    > for FilterPublicSizeDescStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a BySize<T1, T2, T3>,
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
pub struct ListTrashedStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists the caller's trash, the newest first.
pub fn list_trashed() -> ListTrashedStmt {
    ListTrashedStmt(
        "SELECT * FROM images.image_rows WHERE owner_id = (SELECT access.account()) AND trashed_at IS NOT NULL AND (trashed_at, id) < ($1::timestamptz, $2::uuid) ORDER BY trashed_at DESC, id DESC LIMIT $3",
        None,
    )
}
impl ListTrashedStmt {
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
        ListTrashedParams,
        ImageRowQuery<'c, 'a, 's, C, ImageRow, 3>,
        C,
    > for ListTrashedStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListTrashedParams,
    ) -> ImageRowQuery<'c, 'a, 's, C, ImageRow, 3> {
        self.bind(client, &params.after_time, &params.after_id, &params.max)
    }
}
