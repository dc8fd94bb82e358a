//! `cargo xtask codegen`: typed queries from `queries/`, on a database of its own.

use crate::{
    pg::{Cluster, Kind, Wanted},
    workspace::Workspace,
};
use clap::Args;
use xtask_support::{Outcome, process};

/// Options of `cargo xtask codegen`.
#[derive(Debug, Args)]
pub(crate) struct Codegen {
    /// Change nothing; fail when the committed code differs.
    #[arg(long)]
    check: bool,
    /// Only these contexts (`auth`, `users`, `images`).
    contexts: Vec<String>,
}

impl Codegen {
    /// Every context, without changing anything.
    pub(crate) const CHECK: Self = Self {
        check: true,
        contexts: Vec::new(),
    };

    /// Builds the generator and runs it.
    pub(crate) fn run(&self, workspace: &Workspace) -> Outcome {
        let mut command = workspace.cargo();
        command.args(["run", "-p", "xtask-codegen", "--"]);
        self.with(workspace, command)
    }

    /// Runs a generator that was built before.
    pub(crate) fn run_built(&self, workspace: &Workspace) -> Outcome {
        let mut command = std::process::Command::new(workspace.built("xtask-codegen"));
        command.current_dir(workspace.root());
        self.with(workspace, command)
    }

    fn with(&self, workspace: &Workspace, mut command: std::process::Command) -> Outcome {
        let cluster = Cluster::start(workspace, Kind::Test, &Wanted::Any)?;
        if self.check {
            command.arg("--check");
        }
        command.args(&self.contexts);
        process::run(command.env("DATABASE_URL", cluster.admin_url()))
    }
}
