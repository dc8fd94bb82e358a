//! `cargo xtask migrate`: applies migrations to `DATABASE_URL` or the development cluster, and makes new ones.

use crate::{
    pg::{Cluster, Kind, Wanted},
    product::{self, Build},
    workspace::Workspace,
};
use clap::Subcommand;
use std::{fs, path::Path, process::Command};
use xtask_support::{CommandError, Explain as _, Outcome, console, process};

/// What to do with the migrations.
#[derive(Debug, Subcommand)]
pub(crate) enum Migrate {
    /// Apply every migration that is missing.
    Up,
    /// Take back the newest ones.
    Down {
        /// How many.
        #[arg(default_value_t = 1)]
        count: u32,
    },
    /// Take back the newest one and apply it again.
    Redo,
    /// Show what is applied and what is missing.
    Status,
    /// Make the next pair of files.
    New {
        /// What it does, in `snake_case`, for example `add_image_views`.
        name: String,
    },
}

impl Migrate {
    /// Runs `infravault migrate …`, or writes the two files.
    pub(crate) fn run(&self, workspace: &Workspace) -> Outcome {
        let words = match self {
            Self::Up => vec!["up".to_owned()],
            Self::Down { count } => vec!["down".to_owned(), count.to_string()],
            Self::Redo => vec!["redo".to_owned()],
            Self::Status => vec!["status".to_owned()],
            Self::New { name } => return create(&workspace.path("migrations"), name),
        };
        Build::Quick.run(workspace)?;
        let mut command = product::program(workspace, "infravault");
        command.arg("migrate").args(words);
        let _cluster = database(workspace, &mut command)?;
        process::run(&mut command)
    }
}

/// Points a command at the database of the environment, or at the development cluster, which
/// runs at least as long as the returned guard lives.
fn database(workspace: &Workspace, command: &mut Command) -> Outcome<Option<Cluster>> {
    if std::env::var_os("DATABASE_URL").is_some_and(|url| !url.is_empty()) {
        return Ok(None);
    }
    console::note("DATABASE_URL is not set: using the development cluster");
    let cluster = Cluster::start(workspace, Kind::Dev, &Wanted::Any)?;
    command.env("DATABASE_URL", cluster.product_url());
    Ok(Some(cluster))
}

fn create(folder: &Path, name: &str) -> Outcome {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    if name.is_empty()
        || !name.chars().all(fits)
        || !name.starts_with(|letter: char| letter.is_ascii_lowercase())
    {
        return Err(
            CommandError::new(format!("'{name}' is not a valid name for a migration"))
                .hint("use snake_case, for example add_image_views"),
        );
    }
    fs::create_dir_all(folder).explain(|| format!("create {}", folder.display()))?;
    let entries = fs::read_dir(folder).explain(|| format!("read {}", folder.display()))?;
    let newest = entries
        .flatten()
        .filter_map(|entry| number(&entry.file_name().to_string_lossy()))
        .max()
        .unwrap_or(0);
    let stem = format!("V{:03}__{name}", newest + 1);
    let title = name.replace('_', " ");
    let up = format!(
        "-- {title}: say here what changes and why.\n--\n\
         -- Expand, then contract: the version of the product that runs now must work with this schema.\n\
         -- No CREATE INDEX CONCURRENTLY: migrations run in a transaction; the runner sets lock_timeout.\n\n"
    );
    let down = format!("-- Reverts {stem}.sql; the schema must be exactly as it was before.\n\n");
    for (file, text) in [(format!("{stem}.sql"), up), (format!("{stem}.down.sql"), down)] {
        let path = folder.join(&file);
        fs::write(&path, text).explain(|| format!("write {}", path.display()))?;
        console::done(&format!("migrations/{file}"));
    }
    Ok(())
}

/// The number in `V012__name.sql`.
fn number(file: &str) -> Option<u32> {
    file.strip_prefix('V')?.split_once("__")?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_come_from_the_file_name() {
        assert_eq!(number("V001__schemas.sql"), Some(1));
        assert_eq!(number("V012__x.down.sql"), Some(12));
        assert_eq!(number("README.md"), None);
        assert_eq!(number("V1.sql"), None);
    }
}
