//! Connection pools, one per database role, and the connections that anonymous reads share.
use crate::{Config, Error, tls};
use deadpool_postgres::{Client, Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::RwLock;

const SERVER_INFO: &str = include_str!("../../../queries/db/server_info.sql");

/// The database roles of the product. None can log in; a new connection switches to one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DbRole {
    /// Requests of users; row-level security applies.
    App,
    /// Anonymous requests; reads public rows only.
    Anon,
    /// Sign-in and background work; reads every row.
    Worker,
}

impl DbRole {
    /// The role's name in PostgreSQL.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::App => "infravault_app",
            Self::Anon => "infravault_anon",
            Self::Worker => "infravault_worker",
        }
    }
}

/// The load of the connection pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// Open connections for requests of users.
    pub open: usize,
    /// Requests that wait for a connection.
    pub waiting: usize,
}

/// Information about the server for operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerInfo {
    /// The PostgreSQL version, such as `18.4`.
    pub version: String,
    /// Whether the login is a superuser, which bypasses row-level security.
    pub superuser: bool,
}

/// The database. Clones share the pools.
#[derive(Clone)]
pub struct Db(Arc<Pools>);

struct Pools {
    app: Pool,
    worker: Pool,
    anon: Pool,
    shared: Vec<RwLock<Option<Arc<Client>>>>,
    next: AtomicUsize,
    config: Config,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("health", &self.health()).finish()
    }
}

impl Db {
    /// Creates the pools without opening a connection, so this succeeds while PostgreSQL is unavailable.
    pub fn new(config: &Config) -> Result<Self, Error> {
        Ok(Self(Arc::new(Pools {
            app: pool(config, DbRole::App, config.max_conns)?,
            worker: pool(config, DbRole::Worker, config.worker_conns)?,
            anon: pool(config, DbRole::Anon, config.anon_conns)?,
            shared: (0..config.anon_conns).map(|_| RwLock::new(None)).collect(),
            next: AtomicUsize::new(0),
            config: config.clone(),
        })))
    }

    /// The settings of the pools.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The load of the connection pool.
    #[must_use]
    pub fn health(&self) -> Health {
        let status = self.0.app.status();
        Health {
            open: status.size,
            waiting: status.waiting,
        }
    }

    /// Takes a connection of a role from its pool.
    pub(crate) async fn client(&self, role: DbRole) -> Result<Client, Error> {
        let pool = match role {
            DbRole::App => &self.0.app,
            DbRole::Worker => &self.0.worker,
            DbRole::Anon => &self.0.anon,
        };
        pool.get().await.map_err(Error::unavailable)
    }

    /// Returns a shared connection of `infravault_anon`. It pipelines the statements of many requests, each in its own
    /// implicit transaction. Callers must not begin a transaction or change a setting.
    pub async fn anonymous_client(&self) -> Result<Arc<Client>, Error> {
        let at = self.0.next.fetch_add(1, Ordering::Relaxed) % self.0.shared.len();
        let slot = self
            .0
            .shared
            .get(at)
            .ok_or_else(|| Error::Config("no shared connection".to_owned()))?;
        if let Some(client) = slot.read().await.as_ref().filter(|client| !client.is_closed()) {
            return Ok(Arc::clone(client));
        }
        let mut slot = slot.write().await;
        if let Some(client) = slot.as_ref().filter(|client| !client.is_closed()) {
            return Ok(Arc::clone(client));
        }
        *slot = None;
        let client = Arc::new(self.client(DbRole::Anon).await?);
        *slot = Some(Arc::clone(&client));
        Ok(client)
    }

    /// Checks that PostgreSQL responds on every kind of connection.
    pub async fn ping(&self) -> Result<(), Error> {
        self.client(DbRole::App).await?.batch_execute("").await?;
        self.anonymous_client().await?.batch_execute("").await?;
        Ok(())
    }

    /// Reads the server version and the privileges of the login.
    pub async fn server_info(&self) -> Result<ServerInfo, Error> {
        let row = self
            .client(DbRole::Worker)
            .await?
            .query_one(SERVER_INFO, &[])
            .await?;
        Ok(ServerInfo {
            version: row.try_get(0)?,
            superuser: row.try_get(1)?,
        })
    }

    /// Opens the minimum number of connections, so that the first requests do not wait.
    pub async fn warm_up(&self) -> Result<(), Error> {
        let wanted = self.0.config.min_conns.min(self.0.config.max_conns);
        let mut held = Vec::new();
        for _ in 0..wanted {
            held.push(self.client(DbRole::App).await?);
        }
        Ok(())
    }

    /// Closes idle connections above the minimum. Call it periodically.
    pub fn close_idle(&self) {
        let (max_idle, keep) = (self.0.config.max_idle, self.0.config.min_conns);
        let mut open = self.0.app.status().size;
        self.0.app.retain(|_, metrics| {
            let stays = open <= keep || metrics.last_used() < max_idle;
            open -= usize::from(!stays);
            stays
        });
        self.0.worker.retain(|_, metrics| metrics.last_used() < max_idle);
    }
}

fn pool(config: &Config, role: DbRole, size: usize) -> Result<Pool, Error> {
    let postgres = connection(config, Some(role))?;
    let manager = Manager::from_config(
        postgres,
        tls::connector()?,
        ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        },
    );
    let lifetime = config.max_lifetime;
    let too_old = Hook::sync_fn(move |_, metrics| {
        if metrics.age() > lifetime {
            Err(HookError::message("older than DB_MAX_CONN_LIFETIME"))
        } else {
            Ok(())
        }
    });
    Pool::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(config.acquire_timeout))
        .create_timeout(Some(config.acquire_timeout))
        .recycle_timeout(Some(config.acquire_timeout))
        .pre_recycle(too_old)
        .build()
        .map_err(|error| Error::Config(error.to_string()))
}

/// The settings of one connection: its role and timeouts.
pub(crate) fn connection(config: &Config, role: Option<DbRole>) -> Result<tokio_postgres::Config, Error> {
    let mut postgres: tokio_postgres::Config = config
        .url
        .expose()
        .parse()
        .map_err(|_| Error::Config("DATABASE_URL is not a PostgreSQL connection string".to_owned()))?;
    let mut options = postgres.get_options().unwrap_or_default().to_owned();
    if let Some(role) = role {
        let timeout = config.statement_timeout.as_millis();
        let settings = [
            format!("role={}", role.name()),
            format!("statement_timeout={timeout}"),
            "idle_in_transaction_session_timeout=30000".to_owned(),
            "jit=off".to_owned(),
            // Full-text searches for stop words only would log notices.
            "client_min_messages=warning".to_owned(),
        ];
        options.extend(settings.map(|setting| format!(" -c {setting}")));
    }
    postgres
        .options(options)
        .application_name("infravault")
        .connect_timeout(config.acquire_timeout)
        .keepalives_idle(Duration::from_secs(10))
        .tcp_user_timeout(Duration::from_secs(10));
    Ok(postgres)
}
