// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct MarkReadyParams<T1: crate::BytesSql, T2: crate::JsonSql> {
    pub has_alpha: bool,
    pub color: i32,
    pub thumbhash: T1,
    pub phash: Option<i64>,
    pub camera: T2,
    pub id: uuid::Uuid,
}
#[derive(Debug)]
pub struct MarkFailedParams<T1: crate::StringSql> {
    pub failure_code: T1,
    pub id: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct InsertLocationParams {
    pub latitude: f64,
    pub longitude: f64,
    pub altitude: Option<f32>,
    pub id: uuid::Uuid,
}
#[derive(Debug, Clone, PartialEq, Copy)]
pub struct LocationRow {
    pub latitude: f64,
    pub longitude: f64,
    pub altitude: Option<f32>,
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct Vecu8Query<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<&[u8], tokio_postgres::Error>,
    mapper: fn(&[u8]) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> Vecu8Query<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(&[u8]) -> R) -> Vecu8Query<'c, 'a, 's, C, R, N> {
        Vecu8Query {
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
pub struct LocationRowQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<LocationRow, tokio_postgres::Error>,
    mapper: fn(LocationRow) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> LocationRowQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(LocationRow) -> R) -> LocationRowQuery<'c, 'a, 's, C, R, N> {
        LocationRowQuery {
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
pub struct ListVariantsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lists the stored renditions of an image.
pub fn list_variants() -> ListVariantsStmt {
    ListVariantsStmt(
        "SELECT variant FROM images.renditions WHERE image_id = $1",
        None,
    )
}
impl ListVariantsStmt {
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
    ) -> Vecu8Query<'c, 'a, 's, C, Vec<u8>, 1> {
        Vecu8Query {
            client,
            params: [id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it.into(),
        }
    }
}
pub struct MarkReadyStmt(&'static str, Option<tokio_postgres::Statement>);
/// Stores the description of an image. Keeps its version, because its metadata does not change. Changes nothing if the
/// image was removed or processed meanwhile.
pub fn mark_ready() -> MarkReadyStmt {
    MarkReadyStmt(
        "UPDATE images.images SET state = 'ready', has_alpha = $1, color = $2, thumbhash = $3, phash = $4, camera = $5 WHERE id = $6 AND state = 'stored' AND removed_at IS NULL",
        None,
    )
}
impl MarkReadyStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql, T2: crate::JsonSql>(
        &'s self,
        client: &'c C,
        has_alpha: &'a bool,
        color: &'a i32,
        thumbhash: &'a T1,
        phash: &'a Option<i64>,
        camera: &'a T2,
        id: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(self.0, &[has_alpha, color, thumbhash, phash, camera, id])
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::BytesSql, T2: crate::JsonSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        MarkReadyParams<T1, T2>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for MarkReadyStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a MarkReadyParams<T1, T2>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.has_alpha,
            &params.color,
            &params.thumbhash,
            &params.phash,
            &params.camera,
            &params.id,
        ))
    }
}
pub struct MarkFailedStmt(&'static str, Option<tokio_postgres::Statement>);
/// Records that an image cannot be processed.
pub fn mark_failed() -> MarkFailedStmt {
    MarkFailedStmt(
        "UPDATE images.images SET state = 'failed', failure_code = $1 WHERE id = $2 AND state = 'stored' AND removed_at IS NULL",
        None,
    )
}
impl MarkFailedStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>(
        &'s self,
        client: &'c C,
        failure_code: &'a T1,
        id: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[failure_code, id]).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        MarkFailedParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for MarkFailedStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a MarkFailedParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.failure_code, &params.id))
    }
}
pub struct InsertLocationStmt(&'static str, Option<tokio_postgres::Statement>);
/// Stores the location of an image if its owner wants to keep it.
pub fn insert_location() -> InsertLocationStmt {
    InsertLocationStmt(
        "INSERT INTO images.locations (image_id, latitude, longitude, altitude) SELECT id, $1, $2, $3 FROM images.images WHERE id = $4 AND keep_location ON CONFLICT (image_id) DO NOTHING",
        None,
    )
}
impl InsertLocationStmt {
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
        latitude: &'a f64,
        longitude: &'a f64,
        altitude: &'a Option<f32>,
        id: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(self.0, &[latitude, longitude, altitude, id])
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        InsertLocationParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for InsertLocationStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a InsertLocationParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.latitude,
            &params.longitude,
            &params.altitude,
            &params.id,
        ))
    }
}
pub struct FindLocationStmt(&'static str, Option<tokio_postgres::Statement>);
/// Finds the location of an own image.
pub fn find_location() -> FindLocationStmt {
    FindLocationStmt(
        "SELECT latitude, longitude, altitude FROM images.locations WHERE image_id = $1",
        None,
    )
}
impl FindLocationStmt {
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
    ) -> LocationRowQuery<'c, 'a, 's, C, LocationRow, 1> {
        LocationRowQuery {
            client,
            params: [id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<LocationRow, tokio_postgres::Error> {
                Ok(LocationRow {
                    latitude: row.try_get(0)?,
                    longitude: row.try_get(1)?,
                    altitude: row.try_get(2)?,
                })
            },
            mapper: |it| LocationRow::from(it),
        }
    }
}
