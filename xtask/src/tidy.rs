//! `cargo xtask tidy`: the rules of `docs/style.md` and `docs/architecture.md` that a program can check.

mod layers;
mod migrations;
mod problems;
mod queries;
mod sources;
mod supply;

pub(crate) use layers::packages;

use crate::{
    failure::{Explain as _, Failure, Outcome},
    process, say,
    workspace::Workspace,
};
use std::{fs, path::Path};

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

/// Runs all checks and prints every finding.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let files = read(workspace)?;
    let mut findings = layers::check(workspace)?;
    findings.extend(sources::check(&files));
    findings.extend(queries::check(&files));
    findings.extend(migrations::check(&files));
    findings.extend(problems::check(&files));
    findings.extend(supply::check(workspace, &files)?);
    findings.sort_by(|left, right| left.place.cmp(&right.place));
    for finding in &findings {
        say::line(&format!("{}: {}", finding.place, finding.text));
    }
    match findings.len() {
        0 => {
            say::done(&format!("{} files are tidy", files.len()));
            Ok(())
        }
        count => Err(Failure::new(format!("{count} findings; each says what to do"))),
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
