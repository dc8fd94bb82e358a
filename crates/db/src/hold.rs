//! Locks that outlive transactions: one process at a time does something that takes long.
use crate::{Db, Error, Owner};
use tokio_postgres::{Client, error::SqlState};

const TRY: &str = include_str!("../../../queries/db/try_hold.sql");
const TAKE: &str = include_str!("../../../queries/db/hold.sql");

/// An advisory lock on a connection of its own, which is in no transaction. Dropping it gives the lock back, and so does
/// the end of the process or of the connection.
#[derive(Debug)]
pub struct Hold {
    client: Client,
}

impl Hold {
    /// Whether the connection, and with it the lock, has lived until now.
    pub async fn is_kept(&self) -> bool {
        self.client.batch_execute("").await.is_ok()
    }

    /// Gives the lock back: when this returns another one can have it. A connection that is dropped takes a moment.
    pub async fn release(self) {
        // Where this fails the connection has ended, and the lock with it.
        let _ = self.client.batch_execute("SELECT pg_advisory_unlock_all()").await;
    }
}

impl Db {
    /// Takes a lock that nobody holds; `None` where somebody does.
    pub async fn try_hold(&self, lock: i64) -> Result<Option<Hold>, Error> {
        let client = Owner::for_work(self.config())?.connect().await?;
        let taken: bool = client.query_one(TRY, &[&lock]).await?.try_get(0)?;
        Ok(taken.then_some(Hold { client }))
    }

    /// Takes a lock when those who share it have let go of it, which they do at the end of their short transactions;
    /// `None` where somebody does not for three seconds.
    pub async fn hold(&self, lock: i64) -> Result<Option<Hold>, Error> {
        let client = Owner::for_work(self.config())?.connect().await?;
        client.batch_execute("SET lock_timeout = '3s'").await?;
        match client.execute(TAKE, &[&lock]).await {
            Ok(_) => Ok(Some(Hold { client })),
            Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
