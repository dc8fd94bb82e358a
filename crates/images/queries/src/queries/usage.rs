// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug, Clone, PartialEq, Copy)]
pub struct FindUsage {
    pub used_bytes: i64,
    pub reserved_bytes: i64,
    pub image_count: i64,
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct FindUsageQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<FindUsage, tokio_postgres::Error>,
    mapper: fn(FindUsage) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> FindUsageQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(FindUsage) -> R) -> FindUsageQuery<'c, 'a, 's, C, R, N> {
        FindUsageQuery {
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
pub struct FindUsageStmt(&'static str, Option<tokio_postgres::Statement>);
/// Finds the usage of an account: stored bytes, bytes reserved for uploads in progress, number of images.
pub fn find_usage() -> FindUsageStmt {
    FindUsageStmt(
        "SELECT used_bytes, reserved_bytes, image_count FROM images.usage WHERE owner_id = $1",
        None,
    )
}
impl FindUsageStmt {
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
    ) -> FindUsageQuery<'c, 'a, 's, C, FindUsage, 1> {
        FindUsageQuery {
            client,
            params: [owner],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row: &tokio_postgres::Row| -> Result<FindUsage, tokio_postgres::Error> {
                Ok(FindUsage {
                    used_bytes: row.try_get(0)?,
                    reserved_bytes: row.try_get(1)?,
                    image_count: row.try_get(2)?,
                })
            },
            mapper: |it| FindUsage::from(it),
        }
    }
}
