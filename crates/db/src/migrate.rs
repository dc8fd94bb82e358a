//! Migrations up and down: refinery with an advisory lock, and paired down scripts.
//!
//! refinery takes no lock and knows no way down. Here every run holds a session lock, so that two processes may
//! start at once; and the down script of each migration runs in one transaction with the record of it.
use crate::{Error, Owner};
use slog::{Logger, info};
use tokio_postgres::Client;

mod embedded {
    refinery::embed_migrations!("../../migrations");
}
include!(concat!(env!("OUT_DIR"), "/down.rs"));

/// Any number will do, as long as nothing else locks it: "infravlt" in ASCII.
const LOCK: i64 = 0x696e_6672_6176_6c74;
const APPLIED: &str = include_str!("../../../queries/db/applied_migrations.sql");
const HAS_HISTORY: &str = include_str!("../../../queries/db/has_history.sql");
const FORGET: &str = include_str!("../../../queries/db/forget_migration.sql");

/// One migration, as this binary knows it and as the database remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its number.
    pub version: i32,
    /// Its name.
    pub name: String,
    /// When it was applied (RFC 3339), if it was.
    pub applied_on: Option<String>,
    /// Whether the applied script is the one in this binary.
    pub changed: bool,
}

struct Applied {
    version: i32,
    name: String,
    on: String,
    checksum: String,
}

/// The schema version that this binary needs.
#[must_use]
pub fn wanted_version() -> i32 {
    embedded::migrations::runner()
        .get_migrations()
        .iter()
        .map(refinery::Migration::version)
        .max()
        .unwrap_or(0)
}

/// The schema version that the database has; 0 before the first migration.
pub async fn current_version(url: &str) -> Result<i32, Error> {
    let client = connect(url).await?;
    Ok(applied(&client).await?.first().map_or(0, |newest| newest.version))
}

/// Applies every migration that is missing, and returns their names. Safe when several processes start at once.
pub async fn up(url: &str, log: &Logger) -> Result<Vec<String>, Error> {
    let mut client = locked(url).await?;
    let report = embedded::migrations::runner()
        .run_async(&mut client)
        .await
        .map_err(|error| {
            Error::Migration(
                "a migration failed; the ones before it stay".to_owned(),
                Some(error.into()),
            )
        })?;
    let names: Vec<String> = report
        .applied_migrations()
        .iter()
        .map(ToString::to_string)
        .collect();
    for name in &names {
        info!(log, "applied a migration"; "migration" => name);
    }
    Ok(names)
}

/// Takes the newest `count` migrations back, newest first, all or none, and returns their names. What they had
/// stored is lost.
pub async fn down(url: &str, count: usize, log: &Logger) -> Result<Vec<String>, Error> {
    let mut client = locked(url).await?;
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
        tx.execute(FORGET, &[&migration.version]).await?;
        names.push(format!("V{}__{}", migration.version, migration.name));
    }
    tx.commit().await?;
    for name in &names {
        info!(log, "took a migration back"; "migration" => name);
    }
    Ok(names)
}

/// Every migration of this binary and of the database, oldest first.
pub async fn status(url: &str) -> Result<Vec<Status>, Error> {
    let client = connect(url).await?;
    let mut applied = applied(&client).await?;
    let mut all = Vec::new();
    for migration in embedded::migrations::runner().get_migrations() {
        let at = applied
            .iter()
            .position(|known| known.version == migration.version());
        let known = at.map(|at| applied.swap_remove(at));
        all.push(Status {
            version: migration.version(),
            name: migration.name().to_owned(),
            changed: known
                .as_ref()
                .is_some_and(|known| known.checksum != migration.checksum().to_string()),
            applied_on: known.map(|known| known.on),
        });
    }
    // What a newer binary applied, and this one does not know.
    all.extend(applied.into_iter().map(|known| Status {
        version: known.version,
        name: known.name,
        applied_on: Some(known.on),
        changed: false,
    }));
    all.sort_by_key(|status| status.version);
    Ok(all)
}

fn down_script(migration: &Applied) -> Result<&'static str, Error> {
    let refuse = |why: &str| Error::Migration(format!("V{} {why}", migration.version), None);
    let runner = embedded::migrations::runner();
    let known = runner
        .get_migrations()
        .iter()
        .find(|known| known.version() == migration.version)
        .ok_or_else(|| refuse("was applied by a newer binary; take it back with that one"))?;
    if known.checksum().to_string() != migration.checksum {
        return Err(refuse(
            "was changed after it was applied, so its down script may not fit",
        ));
    }
    let script = DOWN.iter().find(|(version, _)| *version == migration.version);
    script
        .map(|(_, script)| *script)
        .ok_or_else(|| refuse("has no down script"))
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

/// A connection that holds the lock; closing it gives the lock back. While it waits nobody is kept from reading.
async fn locked(url: &str) -> Result<Client, Error> {
    let client = connect(url).await?;
    client.batch_execute("SET lock_timeout = '60s'").await?;
    client.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await?;
    // A migration that waits longer for a table would stop everybody behind it.
    client.batch_execute("SET lock_timeout = '2s'").await?;
    Ok(client)
}

async fn connect(url: &str) -> Result<Client, Error> {
    Owner::for_migrations(url)?.connect().await
}
