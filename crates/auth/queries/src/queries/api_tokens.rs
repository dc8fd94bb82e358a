// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct AddApiTokenParams<T1: crate::StringSql, T2: crate::BytesSql, T3: crate::StringSql> {
    pub id: uuid::Uuid,
    pub account_id: uuid::Uuid,
    pub name: T1,
    pub hash: T2,
    pub scopes: T3,
    pub created_at: time::OffsetDateTime,
    pub expires_at: time::OffsetDateTime,
}
#[derive(Clone, Copy, Debug)]
pub struct CountApiTokensParams {
    pub account_id: uuid::Uuid,
    pub now: time::OffsetDateTime,
}
#[derive(Clone, Copy, Debug)]
pub struct ListApiTokensParams {
    pub account_id: uuid::Uuid,
    pub limit: i64,
}
#[derive(Clone, Copy, Debug)]
pub struct RevokeApiTokenParams {
    pub now: time::OffsetDateTime,
    pub id: uuid::Uuid,
    pub account_id: uuid::Uuid,
}
#[derive(Debug, Clone, PartialEq)]
pub struct ListApiTokens {
    pub id: uuid::Uuid,
    pub name: String,
    pub scopes: String,
    pub created_at: time::OffsetDateTime,
    pub expires_at: time::OffsetDateTime,
    pub last_used_at: Option<time::OffsetDateTime>,
}
pub struct ListApiTokensBorrowed<'a> {
    pub id: uuid::Uuid,
    pub name: &'a str,
    pub scopes: &'a str,
    pub created_at: time::OffsetDateTime,
    pub expires_at: time::OffsetDateTime,
    pub last_used_at: Option<time::OffsetDateTime>,
}
impl<'a> From<ListApiTokensBorrowed<'a>> for ListApiTokens {
    fn from(
        ListApiTokensBorrowed {
            id,
            name,
            scopes,
            created_at,
            expires_at,
            last_used_at,
        }: ListApiTokensBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            name: name.into(),
            scopes: scopes.into(),
            created_at,
            expires_at,
            last_used_at,
        }
    }
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
pub struct ListApiTokensQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<ListApiTokensBorrowed, tokio_postgres::Error>,
    mapper: fn(ListApiTokensBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ListApiTokensQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(ListApiTokensBorrowed) -> R,
    ) -> ListApiTokensQuery<'c, 'a, 's, C, R, N> {
        ListApiTokensQuery {
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
pub struct AddApiTokenStmt(&'static str, Option<tokio_postgres::Statement>);
/// Add an API token. Only its hash is stored.
pub fn add_api_token() -> AddApiTokenStmt {
    AddApiTokenStmt(
        "INSERT INTO auth.api_tokens (id, account_id, name, hash, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        None,
    )
}
impl AddApiTokenStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    async fn bind<
        'c,
        'a,
        's,
        C: GenericClient,
        T1: crate::StringSql,
        T2: crate::BytesSql,
        T3: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        id: &'a uuid::Uuid,
        account_id: &'a uuid::Uuid,
        name: &'a T1,
        hash: &'a T2,
        scopes: &'a T3,
        created_at: &'a time::OffsetDateTime,
        expires_at: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(
                self.0,
                &[id, account_id, name, hash, scopes, created_at, expires_at],
            )
            .await
    }
}
impl<
    'a,
    C: GenericClient + Send + Sync,
    T1: crate::StringSql,
    T2: crate::BytesSql,
    T3: crate::StringSql,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        AddApiTokenParams<T1, T2, T3>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for AddApiTokenStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a AddApiTokenParams<T1, T2, T3>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.id,
            &params.account_id,
            &params.name,
            &params.hash,
            &params.scopes,
            &params.created_at,
            &params.expires_at,
        ))
    }
}
pub struct CountApiTokensStmt(&'static str, Option<tokio_postgres::Statement>);
/// Count the valid API tokens of an account.
pub fn count_api_tokens() -> CountApiTokensStmt {
    CountApiTokensStmt(
        "SELECT count(*) FROM auth.api_tokens WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2",
        None,
    )
}
impl CountApiTokensStmt {
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
        account_id: &'a uuid::Uuid,
        now: &'a time::OffsetDateTime,
    ) -> I64Query<'c, 'a, 's, C, i64, 2> {
        I64Query {
            client,
            params: [account_id, now],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        CountApiTokensParams,
        I64Query<'c, 'a, 's, C, i64, 2>,
        C,
    > for CountApiTokensStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a CountApiTokensParams,
    ) -> I64Query<'c, 'a, 's, C, i64, 2> {
        self.bind(client, &params.account_id, &params.now)
    }
}
pub struct ListApiTokensStmt(&'static str, Option<tokio_postgres::Statement>);
/// List the API tokens of an account that are not revoked, newest first.
pub fn list_api_tokens() -> ListApiTokensStmt {
    ListApiTokensStmt(
        "SELECT id, name, scopes, created_at, expires_at, last_used_at FROM auth.api_tokens WHERE account_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id DESC LIMIT $2",
        None,
    )
}
impl ListApiTokensStmt {
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
        account_id: &'a uuid::Uuid,
        limit: &'a i64,
    ) -> ListApiTokensQuery<'c, 'a, 's, C, ListApiTokens, 2> {
        ListApiTokensQuery {
            client,
            params: [account_id, limit],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<ListApiTokensBorrowed, tokio_postgres::Error> {
                    Ok(ListApiTokensBorrowed {
                        id: row.try_get(0)?,
                        name: row.try_get(1)?,
                        scopes: row.try_get(2)?,
                        created_at: row.try_get(3)?,
                        expires_at: row.try_get(4)?,
                        last_used_at: row.try_get(5)?,
                    })
                },
            mapper: |it| ListApiTokens::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListApiTokensParams,
        ListApiTokensQuery<'c, 'a, 's, C, ListApiTokens, 2>,
        C,
    > for ListApiTokensStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListApiTokensParams,
    ) -> ListApiTokensQuery<'c, 'a, 's, C, ListApiTokens, 2> {
        self.bind(client, &params.account_id, &params.limit)
    }
}
pub struct RevokeApiTokenStmt(&'static str, Option<tokio_postgres::Statement>);
/// Revoke one API token of an account.
pub fn revoke_api_token() -> RevokeApiTokenStmt {
    RevokeApiTokenStmt(
        "UPDATE auth.api_tokens SET revoked_at = $1 WHERE id = $2 AND account_id = $3 AND revoked_at IS NULL",
        None,
    )
}
impl RevokeApiTokenStmt {
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
        now: &'a time::OffsetDateTime,
        id: &'a uuid::Uuid,
        account_id: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[now, id, account_id]).await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        RevokeApiTokenParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for RevokeApiTokenStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a RevokeApiTokenParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.now, &params.id, &params.account_id))
    }
}
pub struct DeleteEndedApiTokensStmt(&'static str, Option<tokio_postgres::Statement>);
/// Delete API tokens that expired or were revoked before a time.
pub fn delete_ended_api_tokens() -> DeleteEndedApiTokensStmt {
    DeleteEndedApiTokensStmt(
        "DELETE FROM auth.api_tokens WHERE expires_at < $1 OR revoked_at < $1",
        None,
    )
}
impl DeleteEndedApiTokensStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        before: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[before]).await
    }
}
