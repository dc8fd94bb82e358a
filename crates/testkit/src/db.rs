//! A database of its own for each test, cloned from a migrated template.
//!
//! The cluster is the one that `INFRAVAULT_TEST_DATABASE_URL` names, as a superuser. The template is made once for
//! each state of the migrations and of the queue, by whichever process comes first; it is never connected to afterwards.
use infravault_db::{Config, Db, migrate};
use infravault_kernel::{Clock, Credential, Ctx, config::Env};
use slog::Logger;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};
use url::Url;

mod seed;

pub use seed::QUOTA_BYTES;

/// The cluster's address as a superuser.
const CLUSTER: &str = "INFRAVAULT_TEST_DATABASE_URL";
/// The login of the product: owns its database, may make roles, is no superuser.
const LOGIN: &str = "infravault";
/// Held while the template is made. Any number will do that nothing else locks: "iv templ" in ASCII.
const LOCK: i64 = 0x6976_2074_656d_706c;

/// A database with all migrations, dropped together with this value.
#[derive(Debug)]
pub struct TestDb {
    name: String,
    cluster: Url,
    db: Db,
    log: Logger,
    superuser: OnceCell<Client>,
}

impl TestDb {
    /// Clones the template; makes it first where it is missing.
    pub async fn new() -> Self {
        let cluster = cluster();
        let log = crate::log();
        let client = connect(&cluster).await;
        let template = template(&cluster, &client, &log).await;
        let name = format!("infravault_test_{}", new_uuid(&log).simple());
        let clone = format!("CREATE DATABASE {name} TEMPLATE {template} OWNER {LOGIN}");
        client
            .batch_execute(&clone)
            .await
            .expect("the template database can be cloned");
        let db = Db::new(&config(&cluster, &name, 4)).expect("small pools can be made");
        Self {
            name,
            cluster,
            db,
            log,
            superuser: OnceCell::new(),
        }
    }

    /// The database's address for the product's login, as `DATABASE_URL` would have it.
    #[must_use]
    pub fn url(&self) -> String {
        login_url(&self.cluster, &self.name).to_string()
    }

    /// The database's address for a superuser, whom no rule of the database binds.
    #[must_use]
    pub fn superuser_url(&self) -> String {
        at(&self.cluster, &self.name).to_string()
    }

    /// Small pools that every caller shares.
    #[must_use]
    pub fn db(&self) -> Db {
        self.db.clone()
    }

    /// Pools of their own, of at most `max_conns` connections for each role.
    #[must_use]
    pub fn db_with_max_conns(&self, max_conns: usize) -> Db {
        Db::new(&config(&self.cluster, &self.name, max_conns)).expect("pools of this size can be made")
    }

    /// The settings of small pools, for what makes its own [`Db`].
    #[must_use]
    pub fn config(&self) -> Config {
        config(&self.cluster, &self.name, 4)
    }

    /// A request of whom the credential names, at the system's time.
    #[must_use]
    pub fn ctx(&self, credential: Credential) -> Ctx {
        Ctx::new(&self.log, credential, Clock::System)
    }

    /// A connection as superuser, for looking at and changing what a test cannot reach otherwise.
    pub async fn superuser(&self) -> &Client {
        let make = async || connect(&at(&self.cluster, &self.name)).await;
        self.superuser.get_or_init(make).await
    }
}

impl Drop for TestDb {
    /// Drops the database under whoever still uses it. A database that cannot be dropped goes with its cluster.
    fn drop(&mut self) {
        let cluster = self.cluster.clone();
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A thread of its own, because this may run inside any runtime, and outside of one.
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
            slog::warn!(self.log, "a test database stays behind"; "database" => &self.name, "error" => %error);
        }
    }
}

fn cluster() -> Url {
    let url = std::env::var(CLUSTER).unwrap_or_default();
    assert!(
        !url.is_empty(),
        "{CLUSTER} is not set: this test needs a PostgreSQL cluster of its own. Run it by `cargo xtask test`, which \
         starts one, or set the variable to a superuser's address such as postgres://postgres@127.0.0.1:5432/postgres"
    );
    url.parse()
        .unwrap_or_else(|fault| panic!("{CLUSTER} is no address: {fault}"))
}

async fn connect(url: &Url) -> Client {
    let (client, connection) = tokio_postgres::connect(url.as_str(), NoTls)
        .await
        .unwrap_or_else(|error| panic!("the cluster of {CLUSTER} does not answer: {error}"));
    // It ends when the client is dropped; its error reaches the statement under way.
    tokio::spawn(connection);
    client
}

/// The name of the template, which exists when this returns.
///
/// It is migrated under another name and renamed at the end, so that a process that dies half-way leaves nothing
/// that looks finished.
async fn template(cluster: &Url, client: &Client, log: &Logger) -> String {
    let name = format!(
        "infravault_template_{}_{}",
        env!("MIGRATIONS_HASH"),
        infravault_jobs::REVISION
    );
    if exists(client, &name).await {
        return name;
    }
    let failed = "the template database can be made";
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
            .unwrap_or_else(|error| panic!("the template database cannot be migrated: {}", causes(&error)));
        infravault_jobs::install(url.as_str(), log)
            .await
            .unwrap_or_else(|error| panic!("the queue cannot be made in the template: {}", causes(&error)));
        let close = format!("ALTER DATABASE {unfinished} ALLOW_CONNECTIONS false");
        client.batch_execute(&close).await.expect(failed);
        // PostgreSQL waits here until the connection that migrated has gone.
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

/// Called under the lock, so nobody makes the role in between.
async fn ensure_login(client: &Client) {
    let find = "SELECT FROM pg_roles WHERE rolname = $1";
    let found = client.query_opt(find, &[&LOGIN]).await;
    if found.expect("the roles of the cluster can be listed").is_none() {
        let create = format!("CREATE ROLE {LOGIN} LOGIN CREATEROLE PASSWORD '{LOGIN}'");
        client
            .batch_execute(&create)
            .await
            .expect("the login of the product can be made");
    }
}

fn at(cluster: &Url, database: &str) -> Url {
    let mut url = cluster.clone();
    url.set_path(database);
    url
}

fn login_url(cluster: &Url, database: &str) -> Url {
    let mut url = at(cluster, database);
    let set = url
        .set_username(LOGIN)
        .and_then(|()| url.set_password(Some(LOGIN)));
    set.unwrap_or_else(|()| panic!("{CLUSTER} names no host"));
    url
}

fn config(cluster: &Url, database: &str, max_conns: usize) -> Config {
    let values = [
        ("DATABASE_URL", login_url(cluster, database).to_string()),
        ("DB_MAX_CONNS", max_conns.to_string()),
        ("DB_MIN_CONNS", "0".to_owned()),
        ("DB_WORKER_MAX_CONNS", max_conns.min(2).to_string()),
        ("DB_ANONYMOUS_CONNS", "1".to_owned()),
        // A busy machine is no fault of what is tested.
        ("DB_ACQUIRE_TIMEOUT", "20s".to_owned()),
        ("DB_STATEMENT_TIMEOUT", "20s".to_owned()),
    ];
    let mut env: Env = values
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let config = Config::from_env(&mut env);
    env.finish().expect("the settings of the pools are right");
    config
}

fn new_uuid(log: &Logger) -> uuid::Uuid {
    use infravault_kernel::{Id, ImageId};
    Ctx::system(log, Clock::System).new_id::<ImageId>().uuid()
}

/// The message of an error and of everything that caused it.
fn causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
