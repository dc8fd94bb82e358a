//! Transactions that know who is asking.
use crate::{Client, Db, DbRole, Error};
use futures_util::FutureExt;
use infravault_kernel::{AccountId, Actor, ApiTokenId, Credential, Ctx, Id, Person, Role, Scopes, Via};
use std::ops::Deref;
use tokio_postgres::Row;

const ENTER_SESSION: &str = include_str!("../../../queries/db/enter_session.sql");
const ENTER_TOKEN: &str = include_str!("../../../queries/db/enter_token.sql");

/// An open transaction on a connection of its own. Dropping it without [`Tx::commit`] rolls it back.
///
/// It dereferences to the connection, so that statements are prepared once per connection.
#[derive(Debug)]
pub struct Tx {
    client: Option<Client>,
}

impl Tx {
    /// Makes everything that was done durable. An error leaves the outcome unknown: the caller must not undo
    /// anything outside the database because of it.
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
            forget(&client, "ROLLBACK");
        }
    }
}

/// Sends a statement without waiting for its answer: polling once puts it on the wire, and whatever the next
/// user of the connection sends comes after it.
fn forget(client: &Client, statement: &str) {
    let _ = client.batch_execute(statement).now_or_never();
}

/// Begins a transaction with a statement of its own.
pub(crate) async fn begun(client: Client, begin: &str) -> Result<Tx, Error> {
    let outcome = client.batch_execute(begin).await;
    let tx = Tx { client: Some(client) };
    outcome?;
    Ok(tx)
}

impl Db {
    /// Begins a transaction for a request and tells it who is asking, in one round trip. Fails when the session
    /// or token has ended or the account is suspended. Nobody ([`Credential::Anonymous`]) sees public rows only.
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
                    futures_util::join!(client.batch_execute("BEGIN"), enter(&client, credential));
                (client, begun.map_err(Error::from).and(actor))
            }
        };
        let tx = Tx { client: Some(client) };
        begun.map(|actor| (tx, actor))
    }

    /// Begins a transaction of the process itself: sign-in, sweeper, administration on the command line.
    pub async fn begin_system(&self) -> Result<Tx, Error> {
        begun(self.client(DbRole::Worker).await?, "BEGIN").await
    }

    /// Runs one reading statement for a request: begin, context, statement and commit leave in one flush.
    ///
    /// `prepare` makes the statement known to the connection, where it is not yet; `run` sends it, when it is first
    /// polled and without waiting for anything before. A statement that came later would find the transaction ended, and
    /// with it the context: it would see nothing.
    ///
    /// Nobody ([`Credential::Anonymous`]) reads on the shared connections, without a transaction.
    pub async fn read<S, T>(
        &self,
        ctx: &Ctx,
        prepare: impl AsyncFnOnce(&Client) -> Result<S, tokio_postgres::Error>,
        run: impl AsyncFnOnce(&Client, S) -> Result<T, tokio_postgres::Error>,
    ) -> Result<(Actor, T), Error> {
        match &ctx.credential {
            Credential::Anonymous => {
                let client = self.anon().await?;
                let statement = prepare(&client).await?;
                Ok((Actor::Anonymous, run(&client, statement).await?))
            }
            Credential::System => {
                let client = self.client(DbRole::Worker).await?;
                let statement = prepare(&client).await?;
                Ok((Actor::System, run(&client, statement).await?))
            }
            credential => {
                let client = self.client(DbRole::App).await?;
                prepare_gate(&client, credential).await?;
                let statement = prepare(&client).await?;
                // Polled in this order, so sent in this order. Whoever stops waiting leaves a connection on which the
                // transaction ends by itself.
                let (begun, actor, answer, ended) = futures_util::join!(
                    client.batch_execute("BEGIN"),
                    enter(&client, credential),
                    run(&client, statement),
                    client.batch_execute("COMMIT"),
                );
                begun?;
                let read = (actor?, answer?);
                ended?;
                Ok(read)
            }
        }
    }
}

async fn prepare_gate(client: &Client, credential: &Credential) -> Result<(), Error> {
    let gate = match credential {
        Credential::ApiToken { .. } => ENTER_TOKEN,
        _ => ENTER_SESSION,
    };
    client.prepare_cached(gate).await?;
    Ok(())
}

async fn enter(client: &Client, credential: &Credential) -> Result<Actor, Error> {
    match credential {
        Credential::Session { session, account } => {
            let statement = client.prepare_cached(ENTER_SESSION).await?;
            let row = client
                .query_one(&statement, &[&session.uuid(), &account.uuid()])
                .await?;
            let (via, scopes) = (Via::Session(*session), Scopes::all());
            person(&row, || Ok((via, scopes)))
        }
        Credential::ApiToken { hash } => {
            let statement = client.prepare_cached(ENTER_TOKEN).await?;
            let row = client.query_one(&statement, &[&hash.as_slice()]).await?;
            person(&row, || {
                let scopes: &str = row.try_get(5)?;
                let scopes = scopes
                    .parse()
                    .map_err(|_| inconsistent("the scopes of an API token"))?;
                Ok((Via::ApiToken(ApiTokenId::from_uuid(row.try_get(4)?)), scopes))
            })
        }
        Credential::Anonymous | Credential::System => Ok(Actor::Anonymous),
    }
}

fn person(row: &Row, via: impl FnOnce() -> Result<(Via, Scopes), Error>) -> Result<Actor, Error> {
    match row.try_get(0)? {
        "live" => {
            let role: Role = row
                .try_get::<_, &str>(2)?
                .parse()
                .map_err(|_| inconsistent("the role of an account"))?;
            let (via, scopes) = via()?;
            let account = AccountId::from_uuid(row.try_get(1)?);
            Ok(Actor::Person(Person {
                account,
                role,
                scopes,
                quota_bytes: row.try_get(3)?,
                via,
            }))
        }
        "suspended" => Err(Error::AccountSuspended),
        _ => Err(Error::CredentialEnded),
    }
}

fn inconsistent(what: &str) -> Error {
    Error::Inconsistent(what.to_owned())
}
