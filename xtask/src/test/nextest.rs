//! Runs the tests by nextest: an installed one, a fetched one, or else by `cargo test`.

use crate::{report, tools, workspace::Workspace};
use std::{path::PathBuf, process::Command};
use xtask_support::{console, process};

const WORKSPACE: [&str; 7] = [
    "--workspace",
    "--exclude",
    "xtask-bench",
    "--exclude",
    "xtask-faults",
    "--exclude",
    "xtask-fuzz",
];

/// What runs the tests.
#[derive(Debug)]
pub(crate) enum Runner {
    /// `cargo nextest`.
    Installed,
    /// The fetched program.
    Fetched(PathBuf),
    /// `cargo test`, which runs the tests of a binary in one process.
    Plain,
}

impl Runner {
    /// The best one that can be had.
    pub(crate) fn find(workspace: &Workspace) -> Self {
        if process::quietly(workspace.cargo().args(["nextest", "--version"])).is_ok() {
            return Self::Installed;
        }
        match tools::fetch(workspace, &tools::CARGO_NEXTEST) {
            Ok(program) => Self::Fetched(program),
            Err(failure) => {
                console::warn(&format!("running the tests by `cargo test`: {failure}"));
                Self::Plain
            }
        }
    }

    /// All tests of the workspace.
    pub(crate) fn everything(&self, workspace: &Workspace) -> Command {
        let mut command = self.command(workspace);
        command.args(WORKSPACE);
        command
    }

    /// The tests of some packages, from the same build as [`Runner::everything`].
    pub(crate) fn packages(&self, workspace: &Workspace, packages: &[&str]) -> Command {
        let mut command = self.command(workspace);
        if matches!(self, Self::Plain) {
            for package in packages {
                command.args(["-p", package]);
            }
        } else {
            let terms: Vec<String> = packages
                .iter()
                .map(|package| format!("package({package})"))
                .collect();
            command.args(WORKSPACE).args(["-E", &terms.join(" | ")]);
        }
        command
    }

    /// The ignored tests of a package whose names begin with `prefix`, from the same build, with what they print.
    pub(crate) fn ignored(&self, workspace: &Workspace, package: &str, prefix: &str) -> Command {
        let mut command = self.command(workspace);
        if matches!(self, Self::Plain) {
            command.args(["-p", package, prefix, "--", "--ignored", "--nocapture"]);
        } else {
            let filter = format!("package({package}) & test(/^{prefix}/)");
            command.args(WORKSPACE).args(["-E", &filter]);
            command.args(["--run-ignored", "only", "--no-capture"]);
        }
        command
    }

    /// The tests that a person's own arguments select.
    pub(crate) fn selected(&self, workspace: &Workspace, arguments: &[String]) -> Command {
        let mut command = self.command(workspace);
        command.args(arguments);
        command
    }

    fn command(&self, workspace: &Workspace) -> Command {
        let mut command = match self {
            Self::Installed => {
                let mut cargo = workspace.cargo();
                cargo.args(["nextest", "run"]);
                cargo
            }
            Self::Fetched(program) => {
                let mut command = workspace.command(program);
                command.args(["nextest", "run"]);
                command
            }
            Self::Plain => {
                let mut cargo = workspace.cargo();
                cargo.args(["test", "--no-fail-fast"]);
                return cargo;
            }
        };
        if report::in_ci() {
            command.args(["--profile", "ci"]);
        }
        command
    }
}
