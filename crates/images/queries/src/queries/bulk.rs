// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct TrashManyParams<T1: crate::ArraySql<Item = uuid::Uuid>> {
    pub ids: T1,
    pub owner: uuid::Uuid,
    pub now: time::OffsetDateTime,
}
#[derive(Debug)]
pub struct UpdateManyParams<
    T1: crate::ArraySql<Item = uuid::Uuid>,
    T2: crate::StringSql,
    T3: crate::ArraySql<Item = T2>,
    T4: crate::StringSql,
    T5: crate::ArraySql<Item = T4>,
    T6: crate::StringSql,
    T7: crate::ArraySql<Item = T6>,
> {
    pub ids: T1,
    pub owner: uuid::Uuid,
    pub tags: Option<T3>,
    pub added: T5,
    pub removed: T7,
    pub visibility: Option<crate::types::images::Visibility>,
    pub now: time::OffsetDateTime,
    pub max_tags: i32,
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct UpdateMany {
    pub id: uuid::Uuid,
    pub changed: bool,
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
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
pub struct UpdateManyQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<UpdateMany, tokio_postgres::Error>,
    mapper: fn(UpdateMany) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> UpdateManyQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(UpdateMany) -> R) -> UpdateManyQuery<'c, 'a, 's, C, R, N> {
        UpdateManyQuery {
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
pub struct TrashManyStmt(&'static str, Option<tokio_postgres::Statement>);
/// Moves own images into the trash and returns their ids. Locks the rows in the order of their ids to avoid deadlocks.
pub fn trash_many() -> TrashManyStmt {
    TrashManyStmt(
        "WITH found AS MATERIALIZED ( SELECT id FROM images.images WHERE id = ANY($1) AND owner_id = $2 AND stored_at IS NOT NULL AND removed_at IS NULL ORDER BY id FOR NO KEY UPDATE ) UPDATE images.images AS i SET removed_at = $3, trashed_at = $3 FROM found WHERE i.id = found.id RETURNING i.id",
        None,
    )
}
impl TrashManyStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient, T1: crate::ArraySql<Item = uuid::Uuid>>(
        &'s self,
        client: &'c C,
        ids: &'a T1,
        owner: &'a uuid::Uuid,
        now: &'a time::OffsetDateTime,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 3> {
        UuidUuidQuery {
            client,
            params: [ids, owner, now],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::ArraySql<Item = uuid::Uuid>>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        TrashManyParams<T1>,
        UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 3>,
        C,
    > for TrashManyStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a TrashManyParams<T1>,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 3> {
        self.bind(client, &params.ids, &params.owner, &params.now)
    }
}
pub struct UpdateManyStmt(&'static str, Option<tokio_postgres::Statement>);
/// Updates tags and visibility of own images. Returns the images that exist, and whether they were changed. Replaces the
/// tags, or removes some and appends others. Does not change an image that would have too many tags.
pub fn update_many() -> UpdateManyStmt {
    UpdateManyStmt(
        "WITH found AS MATERIALIZED ( SELECT id, tags FROM images.images WHERE id = ANY($1) AND owner_id = $2 AND stored_at IS NOT NULL AND removed_at IS NULL ORDER BY id FOR NO KEY UPDATE ), new_tags AS ( SELECT id, coalesce($3::text[], ARRAY( SELECT tag FROM unnest(found.tags || $4::text[]) WITH ORDINALITY AS all_tags (tag, place) WHERE tag <> ALL($5::text[]) GROUP BY tag ORDER BY min(place))) AS tags FROM found ), changed AS ( UPDATE images.images AS i SET tags = new_tags.tags, visibility = coalesce($6, i.visibility), version = i.version + 1, updated_at = $7 FROM new_tags WHERE i.id = new_tags.id AND cardinality(new_tags.tags) <= $8 RETURNING i.id ) SELECT found.id, changed.id IS NOT NULL AS changed FROM found LEFT JOIN changed USING (id)",
        None,
    )
}
impl UpdateManyStmt {
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
        T2: crate::StringSql,
        T3: crate::ArraySql<Item = T2>,
        T4: crate::StringSql,
        T5: crate::ArraySql<Item = T4>,
        T6: crate::StringSql,
        T7: crate::ArraySql<Item = T6>,
    >(
        &'s self,
        client: &'c C,
        ids: &'a T1,
        owner: &'a uuid::Uuid,
        tags: &'a Option<T3>,
        added: &'a T5,
        removed: &'a T7,
        visibility: &'a Option<crate::types::images::Visibility>,
        now: &'a time::OffsetDateTime,
        max_tags: &'a i32,
    ) -> UpdateManyQuery<'c, 'a, 's, C, UpdateMany, 8> {
        UpdateManyQuery {
            client,
            params: [ids, owner, tags, added, removed, visibility, now, max_tags],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<UpdateMany, tokio_postgres::Error> {
                Ok(UpdateMany {
                    id: row.try_get(0)?,
                    changed: row.try_get(1)?,
                })
            },
            mapper: |it| UpdateMany::from(it),
        }
    }
}
impl<
    'c,
    'a,
    's,
    C: GenericClient,
    T1: crate::ArraySql<Item = uuid::Uuid>,
    T2: crate::StringSql,
    T3: crate::ArraySql<Item = T2>,
    T4: crate::StringSql,
    T5: crate::ArraySql<Item = T4>,
    T6: crate::StringSql,
    T7: crate::ArraySql<Item = T6>,
>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        UpdateManyParams<T1, T2, T3, T4, T5, T6, T7>,
        UpdateManyQuery<'c, 'a, 's, C, UpdateMany, 8>,
        C,
    > for UpdateManyStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a UpdateManyParams<T1, T2, T3, T4, T5, T6, T7>,
    ) -> UpdateManyQuery<'c, 'a, 's, C, UpdateMany, 8> {
        self.bind(
            client,
            &params.ids,
            &params.owner,
            &params.tags,
            &params.added,
            &params.removed,
            &params.visibility,
            &params.now,
            &params.max_tags,
        )
    }
}
