// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct AddSignInParams<
    T1: crate::BytesSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::StringSql,
    T6: crate::StringSql,
> {
    pub id_hash: T1,
    pub provider: T2,
    pub state: T3,
    pub nonce: T4,
    pub pkce_verifier: T5,
    pub return_to: T6,
    pub previous_session: Option<uuid::Uuid>,
    pub expires_at: time::OffsetDateTime,
}
#[derive(Debug)]
pub struct ConsumeSignInsParams<T1: crate::BytesSql, T2: crate::StringSql> {
    pub id_hash: T1,
    pub state: T2,
}
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumeSignIns {
    pub id_hash: Vec<u8>,
    pub provider: String,
    pub state: String,
    pub nonce: String,
    pub pkce_verifier: String,
    pub return_to: String,
    pub previous_session: Option<uuid::Uuid>,
    pub expires_at: time::OffsetDateTime,
}
pub struct ConsumeSignInsBorrowed<'a> {
    pub id_hash: &'a [u8],
    pub provider: &'a str,
    pub state: &'a str,
    pub nonce: &'a str,
    pub pkce_verifier: &'a str,
    pub return_to: &'a str,
    pub previous_session: Option<uuid::Uuid>,
    pub expires_at: time::OffsetDateTime,
}
impl<'a> From<ConsumeSignInsBorrowed<'a>> for ConsumeSignIns {
    fn from(
        ConsumeSignInsBorrowed {
            id_hash,
            provider,
            state,
            nonce,
            pkce_verifier,
            return_to,
            previous_session,
            expires_at,
        }: ConsumeSignInsBorrowed<'a>,
    ) -> Self {
        Self {
            id_hash: id_hash.into(),
            provider: provider.into(),
            state: state.into(),
            nonce: nonce.into(),
            pkce_verifier: pkce_verifier.into(),
            return_to: return_to.into(),
            previous_session,
            expires_at,
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct ConsumeSignInsQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<ConsumeSignInsBorrowed, tokio_postgres::Error>,
    mapper: fn(ConsumeSignInsBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> ConsumeSignInsQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(ConsumeSignInsBorrowed) -> R,
    ) -> ConsumeSignInsQuery<'c, 'a, 's, C, R, N> {
        ConsumeSignInsQuery {
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
pub struct AddSignInStmt(&'static str, Option<tokio_postgres::Statement>);
/// Store a started sign-in.
pub fn add_sign_in() -> AddSignInStmt {
    AddSignInStmt(
        "INSERT INTO auth.sign_ins (id_hash, provider, state, nonce, pkce_verifier, return_to, previous_session, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        None,
    )
}
impl AddSignInStmt {
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
        T1: crate::BytesSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
        T4: crate::StringSql,
        T5: crate::StringSql,
        T6: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        id_hash: &'a T1,
        provider: &'a T2,
        state: &'a T3,
        nonce: &'a T4,
        pkce_verifier: &'a T5,
        return_to: &'a T6,
        previous_session: &'a Option<uuid::Uuid>,
        expires_at: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(
                self.0,
                &[
                    id_hash,
                    provider,
                    state,
                    nonce,
                    pkce_verifier,
                    return_to,
                    previous_session,
                    expires_at,
                ],
            )
            .await
    }
}
impl<
    'a,
    C: GenericClient + Send + Sync,
    T1: crate::BytesSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
    T4: crate::StringSql,
    T5: crate::StringSql,
    T6: crate::StringSql,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        AddSignInParams<T1, T2, T3, T4, T5, T6>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for AddSignInStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a AddSignInParams<T1, T2, T3, T4, T5, T6>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.id_hash,
            &params.provider,
            &params.state,
            &params.nonce,
            &params.pkce_verifier,
            &params.return_to,
            &params.previous_session,
            &params.expires_at,
        ))
    }
}
pub struct ConsumeSignInsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Delete the sign-in of this browser and the one with this state, so that neither can be used again.
pub fn consume_sign_ins() -> ConsumeSignInsStmt {
    ConsumeSignInsStmt(
        "DELETE FROM auth.sign_ins WHERE id_hash = $1 OR state = $2 RETURNING id_hash, provider, state, nonce, pkce_verifier, return_to, previous_session, expires_at",
        None,
    )
}
impl ConsumeSignInsStmt {
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
        id_hash: &'a T1,
        state: &'a T2,
    ) -> ConsumeSignInsQuery<'c, 'a, 's, C, ConsumeSignIns, 2> {
        ConsumeSignInsQuery {
            client,
            params: [id_hash, state],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |
                row: &tokio_postgres::Row,
            | -> Result<ConsumeSignInsBorrowed, tokio_postgres::Error> {
                Ok(ConsumeSignInsBorrowed {
                    id_hash: row.try_get(0)?,
                    provider: row.try_get(1)?,
                    state: row.try_get(2)?,
                    nonce: row.try_get(3)?,
                    pkce_verifier: row.try_get(4)?,
                    return_to: row.try_get(5)?,
                    previous_session: row.try_get(6)?,
                    expires_at: row.try_get(7)?,
                })
            },
            mapper: |it| ConsumeSignIns::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ConsumeSignInsParams<T1, T2>,
        ConsumeSignInsQuery<'c, 'a, 's, C, ConsumeSignIns, 2>,
        C,
    > for ConsumeSignInsStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ConsumeSignInsParams<T1, T2>,
    ) -> ConsumeSignInsQuery<'c, 'a, 's, C, ConsumeSignIns, 2> {
        self.bind(client, &params.id_hash, &params.state)
    }
}
pub struct DeleteExpiredSignInsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Delete sign-ins that expired before a time.
pub fn delete_expired_sign_ins() -> DeleteExpiredSignInsStmt {
    DeleteExpiredSignInsStmt("DELETE FROM auth.sign_ins WHERE expires_at < $1", None)
}
impl DeleteExpiredSignInsStmt {
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
