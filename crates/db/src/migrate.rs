//! Migrations up and down: refinery under an advisory lock, and down scripts.
//!
//! refinery neither locks nor reverts. Here every run holds a session-level lock, so that two processes can start at
//! the same time, and each down script runs in one transaction with the deletion of its record.
use crate::{Error, OwnerConnector};
use slog::{Logger, info};
use tokio_postgres::Client;

mod embedded {
    refinery::embed_migrations!("../../migrations");
}
include!(concat!(env!("OUT_DIR"), "/down.rs"));

/// The advisory lock of migrations: "infravlt" in ASCII.
const LOCK: i64 = 0x696e_6672_6176_6c74;
const APPLIED: &str = include_str!("../../../queries/db/applied_migrations.sql");
const HAS_HISTORY: &str = include_str!("../../../queries/db/has_history.sql");
const DELETE_RECORD: &str = include_str!("../../../queries/db/delete_migration_record.sql");

/// One migration, in this binary and in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStatus {
    /// The version number.
    pub version: i32,
    /// The name.
    pub name: String,
    /// The time of application (RFC 3339), if it was applied.
    pub applied_on: Option<String>,
    /// Whether the applied script differs from the one in this binary.
    pub changed: bool,
}

struct Applied {
    version: i32,
    name: String,
    on: String,
    checksum: String,
}

/// The schema version that this binary requires.
#[must_use]
pub fn required_version() -> i32 {
    embedded::migrations::runner()
        .get_migrations()
        .iter()
        .map(refinery::Migration::version)
        .max()
        .unwrap_or(0)
}

/// The schema version of the database; 0 before the first migration.
pub async fn current_version(url: &str) -> Result<i32, Error> {
    let client = connect(url).await?;
    Ok(applied(&client).await?.first().map_or(0, |newest| newest.version))
}

/// Applies the missing migrations and returns their names. Several processes can call it at the same time.
pub async fn up(url: &str, log: &Logger) -> Result<Vec<String>, Error> {
    let mut client = connect_locked(url).await?;
    let report = embedded::migrations::runner()
        .run_async(&mut client)
        .await
        .map_err(|error| {
            Error::Migration(
                "a migration failed; earlier migrations stay applied".to_owned(),
                Some(error.into()),
            )
        })?;
    let names: Vec<String> = report
        .applied_migrations()
        .iter()
        .map(ToString::to_string)
        .collect();
    for name in &names {
        info!(log, "migration applied"; "migration" => name);
    }
    Ok(names)
}

/// Reverts the newest `count` migrations in one transaction and returns their names, newest first. Their data is lost.
pub async fn down(url: &str, count: usize, log: &Logger) -> Result<Vec<String>, Error> {
    let mut client = connect_locked(url).await?;
    let newest: Vec<Applied> = applied(&client).await?.into_iter().take(count).collect();
    let tx = client.transaction().await?;
    let mut names = Vec::new();
    for migration in newest {
        let script = down_script(&migration)?;
        tx.batch_execute(script).await.map_err(|error| {
            Error::Migration(
                format!("the down script of {} failed; nothing changed", migration.name),
                Some(error.into()),
            )
        })?;
        tx.execute(DELETE_RECORD, &[&migration.version]).await?;
        names.push(format!("V{}__{}", migration.version, migration.name));
    }
    tx.commit().await?;
    for name in &names {
        info!(log, "migration reverted"; "migration" => name);
    }
    Ok(names)
}

/// Lists every migration of this binary and of the database, oldest first.
pub async fn status(url: &str) -> Result<Vec<MigrationStatus>, Error> {
    let client = connect(url).await?;
    let mut applied = applied(&client).await?;
    let mut all = Vec::new();
    for migration in embedded::migrations::runner().get_migrations() {
        let at = applied
            .iter()
            .position(|known| known.version == migration.version());
        let known = at.map(|at| applied.swap_remove(at));
        all.push(MigrationStatus {
            version: migration.version(),
            name: migration.name().to_owned(),
            changed: known
                .as_ref()
                .is_some_and(|known| known.checksum != migration.checksum().to_string()),
            applied_on: known.map(|known| known.on),
        });
    }
    // Migrations that a newer binary applied.
    all.extend(applied.into_iter().map(|known| MigrationStatus {
        version: known.version,
        name: known.name,
        applied_on: Some(known.on),
        changed: false,
    }));
    all.sort_by_key(|status| status.version);
    Ok(all)
}

fn down_script(migration: &Applied) -> Result<&'static str, Error> {
    let error = |reason: &str| Error::Migration(format!("V{} {reason}", migration.version), None);
    let runner = embedded::migrations::runner();
    let known = runner
        .get_migrations()
        .iter()
        .find(|known| known.version() == migration.version)
        .ok_or_else(|| error("was applied by a newer binary; revert it with that binary"))?;
    if known.checksum().to_string() != migration.checksum {
        return Err(error(
            "was changed after it was applied, so its down script may not match",
        ));
    }
    let script = DOWN.iter().find(|(version, _)| *version == migration.version);
    script
        .map(|(_, script)| *script)
        .ok_or_else(|| error("has no down script"))
}

async fn applied(client: &Client) -> Result<Vec<Applied>, Error> {
    let exists = client.query_one(HAS_HISTORY, &[]).await?;
    if !exists.try_get::<_, bool>(0)? {
        return Ok(Vec::new());
    }
    let rows = client.query(APPLIED, &[]).await?;
    rows.iter()
        .map(|row| {
            Ok(Applied {
                version: row.try_get(0)?,
                name: row.try_get(1)?,
                on: row.try_get(2)?,
                checksum: row.try_get(3)?,
            })
        })
        .collect()
}

/// Opens a connection that holds the lock until it is closed.
async fn connect_locked(url: &str) -> Result<Client, Error> {
    let client = OwnerConnector::for_migrations(url)?.connect_locked(LOCK).await?;
    // Statements of other connections queue behind a migration that waits for a table lock.
    client.batch_execute("SET lock_timeout = '2s'").await?;
    Ok(client)
}

async fn connect(url: &str) -> Result<Client, Error> {
    OwnerConnector::for_migrations(url)?.connect().await
}
