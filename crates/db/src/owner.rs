//! Connections of the login itself, under none of the three roles: for what owns a schema, which are the migrations
//! and the queue.
use crate::{Config, Error, pool, tls};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use futures_util::{StreamExt, stream};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client};

/// How connections of the login are made.
#[derive(Clone, Debug)]
pub struct Owner {
    postgres: tokio_postgres::Config,
    patience: Duration,
}

/// A connection that waits for notifications. Dropping it closes the connection.
#[derive(Debug)]
pub struct Listener {
    // Kept, because the connection ends with its client.
    _client: Client,
    notified: mpsc::UnboundedReceiver<()>,
}

impl Listener {
    /// Resolves to `true` when there was a notification, and to `false` when the connection has ended.
    pub async fn notified(&mut self) -> bool {
        self.notified.recv().await.is_some()
    }
}

impl Owner {
    /// For changing a schema: statements may take as long as they need.
    pub fn for_migrations(url: &str) -> Result<Self, Error> {
        let patience = Duration::from_secs(5);
        let mut postgres = parse(url)?;
        postgres
            .application_name("infravault migrate")
            .connect_timeout(patience);
        Ok(Self { postgres, patience })
    }

    /// For background work: with the timeouts of every other connection.
    pub fn for_work(config: &Config) -> Result<Self, Error> {
        let mut postgres = pool::connection(config, None)?;
        let timeout = config.statement_timeout.as_millis();
        let options = postgres.get_options().unwrap_or_default();
        let options = format!(
            "{options} -c statement_timeout={timeout} -c idle_in_transaction_session_timeout=30000 -c jit=off"
        );
        postgres.options(options).application_name("infravault jobs");
        Ok(Self {
            postgres,
            patience: config.acquire_timeout,
        })
    }

    /// A connection.
    pub async fn connect(&self) -> Result<Client, Error> {
        let (client, connection) = self
            .postgres
            .connect(tls::connector()?)
            .await
            .map_err(Error::unavailable)?;
        // The task ends when the client is dropped; an error of the connection reaches the statement under way.
        tokio::spawn(connection);
        Ok(client)
    }

    /// A pool. No connection is made yet.
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
            .wait_timeout(Some(self.patience))
            .create_timeout(Some(self.patience))
            .recycle_timeout(Some(self.patience))
            .build()
            .map_err(|error| Error::Config(error.to_string()))
    }

    /// A connection of its own that hears what is sent to a channel from now on.
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
        .map_err(|_| Error::Config("DATABASE_URL is no PostgreSQL address".to_owned()))
}
