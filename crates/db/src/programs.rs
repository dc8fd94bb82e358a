//! `pg_dump` and `pg_restore`: where they are, and how they are run.
use crate::Error;
use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tokio_postgres::{
    Client, Config,
    config::{Host, SslMode},
};

const FACTS: &str = include_str!("../../../queries/db/facts.sql");
/// Where distributions put one folder for each version, below which the programs lie in `bin`.
const VERSIONED: [&str; 3] = ["/usr/lib/postgresql", "/usr/pgsql", "/usr/local/lib/postgresql"];

/// The programs, as new as the server at least.
#[derive(Debug)]
pub(crate) struct Programs {
    bin: PathBuf,
}

impl Programs {
    /// Looks in `DB_BIN_DIR`, or else on the path and where distributions put them. The version of the server comes first: an
    /// older program refuses it, and what a newer one writes an older server may not know.
    pub(crate) async fn find(login: &Client, chosen: Option<PathBuf>) -> Result<Self, Error> {
        let version: String = login.query_one(FACTS, &[]).await?.try_get(0)?;
        let server =
            major(&version).ok_or_else(|| Error::Inconsistent("the version of the server".to_owned()))?;
        let found = in_background(move || Ok(newer(chosen.as_deref(), server))).await?;
        found.map(|bin| Self { bin }).ok_or_else(|| {
            Error::Config(format!(
                "pg_dump and pg_restore of PostgreSQL {server} or newer are not here; install its client programs, or name \
                 their folder by DB_BIN_DIR"
            ))
        })
    }

    /// Dumps the whole database as another connection sees it.
    pub(crate) async fn dump(&self, url: &str, snapshot: &str, to: &Path) -> Result<(), Error> {
        let mut command = self.command("pg_dump", url)?;
        command
            .args([
                "--format=custom",
                "--no-password",
                "--no-comments",
                "--enable-row-security",
            ])
            .args(["--no-unlogged-table-data", "--lock-wait-timeout=60s"])
            .arg(format!("--snapshot={snapshot}"))
            .arg("--file")
            .arg(to);
        run("pg_dump", command).await
    }

    /// Reads the table of contents of a dump: it is one, whole enough, and not newer than these programs.
    pub(crate) async fn read(&self, url: &str, from: &Path) -> Result<(), Error> {
        let mut command = self.command("pg_restore", url)?;
        command.arg("--list").arg(from);
        run("pg_restore", command).await
    }

    /// Restores a dump into an empty database, all of it or nothing.
    pub(crate) async fn restore(&self, url: &str, from: &Path) -> Result<(), Error> {
        let mut command = self.command("pg_restore", url)?;
        let database = config(url)?.get_dbname().unwrap_or_default().to_owned();
        command
            .args(["--no-password", "--no-owner", "--no-comments"])
            .args(["--single-transaction", "--exit-on-error", "--dbname"])
            .arg(database)
            .arg(from);
        run("pg_restore", command).await
    }

    /// The address goes by the environment: arguments are seen by everybody on the machine.
    fn command(&self, program: &str, url: &str) -> Result<Command, Error> {
        let mut command = Command::new(self.bin.join(program));
        command.envs(environment(&config(url)?)).env("LC_ALL", "C");
        Ok(command)
    }
}

fn config(url: &str) -> Result<Config, Error> {
    url.parse()
        .map_err(|_| Error::Config("DATABASE_URL is no PostgreSQL address".to_owned()))
}

/// The address as the variables of libpq.
fn environment(config: &Config) -> Vec<(&'static str, OsString)> {
    let hosts = config.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(folder) => folder.to_string_lossy().into_owned(),
    });
    let hosts: Vec<String> = hosts.collect();
    let ports: Vec<String> = config.get_ports().iter().map(ToString::to_string).collect();
    let mut set: Vec<(&'static str, OsString)> = Vec::new();
    for (name, value) in [("PGHOST", hosts.join(",")), ("PGPORT", ports.join(","))] {
        if !value.is_empty() {
            set.push((name, value.into()));
        }
    }
    set.extend(config.get_user().map(|user| ("PGUSER", user.into())));
    set.extend(config.get_dbname().map(|name| ("PGDATABASE", name.into())));
    if let Some(password) = config.get_password() {
        set.push((
            "PGPASSWORD",
            String::from_utf8_lossy(password).into_owned().into(),
        ));
    }
    let tls = match config.get_ssl_mode() {
        SslMode::Disable => "disable",
        SslMode::Require => "require",
        _ => "prefer",
    };
    set.push(("PGSSLMODE", tls.into()));
    set
}

/// The folder whose programs are of the version asked for, or else of the next newer one there is.
fn newer(chosen: Option<&Path>, server: u32) -> Option<PathBuf> {
    let folders = chosen.map_or_else(folders, |chosen| vec![chosen.to_owned()]);
    let versions = folders.into_iter().filter_map(|bin| {
        let output = Command::new(bin.join("pg_dump")).arg("--version").output().ok()?;
        let version = major(&String::from_utf8_lossy(&output.stdout))?;
        (version >= server && bin.join("pg_restore").is_file()).then_some((version, bin))
    });
    versions.min_by_key(|(version, _)| *version).map(|(_, bin)| bin)
}

fn folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for base in VERSIONED {
        let entries = fs::read_dir(base).into_iter().flatten().flatten();
        folders.extend(entries.map(|entry| entry.path().join("bin")));
    }
    folders.retain(|folder| folder.join("pg_dump").is_file());
    folders
}

/// The number before the first dot: `pg_dump (PostgreSQL) 15.18 (Debian …)`, `18.4`.
fn major(text: &str) -> Option<u32> {
    let version = text
        .split_whitespace()
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    let digits = version.split(|letter: char| !letter.is_ascii_digit()).next()?;
    digits.parse().ok()
}

async fn run(program: &'static str, mut command: Command) -> Result<(), Error> {
    let failed = |said: String| Error::Program { program, said };
    let output: Output = in_background(move || {
        command.output().map_err(|error| Error::Program {
            program,
            said: error.to_string(),
        })
    })
    .await?;
    if output.status.success() {
        return Ok(());
    }
    Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::unavailable)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_the_programs_print_them() {
        for (text, expected) in [
            ("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", Some(15)),
            ("18.4", Some(18)),
            ("pg_dump (PostgreSQL) 19beta1", Some(19)),
            ("no number", None),
        ] {
            assert_eq!(major(text), expected, "{text}");
        }
    }

    #[test]
    fn the_address_goes_by_the_environment() {
        let config = config("postgres://someone:p%40ss@db.example:5433/vault?sslmode=require").unwrap();
        let found: Vec<(&str, String)> = environment(&config)
            .into_iter()
            .map(|(name, value)| (name, value.into_string().unwrap()))
            .collect();
        let expected = [
            ("PGHOST", "db.example"),
            ("PGPORT", "5433"),
            ("PGUSER", "someone"),
            ("PGDATABASE", "vault"),
            ("PGPASSWORD", "p@ss"),
            ("PGSSLMODE", "require"),
        ];
        assert_eq!(found, expected.map(|(name, value)| (name, value.to_owned())));
    }
}
