// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct AddSessionParams<T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql> {
    pub id: uuid::Uuid,
    pub account_id: uuid::Uuid,
    pub provider: T1,
    pub user_agent: T2,
    pub ip: T3,
    pub now: time::OffsetDateTime,
    pub idle_expires_at: time::OffsetDateTime,
    pub expires_at: time::OffsetDateTime,
}
#[derive(Clone, Copy, Debug)]
pub struct FindSessionParams {
    pub id: uuid::Uuid,
    pub account_id: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct ListSessionsParams {
    pub account_id: uuid::Uuid,
    pub now: time::OffsetDateTime,
}
#[derive(Clone, Copy, Debug)]
pub struct EnterSessionParams {
    pub session: uuid::Uuid,
    pub account: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct ExtendSessionParams {
    pub now: time::OffsetDateTime,
    pub idle_expires_at: time::OffsetDateTime,
    pub expires_at: time::OffsetDateTime,
    pub id: uuid::Uuid,
}
#[derive(Debug)]
pub struct RevokeSessionParams<T1: crate::StringSql> {
    pub now: time::OffsetDateTime,
    pub reason: T1,
    pub id: uuid::Uuid,
}
#[derive(Debug)]
pub struct RevokeOwnSessionParams<T1: crate::StringSql> {
    pub now: time::OffsetDateTime,
    pub reason: T1,
    pub id: uuid::Uuid,
    pub account_id: uuid::Uuid,
}
#[derive(Debug)]
pub struct RevokeSessionsParams<T1: crate::StringSql> {
    pub now: time::OffsetDateTime,
    pub reason: T1,
    pub account_id: uuid::Uuid,
}
#[derive(Debug)]
pub struct RevokeOldestSessionsParams<T1: crate::StringSql> {
    pub now: time::OffsetDateTime,
    pub reason: T1,
    pub account_id: uuid::Uuid,
    pub keep: i64,
}
#[derive(Debug, Clone, PartialEq)]
pub struct SessionRow {
    pub id: uuid::Uuid,
    pub provider: String,
    pub user_agent: String,
    pub ip: String,
    pub created_at: time::OffsetDateTime,
    pub authenticated_at: time::OffsetDateTime,
    pub last_used_at: time::OffsetDateTime,
    pub expires_at: time::OffsetDateTime,
}
pub struct SessionRowBorrowed<'a> {
    pub id: uuid::Uuid,
    pub provider: &'a str,
    pub user_agent: &'a str,
    pub ip: &'a str,
    pub created_at: time::OffsetDateTime,
    pub authenticated_at: time::OffsetDateTime,
    pub last_used_at: time::OffsetDateTime,
    pub expires_at: time::OffsetDateTime,
}
impl<'a> From<SessionRowBorrowed<'a>> for SessionRow {
    fn from(
        SessionRowBorrowed {
            id,
            provider,
            user_agent,
            ip,
            created_at,
            authenticated_at,
            last_used_at,
            expires_at,
        }: SessionRowBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            provider: provider.into(),
            user_agent: user_agent.into(),
            ip: ip.into(),
            created_at,
            authenticated_at,
            last_used_at,
            expires_at,
        }
    }
}
#[derive(Debug, Clone, PartialEq)]
pub struct EnterSession {
    pub outcome: String,
    pub role: Option<String>,
}
pub struct EnterSessionBorrowed<'a> {
    pub outcome: &'a str,
    pub role: Option<&'a str>,
}
impl<'a> From<EnterSessionBorrowed<'a>> for EnterSession {
    fn from(EnterSessionBorrowed { outcome, role }: EnterSessionBorrowed<'a>) -> Self {
        Self {
            outcome: outcome.into(),
            role: role.map(|v| v.into()),
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct SessionRowQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<SessionRowBorrowed, tokio_postgres::Error>,
    mapper: fn(SessionRowBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> SessionRowQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(SessionRowBorrowed) -> R,
    ) -> SessionRowQuery<'c, 'a, 's, C, R, N> {
        SessionRowQuery {
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
pub struct EnterSessionQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<EnterSessionBorrowed, tokio_postgres::Error>,
    mapper: fn(EnterSessionBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> EnterSessionQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(EnterSessionBorrowed) -> R,
    ) -> EnterSessionQuery<'c, 'a, 's, C, R, N> {
        EnterSessionQuery {
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
pub struct AddSessionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Add a session.
pub fn add_session() -> AddSessionStmt {
    AddSessionStmt(
        "INSERT INTO auth.sessions (id, account_id, provider, user_agent, ip, created_at, authenticated_at, last_used_at, idle_expires_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $6, $7, $8)",
        None,
    )
}
impl AddSessionStmt {
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
        T2: crate::StringSql,
        T3: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        id: &'a uuid::Uuid,
        account_id: &'a uuid::Uuid,
        provider: &'a T1,
        user_agent: &'a T2,
        ip: &'a T3,
        now: &'a time::OffsetDateTime,
        idle_expires_at: &'a time::OffsetDateTime,
        expires_at: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(
                self.0,
                &[
                    id,
                    account_id,
                    provider,
                    user_agent,
                    ip,
                    now,
                    idle_expires_at,
                    expires_at,
                ],
            )
            .await
    }
}
impl<
    'a,
    C: GenericClient + Send + Sync,
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        AddSessionParams<T1, T2, T3>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for AddSessionStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a AddSessionParams<T1, T2, T3>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.id,
            &params.account_id,
            &params.provider,
            &params.user_agent,
            &params.ip,
            &params.now,
            &params.idle_expires_at,
            &params.expires_at,
        ))
    }
}
pub struct FindSessionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Find one session of an account.
pub fn find_session() -> FindSessionStmt {
    FindSessionStmt(
        "SELECT id, provider, user_agent, ip, created_at, authenticated_at, last_used_at, expires_at FROM auth.sessions WHERE id = $1 AND account_id = $2",
        None,
    )
}
impl FindSessionStmt {
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
        id: &'a uuid::Uuid,
        account_id: &'a uuid::Uuid,
    ) -> SessionRowQuery<'c, 'a, 's, C, SessionRow, 2> {
        SessionRowQuery {
            client,
            params: [id, account_id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<SessionRowBorrowed, tokio_postgres::Error> {
                    Ok(SessionRowBorrowed {
                        id: row.try_get(0)?,
                        provider: row.try_get(1)?,
                        user_agent: row.try_get(2)?,
                        ip: row.try_get(3)?,
                        created_at: row.try_get(4)?,
                        authenticated_at: row.try_get(5)?,
                        last_used_at: row.try_get(6)?,
                        expires_at: row.try_get(7)?,
                    })
                },
            mapper: |it| SessionRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        FindSessionParams,
        SessionRowQuery<'c, 'a, 's, C, SessionRow, 2>,
        C,
    > for FindSessionStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a FindSessionParams,
    ) -> SessionRowQuery<'c, 'a, 's, C, SessionRow, 2> {
        self.bind(client, &params.id, &params.account_id)
    }
}
pub struct ListSessionsStmt(&'static str, Option<tokio_postgres::Statement>);
/// List the live sessions of an account, newest first.
pub fn list_sessions() -> ListSessionsStmt {
    ListSessionsStmt(
        "SELECT id, provider, user_agent, ip, created_at, authenticated_at, last_used_at, expires_at FROM auth.sessions WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND idle_expires_at > $2 ORDER BY created_at DESC, id DESC",
        None,
    )
}
impl ListSessionsStmt {
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
    ) -> SessionRowQuery<'c, 'a, 's, C, SessionRow, 2> {
        SessionRowQuery {
            client,
            params: [account_id, now],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<SessionRowBorrowed, tokio_postgres::Error> {
                    Ok(SessionRowBorrowed {
                        id: row.try_get(0)?,
                        provider: row.try_get(1)?,
                        user_agent: row.try_get(2)?,
                        ip: row.try_get(3)?,
                        created_at: row.try_get(4)?,
                        authenticated_at: row.try_get(5)?,
                        last_used_at: row.try_get(6)?,
                        expires_at: row.try_get(7)?,
                    })
                },
            mapper: |it| SessionRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListSessionsParams,
        SessionRowQuery<'c, 'a, 's, C, SessionRow, 2>,
        C,
    > for ListSessionsStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListSessionsParams,
    ) -> SessionRowQuery<'c, 'a, 's, C, SessionRow, 2> {
        self.bind(client, &params.account_id, &params.now)
    }
}
pub struct EnterSessionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Authenticate the transaction with a session and return the outcome and the role of the account.
pub fn enter_session() -> EnterSessionStmt {
    EnterSessionStmt(
        "SELECT outcome, role FROM access.enter_session($1, $2)",
        None,
    )
}
impl EnterSessionStmt {
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
        session: &'a uuid::Uuid,
        account: &'a uuid::Uuid,
    ) -> EnterSessionQuery<'c, 'a, 's, C, EnterSession, 2> {
        EnterSessionQuery {
            client,
            params: [session, account],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<EnterSessionBorrowed, tokio_postgres::Error> {
                    Ok(EnterSessionBorrowed {
                        outcome: row.try_get(0)?,
                        role: row.try_get(1)?,
                    })
                },
            mapper: |it| EnterSession::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        EnterSessionParams,
        EnterSessionQuery<'c, 'a, 's, C, EnterSession, 2>,
        C,
    > for EnterSessionStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a EnterSessionParams,
    ) -> EnterSessionQuery<'c, 'a, 's, C, EnterSession, 2> {
        self.bind(client, &params.session, &params.account)
    }
}
pub struct ExtendSessionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Set the last use and the expiry of a session.
pub fn extend_session() -> ExtendSessionStmt {
    ExtendSessionStmt(
        "UPDATE auth.sessions SET last_used_at = $1, idle_expires_at = $2, expires_at = $3 WHERE id = $4",
        None,
    )
}
impl ExtendSessionStmt {
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
        idle_expires_at: &'a time::OffsetDateTime,
        expires_at: &'a time::OffsetDateTime,
        id: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(self.0, &[now, idle_expires_at, expires_at, id])
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        ExtendSessionParams,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for ExtendSessionStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a ExtendSessionParams,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.now,
            &params.idle_expires_at,
            &params.expires_at,
            &params.id,
        ))
    }
}
pub struct RevokeSessionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Revoke one session of any account.
pub fn revoke_session() -> RevokeSessionStmt {
    RevokeSessionStmt(
        "UPDATE auth.sessions SET revoked_at = $1, revoked_reason = $2 WHERE id = $3 AND revoked_at IS NULL RETURNING account_id",
        None,
    )
}
impl RevokeSessionStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>(
        &'s self,
        client: &'c C,
        now: &'a time::OffsetDateTime,
        reason: &'a T1,
        id: &'a uuid::Uuid,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 3> {
        UuidUuidQuery {
            client,
            params: [now, reason, id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        RevokeSessionParams<T1>,
        UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 3>,
        C,
    > for RevokeSessionStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a RevokeSessionParams<T1>,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 3> {
        self.bind(client, &params.now, &params.reason, &params.id)
    }
}
pub struct RevokeOwnSessionStmt(&'static str, Option<tokio_postgres::Statement>);
/// Revoke one live session of an account.
pub fn revoke_own_session() -> RevokeOwnSessionStmt {
    RevokeOwnSessionStmt(
        "UPDATE auth.sessions SET revoked_at = $1, revoked_reason = $2 WHERE id = $3 AND account_id = $4 AND revoked_at IS NULL AND expires_at > $1 AND idle_expires_at > $1",
        None,
    )
}
impl RevokeOwnSessionStmt {
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
        now: &'a time::OffsetDateTime,
        reason: &'a T1,
        id: &'a uuid::Uuid,
        account_id: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[now, reason, id, account_id]).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        RevokeOwnSessionParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for RevokeOwnSessionStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a RevokeOwnSessionParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.now,
            &params.reason,
            &params.id,
            &params.account_id,
        ))
    }
}
pub struct RevokeSessionsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Revoke all sessions of an account.
pub fn revoke_sessions() -> RevokeSessionsStmt {
    RevokeSessionsStmt(
        "UPDATE auth.sessions SET revoked_at = $1, revoked_reason = $2 WHERE account_id = $3 AND revoked_at IS NULL",
        None,
    )
}
impl RevokeSessionsStmt {
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
        now: &'a time::OffsetDateTime,
        reason: &'a T1,
        account_id: &'a uuid::Uuid,
    ) -> Result<u64, tokio_postgres::Error> {
        client.execute(self.0, &[now, reason, account_id]).await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        RevokeSessionsParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for RevokeSessionsStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a RevokeSessionsParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(client, &params.now, &params.reason, &params.account_id))
    }
}
pub struct RevokeOldestSessionsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Revoke the live sessions of an account except the newest ones.
pub fn revoke_oldest_sessions() -> RevokeOldestSessionsStmt {
    RevokeOldestSessionsStmt(
        "UPDATE auth.sessions s SET revoked_at = $1, revoked_reason = $2 FROM ( SELECT o.id, row_number() OVER (ORDER BY o.created_at DESC, o.id DESC) AS rank FROM auth.sessions o WHERE o.account_id = $3 AND o.revoked_at IS NULL AND o.expires_at > $1 AND o.idle_expires_at > $1 ) AS ranked WHERE ranked.id = s.id AND ranked.rank > $4 AND s.revoked_at IS NULL",
        None,
    )
}
impl RevokeOldestSessionsStmt {
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
        now: &'a time::OffsetDateTime,
        reason: &'a T1,
        account_id: &'a uuid::Uuid,
        keep: &'a i64,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(self.0, &[now, reason, account_id, keep])
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        RevokeOldestSessionsParams<T1>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for RevokeOldestSessionsStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a RevokeOldestSessionsParams<T1>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.now,
            &params.reason,
            &params.account_id,
            &params.keep,
        ))
    }
}
pub struct DeleteEndedSessionsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Delete sessions that expired or were revoked before a time, with their refresh tokens.
pub fn delete_ended_sessions() -> DeleteEndedSessionsStmt {
    DeleteEndedSessionsStmt(
        "DELETE FROM auth.sessions WHERE expires_at < $1 OR revoked_at < $1",
        None,
    )
}
impl DeleteEndedSessionsStmt {
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
