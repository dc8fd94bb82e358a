//! Finds and runs `pg_dump` and `pg_restore`.
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

const SERVER_INFO: &str = include_str!("../../../queries/db/server_info.sql");
/// Folders in which distributions install one subfolder per version, with the programs in its `bin`.
const VERSIONED_DIRS: [&str; 3] = ["/usr/lib/postgresql", "/usr/pgsql", "/usr/local/lib/postgresql"];

/// The folder of programs that are at least as new as the server.
#[derive(Debug)]
pub(crate) struct Programs {
    bin: PathBuf,
}

impl Programs {
    /// Searches `DB_BIN_DIR`, or else the `PATH` and the usual folders. Prefers the version of the server: older programs
    /// reject the server, and an older server may not read the output of newer programs.
    pub(crate) async fn find(login: &Client, chosen: Option<PathBuf>) -> Result<Self, Error> {
        let version: String = login.query_one(SERVER_INFO, &[]).await?.try_get(0)?;
        let server = parse_major_version(&version)
            .ok_or_else(|| Error::Inconsistent("the server version".to_owned()))?;
        let found = spawn_blocking(move || Ok(find_bin_dir(chosen.as_deref(), server))).await?;
        found.map(|bin| Self { bin }).ok_or_else(|| {
            Error::Config(format!(
                "pg_dump and pg_restore of PostgreSQL {server} or newer were not found; install the PostgreSQL client \
                 programs or set DB_BIN_DIR to their folder"
            ))
        })
    }

    /// Dumps the whole database as of an exported snapshot.
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
        run_program("pg_dump", command).await
    }

    /// Reads the table of contents of a dump, to check its format and version.
    pub(crate) async fn check_dump(&self, url: &str, from: &Path) -> Result<(), Error> {
        let mut command = self.command("pg_restore", url)?;
        command.arg("--list").arg(from);
        run_program("pg_restore", command).await
    }

    /// Restores a dump into an empty database, in one transaction.
    pub(crate) async fn restore(&self, url: &str, from: &Path) -> Result<(), Error> {
        let mut command = self.command("pg_restore", url)?;
        let database = config(url)?.get_dbname().unwrap_or_default().to_owned();
        command
            .args(["--no-password", "--no-owner", "--no-comments"])
            .args(["--single-transaction", "--exit-on-error", "--dbname"])
            .arg(database)
            .arg(from);
        run_program("pg_restore", command).await
    }

    /// Passes the connection settings in the environment: arguments are visible to every user of the machine.
    fn command(&self, program: &str, url: &str) -> Result<Command, Error> {
        let mut command = Command::new(self.bin.join(program));
        command.envs(libpq_variables(&config(url)?)).env("LC_ALL", "C");
        Ok(command)
    }
}

fn config(url: &str) -> Result<Config, Error> {
    url.parse()
        .map_err(|_| Error::Config("DATABASE_URL is not a PostgreSQL connection string".to_owned()))
}

/// The connection settings as variables of libpq.
fn libpq_variables(config: &Config) -> Vec<(&'static str, OsString)> {
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

/// The folder with the programs of the server's version, or else of the next newer one.
fn find_bin_dir(chosen: Option<&Path>, server: u32) -> Option<PathBuf> {
    let folders = chosen.map_or_else(list_bin_dirs, |chosen| vec![chosen.to_owned()]);
    let versions = folders.into_iter().filter_map(|bin| {
        let output = Command::new(bin.join("pg_dump")).arg("--version").output().ok()?;
        let version = parse_major_version(&String::from_utf8_lossy(&output.stdout))?;
        (version >= server && bin.join("pg_restore").is_file()).then_some((version, bin))
    });
    versions.min_by_key(|(version, _)| *version).map(|(_, bin)| bin)
}

fn list_bin_dirs() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for base in VERSIONED_DIRS {
        let entries = fs::read_dir(base).into_iter().flatten().flatten();
        folders.extend(entries.map(|entry| entry.path().join("bin")));
    }
    folders.retain(|folder| folder.join("pg_dump").is_file());
    folders
}

/// The major version in `pg_dump (PostgreSQL) 15.18 (Debian …)` or `18.4`.
fn parse_major_version(text: &str) -> Option<u32> {
    let version = text
        .split_whitespace()
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    let digits = version.split(|letter: char| !letter.is_ascii_digit()).next()?;
    digits.parse().ok()
}

async fn run_program(program: &'static str, mut command: Command) -> Result<(), Error> {
    let output: Output = spawn_blocking(move || {
        command.output().map_err(|error| Error::Program {
            program,
            stderr: error.to_string(),
        })
    })
    .await?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Program {
        program,
        stderr: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

async fn spawn_blocking<T: Send + 'static>(
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
    fn version_output_of_programs_is_parsed() {
        for (text, expected) in [
            ("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", Some(15)),
            ("18.4", Some(18)),
            ("pg_dump (PostgreSQL) 19beta1", Some(19)),
            ("no number", None),
        ] {
            assert_eq!(parse_major_version(text), expected, "{text}");
        }
    }

    #[test]
    fn connection_string_becomes_libpq_variables() {
        let config = config("postgres://someone:p%40ss@db.example:5433/vault?sslmode=require").unwrap();
        let found: Vec<(&str, String)> = libpq_variables(&config)
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
