//! Connections of the login, which owns the schemas, under none of the three roles: for migrations and the job queue.
use crate::{Config, Error, pool, tls};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use futures_util::{StreamExt, stream};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client};

/// Opens connections of the login.
#[derive(Clone, Debug)]
pub struct OwnerConnector {
    postgres: tokio_postgres::Config,
    timeout: Duration,
}

/// A connection that receives notifications. Dropping it closes the connection.
#[derive(Debug)]
pub struct Listener {
    // Dropping the client would end the connection.
    _client: Client,
    notified: mpsc::UnboundedReceiver<()>,
}

impl Listener {
    /// Returns `true` after a notification and `false` after the end of the connection.
    pub async fn notified(&mut self) -> bool {
        self.notified.recv().await.is_some()
    }
}

impl OwnerConnector {
    /// For schema changes: without a statement timeout.
    pub fn for_migrations(url: &str) -> Result<Self, Error> {
        let timeout = Duration::from_secs(5);
        let mut postgres = parse(url)?;
        postgres
            .application_name("infravault migrate")
            .connect_timeout(timeout);
        Ok(Self { postgres, timeout })
    }

    /// For background work: with the usual timeouts.
    pub fn for_work(config: &Config) -> Result<Self, Error> {
        let mut postgres = pool::connection(config, None)?;
        let statement_timeout = config.statement_timeout.as_millis();
        let options = postgres.get_options().unwrap_or_default();
        let options = format!(
            "{options} -c statement_timeout={statement_timeout} -c idle_in_transaction_session_timeout=30000 -c jit=off"
        );
        postgres.options(options).application_name("infravault jobs");
        Ok(Self {
            postgres,
            timeout: config.acquire_timeout,
        })
    }

    /// Opens a connection.
    pub async fn connect(&self) -> Result<Client, Error> {
        let (client, connection) = self
            .postgres
            .connect(tls::connector()?)
            .await
            .map_err(Error::unavailable)?;
        // The task ends when the client is dropped. The running statement returns errors of the connection.
        tokio::spawn(connection);
        Ok(client)
    }

    /// Creates a pool without opening a connection.
    pub fn pool(&self, size: usize) -> Result<Pool, Error> {
        let recycling_method = RecyclingMethod::Fast;
        let manager = Manager::from_config(
            self.postgres.clone(),
            tls::connector()?,
            ManagerConfig { recycling_method },
        );
        Pool::builder(manager)
            .max_size(size)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(self.timeout))
            .create_timeout(Some(self.timeout))
            .recycle_timeout(Some(self.timeout))
            .build()
            .map_err(|error| Error::Config(error.to_string()))
    }

    /// Opens a connection that receives notifications of a channel from now on.
    pub async fn listen(&self, channel: &str) -> Result<Listener, Error> {
        let (client, mut connection) = self
            .postgres
            .connect(tls::connector()?)
            .await
            .map_err(Error::unavailable)?;
        let (sender, notified) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
            while let Some(Ok(message)) = messages.next().await {
                if matches!(message, AsyncMessage::Notification(_)) && sender.send(()).is_err() {
                    return;
                }
            }
        });
        let channel = channel.replace('"', "\"\"");
        client.batch_execute(&format!("LISTEN \"{channel}\"")).await?;
        Ok(Listener {
            _client: client,
            notified,
        })
    }
}

fn parse(url: &str) -> Result<tokio_postgres::Config, Error> {
    url.parse()
        .map_err(|_| Error::Config("DATABASE_URL is not a PostgreSQL connection string".to_owned()))
}
