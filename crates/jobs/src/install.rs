//! Creates, checks and drops the schema of the queue.
use crate::Error;
use graphile_worker::{Database, Schema, WorkerUtils};
use infravault_db::{Db, OwnerConnector};
use slog::{Logger, info};
use tokio_postgres::Client;

/// The newest schema revision of `graphile_worker`. A test compares it with the library.
pub const REVISION: i32 = 22;

/// The advisory lock of schema changes: "iv queue" in ASCII.
const LOCK: i64 = 0x6976_2071_7565_7565;
const SCHEMA_EXISTS: &str = include_str!("../../../queries/jobs/schema_exists.sql");
const NEWEST_REVISION: &str = include_str!("../../../queries/jobs/revision.sql");
const GRANT_WORKER_ACCESS: &str = include_str!("../../../queries/jobs/grant_worker_access.sql");
const DROP_SCHEMA: &str = include_str!("../../../queries/jobs/drop_schema.sql");
const COUNTS: &str = include_str!("../../../queries/jobs/counts.sql");

/// Creates the queue's schema or upgrades it to this binary's revision. Call it after the migrations, which create the
/// roles. Several processes can call it at the same time.
pub async fn install(database_url: &str, log: &Logger) -> Result<(), Error> {
    let owner = OwnerConnector::for_migrations(database_url)?;
    let client = owner.connect_locked(LOCK).await?;
    if read_revision(&client).await? < REVISION {
        // Two connections, because the library reads the revision outside its transaction.
        let database = graphile_worker::tokio_postgres::TokioPostgresDatabase::new(owner.pool(2)?);
        WorkerUtils::new(Database::from(database), Schema::default())
            .migrate()
            .await
            .map_err(|error| Error::Install(error.into()))?;
        info!(log, "schema of the queue created"; "revision" => REVISION);
    }
    client.batch_execute(GRANT_WORKER_ACCESS).await?;
    Ok(())
}

/// Whether the schema exists and is new enough for this binary.
pub async fn is_installed(database_url: &str) -> Result<bool, Error> {
    let client = OwnerConnector::for_migrations(database_url)?.connect().await?;
    Ok(read_revision(&client).await? >= REVISION)
}

/// Drops the queue with all jobs.
pub async fn remove(database_url: &str) -> Result<(), Error> {
    let client = OwnerConnector::for_migrations(database_url)?
        .connect_locked(LOCK)
        .await?;
    client.batch_execute(DROP_SCHEMA).await?;
    Ok(())
}

/// The number of jobs by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Jobs that wait for a worker or for their next attempt.
    pub waiting: u64,
    pub running: u64,
    /// Jobs that failed permanently. They are kept with their last error. Enqueuing the same work creates a new job.
    pub failed: u64,
}

/// Counts the jobs.
pub async fn counts(db: &Db) -> Result<Counts, Error> {
    let tx = db.begin_system().await?;
    let row = tx.query_one(COUNTS, &[]).await?;
    let count = |at: usize| -> Result<u64, Error> {
        let count: i64 = row.try_get(at)?;
        Ok(u64::try_from(count).unwrap_or_default())
    };
    Ok(Counts {
        waiting: count(0)?,
        running: count(1)?,
        failed: count(2)?,
    })
}

pub(crate) async fn read_revision(client: &Client) -> Result<i32, Error> {
    let exists = client.query_one(SCHEMA_EXISTS, &[]).await?;
    if !exists.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    Ok(client.query_one(NEWEST_REVISION, &[]).await?.try_get(0)?)
}
