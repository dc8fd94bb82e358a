// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct Search<T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql> {
    pub words: T1,
    pub visibility: Option<crate::types::images::Visibility>,
    pub tag: Option<T2>,
    pub media_type: Option<T3>,
    pub created_after: Option<time::OffsetDateTime>,
    pub created_before: Option<time::OffsetDateTime>,
    pub after_id: Option<uuid::Uuid>,
    pub after_rank: Option<i32>,
    pub max: i64,
}
#[derive(Debug, Clone, PartialEq)]
pub struct FoundRow {
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
    pub rank: i32,
}
pub struct FoundRowBorrowed<'a> {
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
    pub rank: i32,
}
impl<'a> From<FoundRowBorrowed<'a>> for FoundRow {
    fn from(
        FoundRowBorrowed {
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
            rank,
        }: FoundRowBorrowed<'a>,
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
            rank,
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct FoundRowQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<FoundRowBorrowed, tokio_postgres::Error>,
    mapper: fn(FoundRowBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> FoundRowQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(FoundRowBorrowed) -> R) -> FoundRowQuery<'c, 'a, 's, C, R, N> {
        FoundRowQuery {
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
pub struct SearchOwnStmt(&'static str, Option<tokio_postgres::Statement>);
/// Finds own images that match the words, best first. Ranks the newest 1000 matches only, so that a frequent word costs
/// no more than a rare one. Reads the other columns of one page only.
pub fn search_own() -> SearchOwnStmt {
    SearchOwnStmt(
        "SELECT i.*, page.rank FROM ( SELECT id, rank FROM ( SELECT id, round(ts_rank(searched, images.search_query($1)) * 1000000)::integer AS rank FROM ( SELECT id, searched FROM images.own_images WHERE searched @@ images.search_query($1) AND ($2::images.visibility IS NULL OR visibility = $2) AND ($3::text IS NULL OR tags @> ARRAY[$3]) AND ($4::text IS NULL OR media_type = $4) AND ($5::timestamptz IS NULL OR created_at > $5) AND ($6::timestamptz IS NULL OR created_at < $6) ORDER BY created_at DESC LIMIT 1000 ) AS matching ) AS ranked WHERE $7::uuid IS NULL OR (rank, id) < ($8::integer, $7) ORDER BY rank DESC, id DESC LIMIT $9 ) AS page JOIN images.list_own() AS i ON i.id = page.id ORDER BY page.rank DESC, page.id DESC",
        None,
    )
}
impl SearchOwnStmt {
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
        words: &'a T1,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_rank: &'a Option<i32>,
        max: &'a i64,
    ) -> FoundRowQuery<'c, 'a, 's, C, FoundRow, 9> {
        FoundRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_rank,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<FoundRowBorrowed, tokio_postgres::Error> {
                    Ok(FoundRowBorrowed {
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
                        rank: row.try_get(31)?,
                    })
                },
            mapper: |it| FoundRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        Search<T1, T2, T3>,
        FoundRowQuery<'c, 'a, 's, C, FoundRow, 9>,
        C,
    > for SearchOwnStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a Search<T1, T2, T3>,
    ) -> FoundRowQuery<'c, 'a, 's, C, FoundRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_rank,
            &params.max,
        )
    }
}
pub struct SearchOwnSimilarStmt(&'static str, Option<tokio_postgres::Statement>);
/// Finds own images with words of similar spelling, for searches without a match. Ranks any 1000 of them. The lower
/// threshold applies to this statement only.
pub fn search_own_similar() -> SearchOwnSimilarStmt {
    SearchOwnSimilarStmt(
        "SELECT * FROM ( SELECT *, round(public.word_similarity(images.fold($1), images.searched_text(title, tags, file_name)) * 1000000 )::integer AS rank FROM ( SELECT * FROM images.list_own(NULL, $2, $3, $4, $5, $6) WHERE (SELECT set_config('pg_trgm.word_similarity_threshold', '0.32', true)) IS NOT NULL AND images.searched_text(title, tags, file_name) OPERATOR(public.%>) images.fold($1) LIMIT 1000 ) AS similar_words ) AS ranked WHERE $7::uuid IS NULL OR (rank, id) < ($8::integer, $7) ORDER BY rank DESC, id DESC LIMIT $9",
        None,
    )
}
impl SearchOwnSimilarStmt {
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
        words: &'a T1,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_rank: &'a Option<i32>,
        max: &'a i64,
    ) -> FoundRowQuery<'c, 'a, 's, C, FoundRow, 9> {
        FoundRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_rank,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<FoundRowBorrowed, tokio_postgres::Error> {
                    Ok(FoundRowBorrowed {
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
                        rank: row.try_get(31)?,
                    })
                },
            mapper: |it| FoundRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        Search<T1, T2, T3>,
        FoundRowQuery<'c, 'a, 's, C, FoundRow, 9>,
        C,
    > for SearchOwnSimilarStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a Search<T1, T2, T3>,
    ) -> FoundRowQuery<'c, 'a, 's, C, FoundRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_rank,
            &params.max,
        )
    }
}
pub struct SearchPublicStmt(&'static str, Option<tokio_postgres::Statement>);
/// Finds public images that match the words, best first. Ranks the newest 1000 matches only, so that a frequent word costs
/// no more than a rare one. Reads the other columns of one page only.
pub fn search_public() -> SearchPublicStmt {
    SearchPublicStmt(
        "SELECT i.*, page.rank FROM ( SELECT id, rank FROM ( SELECT id, round(ts_rank(searched, images.search_query($1)) * 1000000)::integer AS rank FROM ( SELECT id, searched FROM images.public_images WHERE searched @@ images.search_query($1) AND ($2::images.visibility IS NULL OR visibility = $2) AND ($3::text IS NULL OR tags @> ARRAY[$3]) AND ($4::text IS NULL OR media_type = $4) AND ($5::timestamptz IS NULL OR created_at > $5) AND ($6::timestamptz IS NULL OR created_at < $6) ORDER BY created_at DESC LIMIT 1000 ) AS matching ) AS ranked WHERE $7::uuid IS NULL OR (rank, id) < ($8::integer, $7) ORDER BY rank DESC, id DESC LIMIT $9 ) AS page JOIN images.list_public() AS i ON i.id = page.id ORDER BY page.rank DESC, page.id DESC",
        None,
    )
}
impl SearchPublicStmt {
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
        words: &'a T1,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_rank: &'a Option<i32>,
        max: &'a i64,
    ) -> FoundRowQuery<'c, 'a, 's, C, FoundRow, 9> {
        FoundRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_rank,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<FoundRowBorrowed, tokio_postgres::Error> {
                    Ok(FoundRowBorrowed {
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
                        rank: row.try_get(31)?,
                    })
                },
            mapper: |it| FoundRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        Search<T1, T2, T3>,
        FoundRowQuery<'c, 'a, 's, C, FoundRow, 9>,
        C,
    > for SearchPublicStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a Search<T1, T2, T3>,
    ) -> FoundRowQuery<'c, 'a, 's, C, FoundRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_rank,
            &params.max,
        )
    }
}
pub struct SearchPublicSimilarStmt(&'static str, Option<tokio_postgres::Statement>);
/// Finds public images with words of similar spelling, for searches without a match. Ranks any 1000 of them. The lower
/// threshold applies to this statement only.
pub fn search_public_similar() -> SearchPublicSimilarStmt {
    SearchPublicSimilarStmt(
        "SELECT * FROM ( SELECT *, round(public.word_similarity(images.fold($1), images.searched_text(title, tags, file_name)) * 1000000 )::integer AS rank FROM ( SELECT * FROM images.list_public(NULL, $2, $3, $4, $5, $6) WHERE (SELECT set_config('pg_trgm.word_similarity_threshold', '0.32', true)) IS NOT NULL AND images.searched_text(title, tags, file_name) OPERATOR(public.%>) images.fold($1) LIMIT 1000 ) AS similar_words ) AS ranked WHERE $7::uuid IS NULL OR (rank, id) < ($8::integer, $7) ORDER BY rank DESC, id DESC LIMIT $9",
        None,
    )
}
impl SearchPublicSimilarStmt {
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
        words: &'a T1,
        visibility: &'a Option<crate::types::images::Visibility>,
        tag: &'a Option<T2>,
        media_type: &'a Option<T3>,
        created_after: &'a Option<time::OffsetDateTime>,
        created_before: &'a Option<time::OffsetDateTime>,
        after_id: &'a Option<uuid::Uuid>,
        after_rank: &'a Option<i32>,
        max: &'a i64,
    ) -> FoundRowQuery<'c, 'a, 's, C, FoundRow, 9> {
        FoundRowQuery {
            client,
            params: [
                words,
                visibility,
                tag,
                media_type,
                created_after,
                created_before,
                after_id,
                after_rank,
                max,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<FoundRowBorrowed, tokio_postgres::Error> {
                    Ok(FoundRowBorrowed {
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
                        rank: row.try_get(31)?,
                    })
                },
            mapper: |it| FoundRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        Search<T1, T2, T3>,
        FoundRowQuery<'c, 'a, 's, C, FoundRow, 9>,
        C,
    > for SearchPublicSimilarStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a Search<T1, T2, T3>,
    ) -> FoundRowQuery<'c, 'a, 's, C, FoundRow, 9> {
        self.bind(
            client,
            &params.words,
            &params.visibility,
            &params.tag,
            &params.media_type,
            &params.created_after,
            &params.created_before,
            &params.after_id,
            &params.after_rank,
            &params.max,
        )
    }
}
