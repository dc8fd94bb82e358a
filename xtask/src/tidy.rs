//! `cargo xtask tidy`: the rules of `docs/style.md` and `docs/architecture.md` that a program can check.

mod cycles;
mod imports;
mod layers;
mod migrations;
mod openapi;
mod problems;
mod queries;
mod rust_text;
mod sources;
mod supply;
mod words;

pub(crate) use layers::{DIAGRAM, packages};

use crate::workspace::Workspace;
use clap::Args;
use rust_text::RustText;
use std::{fs, path::Path};
use xtask_support::{CommandError, Explain as _, Outcome, console, process};

/// Folders that do not pass a check yet, one a line.
const PENDING: &str = include_str!("tidy/pending.txt");
/// The crates whose files must not import each other in a circle.
const WITHOUT_CYCLES: [&str; 3] = ["auth", "images", "sandbox"];

/// Something that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// File, with the line where there is one.
    place: String,
    /// What is wrong and what to do about it.
    text: String,
}

impl Finding {
    fn new(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            text: text.into(),
        }
    }

    fn at(file: &str, line: usize, text: impl Into<String>) -> Self {
        Self::new(format!("{file}:{line}"), text)
    }
}

/// A text file of the repository.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its path from the repository's root, with slashes.
    path: String,
    text: String,
}

/// Options of `cargo xtask tidy`.
#[derive(Debug, Args, Default)]
pub(crate) struct Tidy {
    /// Include the findings of folders that are listed in `xtask/src/tidy/pending.txt`.
    #[arg(long)]
    all: bool,
    /// Report only files below these paths, such as `crates/auth`.
    paths: Vec<String>,
}

impl Tidy {
    /// Runs all checks and prints every finding.
    pub(crate) fn run(&self, workspace: &Workspace) -> Outcome {
        let files = read(workspace)?;
        let mut findings = layers::check(workspace, &files)?;
        findings.extend(sources::check(&files));
        findings.extend(queries::check(&files));
        findings.extend(migrations::check(&files));
        findings.extend(problems::check(&files));
        findings.extend(openapi::check(&files));
        findings.extend(supply::check(workspace, &files)?);
        findings.extend(self.check_language(&files));
        findings.retain(|finding| {
            self.paths.is_empty() || self.paths.iter().any(|path| finding.place.starts_with(path))
        });
        findings.sort_by(|left, right| left.place.cmp(&right.place));
        for finding in &findings {
            console::line(&format!("{}: {}", finding.place, finding.text));
        }
        match findings.len() {
            0 => {
                console::done(&format!("{} files are tidy", files.len()));
                Ok(())
            }
            count => Err(CommandError::new(format!(
                "{count} findings; each says what to do"
            ))),
        }
    }

    /// The checks that some folders do not pass yet.
    fn check_language(&self, files: &[Source]) -> Vec<Finding> {
        let is_pending = |check: &str, path: &str| {
            let mut entries = PENDING
                .lines()
                .filter_map(|line| line.strip_prefix(check)?.strip_prefix(' '));
            !self.all && entries.any(|entry| path.starts_with(entry))
        };
        let rules = words::Rules::load();
        let mut findings = Vec::new();
        for file in files.iter().filter(|file| !sources::is_generated(&file.path)) {
            let rust = has_ending(&file.path, "rs").then(|| RustText::parse(&file.text));
            if !is_pending("words", &file.path) {
                findings.extend(rules.check(file, rust.as_ref()));
            }
            if let Some(rust) = rust.filter(|_| !is_pending("imports", &file.path)) {
                findings.extend(imports::check(file, &rust));
            }
        }
        let crates = WITHOUT_CYCLES.iter().filter(|name| !is_pending("cycles", name));
        findings.extend(crates.flat_map(|name| cycles::check(name, files)));
        findings
    }
}

/// The files that git knows or would add, as text; binary files are left out.
fn read(workspace: &Workspace) -> Outcome<Vec<Source>> {
    let mut git = std::process::Command::new("git");
    git.current_dir(workspace.root())
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"]);
    let list = process::capture(&mut git)?;
    let mut files = Vec::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        let file = workspace.path(path);
        if !Path::new(&file).is_file() {
            continue;
        }
        let bytes = fs::read(&file).explain(|| format!("read {path}"))?;
        if let Ok(text) = String::from_utf8(bytes) {
            files.push(Source {
                path: path.to_owned(),
                text,
            });
        }
    }
    Ok(files)
}

/// Whether the file ends so, whatever the case.
fn has_ending(path: &str, ending: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case(ending))
}
