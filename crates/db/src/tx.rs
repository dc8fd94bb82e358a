//! Transactions that carry the caller.
use crate::{Client, Db, DbRole, Error};
use futures_util::FutureExt;
use infravault_kernel::{
    AccountId, Actor, ApiTokenId, AuthMethod, Credential, Ctx, Id, Principal, Role, Scopes,
};
use std::ops::Deref;
use tokio_postgres::Row;

const ENTER_SESSION: &str = include_str!("../../../queries/db/enter_session.sql");
const ENTER_TOKEN: &str = include_str!("../../../queries/db/enter_token.sql");

/// An open transaction on a dedicated connection. Dropping it without [`Tx::commit`] rolls it back.
///
/// It dereferences to the connection, so that statements are prepared once per connection.
#[derive(Debug)]
pub struct Tx {
    client: Option<Client>,
}

impl Tx {
    /// Commits the transaction. After an error the outcome is unknown, so the caller must not undo anything outside the
    /// database.
    pub async fn commit(mut self) -> Result<(), Error> {
        if let Some(client) = self.client.take() {
            client.batch_execute("COMMIT").await?;
        }
        Ok(())
    }
}

impl Deref for Tx {
    type Target = Client;
    #[expect(
        clippy::expect_used,
        reason = "only commit and drop take the connection, and they end the value"
    )]
    fn deref(&self) -> &Client {
        self.client
            .as_ref()
            .expect("a transaction has its connection until it ends")
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            send_without_waiting(&client, "ROLLBACK");
        }
    }
}

/// Sends a statement without waiting for its result: polling once queues it ahead of the statements of the next user of
/// the connection.
fn send_without_waiting(client: &Client, statement: &str) {
    let _ = client.batch_execute(statement).now_or_never();
}

/// Begins a transaction on a connection, with the given `BEGIN` statement.
pub(crate) async fn begin_on(client: Client, begin: &str) -> Result<Tx, Error> {
    let outcome = client.batch_execute(begin).await;
    let tx = Tx { client: Some(client) };
    outcome?;
    Ok(tx)
}

impl Db {
    /// Begins a transaction for a request and sets its caller, in one round trip. Returns an error if the session or token
    /// has ended or the account is suspended. [`Credential::Anonymous`] sees public rows only.
    pub async fn begin(&self, ctx: &Ctx) -> Result<(Tx, Actor), Error> {
        let (client, begun) = match &ctx.credential {
            Credential::Anonymous => {
                let client = self.client(DbRole::App).await?;
                let begun = client
                    .batch_execute("BEGIN")
                    .await
                    .map(|()| Actor::Anonymous)
                    .map_err(Error::from);
                (client, begun)
            }
            Credential::System => {
                let client = self.client(DbRole::Worker).await?;
                let begun = client
                    .batch_execute("BEGIN")
                    .await
                    .map(|()| Actor::System)
                    .map_err(Error::from);
                (client, begun)
            }
            credential => {
                let client = self.client(DbRole::App).await?;
                let (begun, actor) =
                    futures_util::join!(client.batch_execute("BEGIN"), authenticate(&client, credential));
                (client, begun.map_err(Error::from).and(actor))
            }
        };
        let tx = Tx { client: Some(client) };
        begun.map(|actor| (tx, actor))
    }

    /// Begins a transaction of the process itself: sign-in, sweeper, administrative commands.
    pub async fn begin_system(&self) -> Result<Tx, Error> {
        begin_on(self.client(DbRole::Worker).await?, "BEGIN").await
    }

    /// Runs one read-only statement for a request: begin, caller, statement and commit are sent in one flush.
    ///
    /// `prepare` prepares the statement on the connection. `execute` must send it when first polled: a statement sent later
    /// would run after the commit, without the caller, and see nothing.
    ///
    /// [`Credential::Anonymous`] reads on the shared connections, without a transaction.
    pub async fn read<S, T>(
        &self,
        ctx: &Ctx,
        prepare: impl AsyncFnOnce(&Client) -> Result<S, tokio_postgres::Error>,
        execute: impl AsyncFnOnce(&Client, S) -> Result<T, tokio_postgres::Error>,
    ) -> Result<(Actor, T), Error> {
        match &ctx.credential {
            Credential::Anonymous => {
                let client = self.anonymous_client().await?;
                let statement = prepare(&client).await?;
                Ok((Actor::Anonymous, execute(&client, statement).await?))
            }
            Credential::System => {
                let client = self.client(DbRole::Worker).await?;
                let statement = prepare(&client).await?;
                Ok((Actor::System, execute(&client, statement).await?))
            }
            credential => {
                let client = self.client(DbRole::App).await?;
                prepare_enter(&client, credential).await?;
                let statement = prepare(&client).await?;
                // Polled in this order, and therefore sent in this order. If the future is dropped, the transaction still ends.
                let (begun, actor, result, ended) = futures_util::join!(
                    client.batch_execute("BEGIN"),
                    authenticate(&client, credential),
                    execute(&client, statement),
                    client.batch_execute("COMMIT"),
                );
                begun?;
                let read = (actor?, result?);
                ended?;
                Ok(read)
            }
        }
    }
}

async fn prepare_enter(client: &Client, credential: &Credential) -> Result<(), Error> {
    let statement = match credential {
        Credential::ApiToken { .. } => ENTER_TOKEN,
        _ => ENTER_SESSION,
    };
    client.prepare_cached(statement).await?;
    Ok(())
}

async fn authenticate(client: &Client, credential: &Credential) -> Result<Actor, Error> {
    match credential {
        Credential::Session { session, account } => {
            let statement = client.prepare_cached(ENTER_SESSION).await?;
            let row = client
                .query_one(&statement, &[&session.uuid(), &account.uuid()])
                .await?;
            resolve_actor(&row, || Ok((AuthMethod::Session(*session), Scopes::all())))
        }
        Credential::ApiToken { hash } => {
            let statement = client.prepare_cached(ENTER_TOKEN).await?;
            let row = client.query_one(&statement, &[&hash.as_slice()]).await?;
            resolve_actor(&row, || {
                let scopes: &str = row.try_get(5)?;
                let scopes = scopes
                    .parse()
                    .map_err(|_| inconsistent("the scopes of an API token"))?;
                Ok((
                    AuthMethod::ApiToken(ApiTokenId::from_uuid(row.try_get(4)?)),
                    scopes,
                ))
            })
        }
        Credential::Anonymous | Credential::System => Ok(Actor::Anonymous),
    }
}

fn resolve_actor(
    row: &Row,
    credential: impl FnOnce() -> Result<(AuthMethod, Scopes), Error>,
) -> Result<Actor, Error> {
    match row.try_get(0)? {
        "live" => {
            let role: Role = row
                .try_get::<_, &str>(2)?
                .parse()
                .map_err(|_| inconsistent("the role of an account"))?;
            let (auth_method, scopes) = credential()?;
            let account = AccountId::from_uuid(row.try_get(1)?);
            Ok(Actor::Authenticated(Principal {
                account,
                role,
                scopes,
                quota_bytes: row.try_get(3)?,
                auth_method,
            }))
        }
        "suspended" => Err(Error::AccountSuspended),
        _ => Err(Error::CredentialEnded),
    }
}

fn inconsistent(value: &str) -> Error {
    Error::Inconsistent(value.to_owned())
}
