//! Dumping the database and restoring it, with PostgreSQL's own programs.
use crate::{Db, DbRole, Error, Owner, Tx, migrate, programs::Programs, tx};
use slog::Logger;
use std::path::Path;
use tokio_postgres::Client;

const BEGIN: &str = include_str!("../../../queries/db/begin_snapshot.sql");
const EXPORT: &str = include_str!("../../../queries/db/export_snapshot.sql");
const HIDDEN: &str = include_str!("../../../queries/db/hidden_tables.sql");
const OWNERS: &str = include_str!("../../../queries/db/owners.sql");
const OCCUPIED: &str = include_str!("../../../queries/db/occupied.sql");
const CLEAR: &str = include_str!("../../../queries/db/clear.sql");

/// One moment of the database, for as long as this lives.
#[derive(Debug)]
pub struct Snapshot {
    tx: Tx,
    name: String,
}

impl Snapshot {
    /// The transaction that sees it, under the worker's role.
    #[must_use]
    pub fn tx(&self) -> &Tx {
        &self.tx
    }
}

/// What is in a database that something is to be restored into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occupied {
    /// Anything of the product.
    pub tables: bool,
    /// How many connections its processes have.
    pub connections: i64,
}

impl Db {
    /// Holds on to this moment.
    pub async fn snapshot(&self) -> Result<Snapshot, Error> {
        let tx = tx::begun(self.client(DbRole::Worker).await?, BEGIN).await?;
        let name = tx.query_one(EXPORT, &[]).await?.try_get(0)?;
        Ok(Snapshot { tx, name })
    }
}

/// Writes the whole database as it was at the moment of the snapshot, in the custom format of `pg_dump`.
///
/// The dump is taken by the login, which row-level security binds like everybody. It is refused where a rule would keep
/// rows from it.
pub async fn dump(db: &Db, snapshot: &Snapshot, to: &Path) -> Result<(), Error> {
    let login = login(db.config().url.expose()).await?;
    let hidden = login.query(HIDDEN, &[]).await?;
    let hidden: Vec<String> = hidden
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?;
    if !hidden.is_empty() {
        return Err(Error::Config(format!(
            "a rule would keep rows of {} out of the dump; it needs a policy that shows all rows to infravault_worker",
            hidden.join(", ")
        )));
    }
    let programs = Programs::find(&login, db.config().pg_bin.clone()).await?;
    programs.dump(db.config().url.expose(), &snapshot.name, to).await
}

/// The statements that give views and functions their owners back after [`restore`].
pub async fn owners(db: &Db) -> Result<Vec<String>, Error> {
    let rows = login(db.config().url.expose()).await?.query(OWNERS, &[]).await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

/// What is in the database.
pub async fn occupied(db: &Db) -> Result<Occupied, Error> {
    let row = login(db.config().url.expose())
        .await?
        .query_one(OCCUPIED, &[])
        .await?;
    Ok(Occupied {
        tables: row.try_get(0)?,
        connections: row.try_get(1)?,
    })
}

/// Empties the database and fills it from a dump, all or nothing, with the statements of [`owners`]. The dump may come
/// from a login of another name and from an older binary; the schema stays as it was then.
pub async fn restore(db: &Db, from: &Path, owners: &[String], log: &Logger) -> Result<(), Error> {
    let url = db.config().url.expose();
    let client = login(url).await?;
    let programs = Programs::find(&client, db.config().pg_bin.clone()).await?;
    // Before anything is removed it is known that there is something to put in its place.
    programs.read(url, from).await?;
    client.batch_execute(CLEAR).await?;
    // Roles belong to the cluster and are in no dump. The migrations make them, and the extensions.
    migrate::up(url, log).await?;
    client.batch_execute(CLEAR).await?;
    programs.restore(url, from).await?;
    for statements in owners {
        client.batch_execute(statements).await?;
    }
    Ok(())
}

/// A connection of the login itself, on which statements may take as long as they need.
async fn login(url: &str) -> Result<Client, Error> {
    Owner::for_migrations(url)?.connect().await
}
