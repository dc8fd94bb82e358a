//! A separate database for each test, cloned from a migrated template.
//!
//! `INFRAVAULT_TEST_DATABASE_URL` is the superuser URL of the cluster. The first process creates the template of the current
//! migrations and queue revision; nothing connects to it afterwards.
use infravault_db::{Config, Db, migrate};
use infravault_kernel::{Clock, Credential, Ctx, config::Env, error_chain};
use slog::Logger;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};
use url::Url;

mod seed;

pub use seed::QUOTA_BYTES;

/// The variable with the superuser URL of the cluster.
const CLUSTER: &str = "INFRAVAULT_TEST_DATABASE_URL";
/// The login of the product: it owns its database and can create roles, but is not a superuser.
const LOGIN: &str = "infravault";
/// The advisory lock of the template's creation: "iv templ" in ASCII.
const LOCK: i64 = 0x6976_2074_656d_706c;

/// A migrated database, which is dropped with this value.
#[derive(Debug)]
pub struct TestDb {
    name: String,
    cluster: Url,
    db: Db,
    log: Logger,
    superuser: OnceCell<Client>,
}

impl TestDb {
    /// Clones the template, and creates it first if missing.
    pub async fn new() -> Self {
        let cluster = cluster();
        let log = crate::log();
        let client = connect(&cluster).await;
        let template = ensure_template(&cluster, &client, &log).await;
        let name = format!("infravault_test_{}", new_uuid(&log).simple());
        let clone = format!("CREATE DATABASE {name} TEMPLATE {template} OWNER {LOGIN}");
        client
            .batch_execute(&clone)
            .await
            .expect("the template database can be cloned");
        let db = Db::new(&config(&cluster, &name, 4)).expect("small pools can be created");
        Self {
            name,
            cluster,
            db,
            log,
            superuser: OnceCell::new(),
        }
    }

    /// The URL of the database for the product's login, as in `DATABASE_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        login_url(&self.cluster, &self.name).to_string()
    }

    /// The URL of the database for a superuser.
    #[must_use]
    pub fn superuser_url(&self) -> String {
        database_url(&self.cluster, &self.name).to_string()
    }

    /// Small connection pools, shared by all callers.
    #[must_use]
    pub fn db(&self) -> Db {
        self.db.clone()
    }

    /// Separate connection pools with at most `max_conns` connections per role.
    #[must_use]
    pub fn db_with_max_conns(&self, max_conns: usize) -> Db {
        Db::new(&config(&self.cluster, &self.name, max_conns)).expect("pools of this size can be created")
    }

    /// The settings of small pools.
    #[must_use]
    pub fn config(&self) -> Config {
        config(&self.cluster, &self.name, 4)
    }

    /// A request context with a credential.
    #[must_use]
    pub fn ctx(&self, credential: Credential) -> Ctx {
        Ctx::new(&self.log, credential, Clock::System)
    }

    /// A superuser connection, for state that a test cannot reach otherwise.
    pub async fn superuser(&self) -> &Client {
        let open = async || connect(&database_url(&self.cluster, &self.name)).await;
        self.superuser.get_or_init(open).await
    }
}

impl Drop for TestDb {
    /// Drops the database and closes its connections. If that fails, the database is deleted with the cluster.
    fn drop(&mut self) {
        let cluster = self.cluster.clone();
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // On a separate thread, because this may run inside or outside a runtime.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| {
                runtime.block_on(async {
                    let (client, connection) = tokio_postgres::connect(cluster.as_str(), NoTls).await?;
                    tokio::spawn(connection);
                    client.batch_execute(&statement).await
                })
            })
        });
        if let Ok(Ok(Err(error))) = dropped.join() {
            slog::warn!(self.log, "cannot drop a test database"; "database" => &self.name, "error" => %error);
        }
    }
}

fn cluster() -> Url {
    let url = std::env::var(CLUSTER).unwrap_or_default();
    assert!(
        !url.is_empty(),
        "{CLUSTER} is not set: this test needs a PostgreSQL cluster. Run it with `cargo xtask test`, which starts \
         one, or set the variable to a superuser URL such as postgres://postgres@127.0.0.1:5432/postgres"
    );
    url.parse()
        .unwrap_or_else(|error| panic!("{CLUSTER} is not a URL: {error}"))
}

