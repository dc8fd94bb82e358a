//! The queue's schema: making it, finding out whether it is there, removing it.
use crate::Error;
use graphile_worker::{Database, Schema, WorkerUtils};
use infravault_db::{Db, Owner};
use slog::{Logger, info};
use tokio_postgres::Client;

/// The newest revision of the schema that `graphile_worker` knows. A test compares it, so that an upgrade of the
/// library is not forgotten here.
pub const REVISION: i32 = 22;

/// Any number will do, as long as nothing else locks it: "iv queue" in ASCII.
const LOCK: i64 = 0x6976_2071_7565_7565;
const TAKE_LOCK: &str = include_str!("../../../queries/jobs/lock.sql");
const EXISTS: &str = include_str!("../../../queries/jobs/exists.sql");
const NEWEST: &str = include_str!("../../../queries/jobs/revision.sql");
const SHARE: &str = include_str!("../../../queries/jobs/share.sql");
const REMOVE: &str = include_str!("../../../queries/jobs/remove.sql");
const COUNTS: &str = include_str!("../../../queries/jobs/counts.sql");

/// Makes the queue's schema or brings it to this binary's revision. To be called after the migrations, which make the
/// roles. Safe when several processes start at once; changes nothing when there is nothing to do.
pub async fn install(database_url: &str, log: &Logger) -> Result<(), Error> {
    let owner = Owner::for_migrations(database_url)?;
    let client = locked(&owner).await?;
    if revision(&client).await? < REVISION {
        // Two connections, because the library reads the revision outside of its transaction.
        let database = graphile_worker::tokio_postgres::TokioPostgresDatabase::new(owner.pool(2)?);
        WorkerUtils::new(Database::from(database), Schema::default())
            .migrate()
            .await
            .map_err(|error| Error::Install(error.into()))?;
        info!(log, "made the schema of the queue"; "revision" => REVISION);
    }
    client.batch_execute(SHARE).await?;
    Ok(())
}

/// Whether the schema is there and new enough for this binary.
pub async fn is_installed(database_url: &str) -> Result<bool, Error> {
    let client = Owner::for_migrations(database_url)?.connect().await?;
    Ok(revision(&client).await? >= REVISION)
}

/// Removes the queue with every job in it.
pub async fn remove(database_url: &str) -> Result<(), Error> {
    let client = locked(&Owner::for_migrations(database_url)?).await?;
    client.batch_execute(REMOVE).await?;
    Ok(())
}

/// How full the queue is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Jobs that wait: for a free worker, or for the time of their next attempt.
    pub waiting: u64,
    /// Jobs that are being run.
    pub running: u64,
    /// Jobs that were given up. They stay, with their last failure; asking for the same work again makes a new job.
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

pub(crate) async fn revision(client: &Client) -> Result<i32, Error> {
    let exists = client.query_one(EXISTS, &[]).await?;
    if !exists.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    Ok(client.query_one(NEWEST, &[]).await?.try_get(0)?)
}

/// A connection that holds the lock until it is closed.
async fn locked(owner: &Owner) -> Result<Client, Error> {
    let client = owner.connect().await?;
    client.batch_execute("SET lock_timeout = '60s'").await?;
    client.execute(TAKE_LOCK, &[&LOCK]).await?;
    Ok(client)
}
