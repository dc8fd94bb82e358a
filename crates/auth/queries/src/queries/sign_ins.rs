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
    pub earlier_session: Option<uuid::Uuid>,
    pub created_at: time::OffsetDateTime,
    pub expires_at: time::OffsetDateTime,
}
#[derive(Debug)]
pub struct TakeSignInsParams<T1: crate::BytesSql, T2: crate::StringSql> {
    pub id_hash: T1,
    pub state: T2,
}
#[derive(Debug, Clone, PartialEq)]
pub struct TakeSignIns {
    pub id_hash: Vec<u8>,
    pub provider: String,
    pub state: String,
    pub nonce: String,
    pub pkce_verifier: String,
    pub return_to: String,
    pub earlier_session: Option<uuid::Uuid>,
    pub expires_at: time::OffsetDateTime,
}
pub struct TakeSignInsBorrowed<'a> {
    pub id_hash: &'a [u8],
    pub provider: &'a str,
    pub state: &'a str,
    pub nonce: &'a str,
    pub pkce_verifier: &'a str,
    pub return_to: &'a str,
    pub earlier_session: Option<uuid::Uuid>,
    pub expires_at: time::OffsetDateTime,
}
impl<'a> From<TakeSignInsBorrowed<'a>> for TakeSignIns {
    fn from(
        TakeSignInsBorrowed {
            id_hash,
            provider,
            state,
            nonce,
            pkce_verifier,
            return_to,
            earlier_session,
            expires_at,
        }: TakeSignInsBorrowed<'a>,
    ) -> Self {
        Self {
            id_hash: id_hash.into(),
            provider: provider.into(),
            state: state.into(),
            nonce: nonce.into(),
            pkce_verifier: pkce_verifier.into(),
            return_to: return_to.into(),
            earlier_session,
            expires_at,
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct TakeSignInsQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<TakeSignInsBorrowed, tokio_postgres::Error>,
    mapper: fn(TakeSignInsBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> TakeSignInsQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(TakeSignInsBorrowed) -> R,
    ) -> TakeSignInsQuery<'c, 'a, 's, C, R, N> {
        TakeSignInsQuery {
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
/// Remembers a sign-in that goes to the provider now.
pub fn add_sign_in() -> AddSignInStmt {
    AddSignInStmt(
        "INSERT INTO auth.sign_ins (id_hash, provider, state, nonce, pkce_verifier, return_to, earlier_session, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
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
        earlier_session: &'a Option<uuid::Uuid>,
        created_at: &'a time::OffsetDateTime,
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
                    earlier_session,
                    created_at,
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
            &params.earlier_session,
            &params.created_at,
            &params.expires_at,
        ))
    }
}
pub struct TakeSignInsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Removes the sign-in of this browser and the one of this state, so that neither can be tried again.
pub fn take_sign_ins() -> TakeSignInsStmt {
    TakeSignInsStmt(
        "DELETE FROM auth.sign_ins WHERE id_hash = $1 OR state = $2 RETURNING id_hash, provider, state, nonce, pkce_verifier, return_to, earlier_session, expires_at",
        None,
    )
}
impl TakeSignInsStmt {
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
    ) -> TakeSignInsQuery<'c, 'a, 's, C, TakeSignIns, 2> {
        TakeSignInsQuery {
            client,
            params: [id_hash, state],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<TakeSignInsBorrowed, tokio_postgres::Error> {
                    Ok(TakeSignInsBorrowed {
                        id_hash: row.try_get(0)?,
                        provider: row.try_get(1)?,
                        state: row.try_get(2)?,
                        nonce: row.try_get(3)?,
                        pkce_verifier: row.try_get(4)?,
                        return_to: row.try_get(5)?,
                        earlier_session: row.try_get(6)?,
                        expires_at: row.try_get(7)?,
                    })
                },
            mapper: |it| TakeSignIns::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::BytesSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        TakeSignInsParams<T1, T2>,
        TakeSignInsQuery<'c, 'a, 's, C, TakeSignIns, 2>,
        C,
    > for TakeSignInsStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a TakeSignInsParams<T1, T2>,
    ) -> TakeSignInsQuery<'c, 'a, 's, C, TakeSignIns, 2> {
        self.bind(client, &params.id_hash, &params.state)
    }
}
pub struct ForgetSignInsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Removes sign-ins that were never finished.
pub fn forget_sign_ins() -> ForgetSignInsStmt {
    ForgetSignInsStmt("DELETE FROM auth.sign_ins WHERE expires_at < $1", None)
}
impl ForgetSignInsStmt {
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