async fn connect(url: &Url) -> Client {
    let (client, connection) = tokio_postgres::connect(url.as_str(), NoTls)
        .await
        .unwrap_or_else(|error| panic!("cannot connect to the cluster of {CLUSTER}: {error}"));
    // The task ends when the client is dropped. The running statement returns errors of the connection.
    tokio::spawn(connection);
    client
}

/// Creates the template if missing and returns its name.
///
/// It is migrated under a temporary name, so that an interrupted process leaves no unfinished template.
async fn ensure_template(cluster: &Url, client: &Client, log: &Logger) -> String {
    let name = format!(
        "infravault_template_{}_{}",
        env!("MIGRATIONS_HASH"),
        infravault_jobs::REVISION
    );
    if exists(client, &name).await {
        return name;
    }
    let failed = "the template database can be created";
    client
        .execute("SELECT pg_advisory_lock($1)", &[&LOCK])
        .await
        .expect(failed);
    if !exists(client, &name).await {
        ensure_login(client).await;
        let unfinished = format!("{name}_unfinished");
        let drop_it = format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)");
        client.batch_execute(&drop_it).await.expect(failed);
        let create = format!("CREATE DATABASE {unfinished} TEMPLATE template0 OWNER {LOGIN}");
        client.batch_execute(&create).await.expect(failed);
        let url = login_url(cluster, &unfinished);
        migrate::up(url.as_str(), log)
            .await
            .unwrap_or_else(|error| panic!("cannot migrate the template database: {}", error_chain(&error)));
        infravault_jobs::install(url.as_str(), log)
            .await
            .unwrap_or_else(|error| {
                panic!(
                    "cannot create the queue in the template database: {}",
                    error_chain(&error)
                )
            });
        let close = format!("ALTER DATABASE {unfinished} ALLOW_CONNECTIONS false");
        client.batch_execute(&close).await.expect(failed);
        // PostgreSQL waits until the migration's connection is closed.
        let rename = format!("ALTER DATABASE {unfinished} RENAME TO {name}");
        client.batch_execute(&rename).await.expect(failed);
    }
    client
        .execute("SELECT pg_advisory_unlock($1)", &[&LOCK])
        .await
        .expect(failed);
    name
}

async fn exists(client: &Client, database: &str) -> bool {
    let found = client
        .query_opt("SELECT FROM pg_database WHERE datname = $1", &[&database])
        .await;
    found
        .expect("the databases of the cluster can be listed")
        .is_some()
}

/// Creates the login if missing. Call it under the lock.
async fn ensure_login(client: &Client) {
    let find = "SELECT FROM pg_roles WHERE rolname = $1";
    let found = client.query_opt(find, &[&LOGIN]).await;
    if found.expect("the roles of the cluster can be listed").is_none() {
        let create = format!("CREATE ROLE {LOGIN} LOGIN CREATEROLE PASSWORD '{LOGIN}'");
        client
            .batch_execute(&create)
            .await
            .expect("the login of the product can be created");
    }
}

fn database_url(cluster: &Url, database: &str) -> Url {
    let mut url = cluster.clone();
    url.set_path(database);
    url
}

fn login_url(cluster: &Url, database: &str) -> Url {
    let mut url = database_url(cluster, database);
    let set = url
        .set_username(LOGIN)
        .and_then(|()| url.set_password(Some(LOGIN)));
    set.unwrap_or_else(|()| panic!("{CLUSTER} has no host"));
    url
}

fn config(cluster: &Url, database: &str, max_conns: usize) -> Config {
    let values = [
        ("DATABASE_URL", login_url(cluster, database).to_string()),
        ("DB_MAX_CONNS", max_conns.to_string()),
        ("DB_MIN_CONNS", "0".to_owned()),
        ("DB_WORKER_MAX_CONNS", max_conns.min(2).to_string()),
        ("DB_ANONYMOUS_CONNS", "1".to_owned()),
        // Long enough for a busy machine.
        ("DB_ACQUIRE_TIMEOUT", "20s".to_owned()),
        ("DB_STATEMENT_TIMEOUT", "20s".to_owned()),
    ];
    let mut env: Env = values
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let config = Config::from_env(&mut env);
    env.finish().expect("the settings of the pools are valid");
    config
}

fn new_uuid(log: &Logger) -> uuid::Uuid {
    use infravault_kernel::{Id, ImageId};
    Ctx::system(log, Clock::System).new_id::<ImageId>().uuid()
}
