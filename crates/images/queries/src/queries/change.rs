// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct RemoveParams<T1: crate::ArraySql<Item = i32>> {
    pub now: time::OffsetDateTime,
    pub id: uuid::Uuid,
    pub owner: uuid::Uuid,
    pub any_version: bool,
    pub versions: T1,
}
#[derive(Clone, Copy, Debug)]
pub struct ReturnBytesParams {
    pub freed: i64,
    pub owner: uuid::Uuid,
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
pub struct RemoveStmt(&'static str, Option<tokio_postgres::Statement>);
/// Makes an image invisible and leaves its bytes to the sweeper. No row where it is not the owner's, of another
/// version, or removed already.
pub fn remove() -> RemoveStmt {
    RemoveStmt(
        "UPDATE images.images SET state = 'deleting', version = version + 1, updated_at = $1, removed_at = $1 WHERE id = $2 AND owner_id = $3 AND stored_at IS NOT NULL AND removed_at IS NULL AND ($4 OR version = ANY($5)) RETURNING byte_size",
        None,
    )
}
impl RemoveStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient, T1: crate::ArraySql<Item = i32>>(
        &'s self,
        client: &'c C,
        now: &'a time::OffsetDateTime,
        id: &'a uuid::Uuid,
        owner: &'a uuid::Uuid,
        any_version: &'a bool,
        versions: &'a T1,
    ) -> I64Query<'c, 'a, 's, C, i64, 5> {
        I64Query {
            client,
            params: [now, id, owner, any_version, versions],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::ArraySql<Item = i32>>
    crate::client::async_::Params<'c, 'a, 's, RemoveParams<T1>, I64Query<'c, 'a, 's, C, i64, 5>, C>
    for RemoveStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a RemoveParams<T1>,
    ) -> I64Query<'c, 'a, 's, C, i64, 5> {
        self.bind(
            client,
            &params.now,
            &params.id,
            &params.owner,
            &params.any_version,
            &params.versions,
        )
    }
}
pub struct ReturnBytesStmt(&'static str, Option<tokio_postgres::Statement>);
/// Takes the bytes of a removed image off its account.
pub fn return_bytes() -> ReturnBytesStmt {
    ReturnBytesStmt(
        "UPDATE images.usage SET used_bytes = used_bytes - $1, image_count = image_count - 1 WHERE owner_id = $2",
        None,
    )
}
impl ReturnBytesStmt {
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
        freed: &'a i64,
        owner: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[freed, owner]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ReturnBytesParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ReturnBytesStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ReturnBytesParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.freed, &params.owner))
    }
}
