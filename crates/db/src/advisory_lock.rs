//! Advisory locks that outlive transactions: they let one process at a time do a long task.
use crate::{Db, Error, OwnerConnector};
use tokio_postgres::{Client, error::SqlState};

const TRY_ACQUIRE: &str = include_str!("../../../queries/db/try_acquire_lock.sql");
const ACQUIRE: &str = include_str!("../../../queries/db/acquire_lock.sql");

/// A session-level advisory lock on a dedicated connection without a transaction. Dropping it releases the lock, and so
/// does the end of the process or of the connection.
#[derive(Debug)]
pub struct AdvisoryLock {
    client: Client,
}

impl AdvisoryLock {
    /// Whether the connection still lives, and the lock with it.
    pub async fn is_held(&self) -> bool {
        self.client.batch_execute("").await.is_ok()
    }

    /// Releases the lock. It is free when this returns, while dropping it takes a moment.
    pub async fn release(self) {
        // An error means that the connection has ended, which released the lock.
        let _ = self.client.batch_execute("SELECT pg_advisory_unlock_all()").await;
    }
}

impl Db {
    /// Acquires a lock if it is free.
    pub async fn try_acquire_lock(&self, lock: i64) -> Result<Option<AdvisoryLock>, Error> {
        let client = OwnerConnector::for_work(self.config())?.connect().await?;
        let acquired: bool = client.query_one(TRY_ACQUIRE, &[&lock]).await?.try_get(0)?;
        Ok(acquired.then_some(AdvisoryLock { client }))
    }

    /// Acquires a lock that others hold, exclusively or shared, during short transactions. Returns `None` after three
    /// seconds.
    pub async fn acquire_lock(&self, lock: i64) -> Result<Option<AdvisoryLock>, Error> {
        let client = OwnerConnector::for_work(self.config())?.connect().await?;
        match lock_on(&client, lock, "3s").await {
            Ok(()) => Ok(Some(AdvisoryLock { client })),
            Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl OwnerConnector {
    /// Opens a connection that holds a lock until it is closed. Waits at most a minute for the lock.
    pub async fn connect_locked(&self, lock: i64) -> Result<Client, Error> {
        let client = self.connect().await?;
        lock_on(&client, lock, "60s").await?;
        Ok(client)
    }
}

async fn lock_on(client: &Client, lock: i64, timeout: &str) -> Result<(), tokio_postgres::Error> {
    client
        .batch_execute(&format!("SET lock_timeout = '{timeout}'"))
        .await?;
    client.execute(ACQUIRE, &[&lock]).await?;
    Ok(())
}
