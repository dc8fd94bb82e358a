//! Dump and restore with `pg_dump` and `pg_restore`.
use crate::{Db, DbRole, Error, OwnerConnector, Tx, migrate, programs::Programs, tx};
use slog::Logger;
use std::path::Path;
use tokio_postgres::Client;

const BEGIN: &str = include_str!("../../../queries/db/begin_snapshot.sql");
const EXPORT: &str = include_str!("../../../queries/db/export_snapshot.sql");
const HIDDEN: &str = include_str!("../../../queries/db/hidden_tables.sql");
const OWNER_STATEMENTS: &str = include_str!("../../../queries/db/owner_statements.sql");
const TARGET_INFO: &str = include_str!("../../../queries/db/restore_target.sql");
const DROP_SCHEMAS: &str = include_str!("../../../queries/db/drop_schemas.sql");

/// An exported snapshot of the database, valid until it is dropped.
#[derive(Debug)]
pub struct Snapshot {
    tx: Tx,
    name: String,
}

impl Snapshot {
    /// The transaction of the snapshot, under the worker's role.
    #[must_use]
    pub fn tx(&self) -> &Tx {
        &self.tx
    }
}

/// The state of a database before a restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetInfo {
    /// Whether it contains any schema of the product.
    pub has_schemas: bool,
    /// The number of connections of the product's processes.
    pub connections: i64,
}

impl Db {
    /// Exports a snapshot of the database.
    pub async fn snapshot(&self) -> Result<Snapshot, Error> {
        let tx = tx::begin_on(self.client(DbRole::Worker).await?, BEGIN).await?;
        let name = tx.query_one(EXPORT, &[]).await?.try_get(0)?;
        Ok(Snapshot { tx, name })
    }
}

/// Dumps the whole database as of the snapshot, in the custom format of `pg_dump`.
///
/// Row-level security applies to the login too. Returns an error if a policy would hide rows from the dump.
pub async fn dump(db: &Db, snapshot: &Snapshot, to: &Path) -> Result<(), Error> {
    let login = connect(db.config().url.expose()).await?;
    let hidden = login.query(HIDDEN, &[]).await?;
    let hidden: Vec<String> = hidden
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?;
    if !hidden.is_empty() {
        return Err(Error::Config(format!(
            "a policy would hide rows of {} from the dump; add a policy that shows all rows to infravault_worker",
            hidden.join(", ")
        )));
    }
    let programs = Programs::find(&login, db.config().pg_bin.clone()).await?;
    programs.dump(db.config().url.expose(), &snapshot.name, to).await
}

/// Returns the statements that restore the owners of views and functions after [`restore`].
pub async fn owner_statements(db: &Db) -> Result<Vec<String>, Error> {
    let rows = connect(db.config().url.expose())
        .await?
        .query(OWNER_STATEMENTS, &[])
        .await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

/// Reads the state of a database before a restore.
pub async fn inspect_target(db: &Db) -> Result<TargetInfo, Error> {
    let row = connect(db.config().url.expose())
        .await?
        .query_one(TARGET_INFO, &[])
        .await?;
    Ok(TargetInfo {
        has_schemas: row.try_get(0)?,
        connections: row.try_get(1)?,
    })
}

/// Replaces the contents of the database with a dump and runs the statements of [`owner_statements`]. The dump may come
/// from another login and from an older binary; its schema version is kept.
pub async fn restore(db: &Db, from: &Path, owner_statements: &[String], log: &Logger) -> Result<(), Error> {
    let url = db.config().url.expose();
    let client = connect(url).await?;
    let programs = Programs::find(&client, db.config().pg_bin.clone()).await?;
    // Check the dump before dropping anything.
    programs.check_dump(url, from).await?;
    client.batch_execute(DROP_SCHEMAS).await?;
    // Dumps contain no roles, which belong to the cluster. The migrations create them, and the extensions.
    migrate::up(url, log).await?;
    client.batch_execute(DROP_SCHEMAS).await?;
    programs.restore(url, from).await?;
    for statements in owner_statements {
        client.batch_execute(statements).await?;
    }
    Ok(())
}

/// Opens a connection of the login without a statement timeout.
async fn connect(url: &str) -> Result<Client, Error> {
    OwnerConnector::for_migrations(url)?.connect().await
}
