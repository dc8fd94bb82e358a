//! `cargo xtask bench …`: a tuned cluster of its own, and xtask-bench with the same arguments.

use crate::{
    native,
    pg::{Cluster, Kind, Wanted},
    tools,
    workspace::Workspace,
};
use clap::Args;
use xtask_support::{Outcome, console, process};

/// Options of `cargo xtask bench`.
#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// What `xtask-bench` is told; `--help` shows its own options.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

impl Bench {
    /// Builds the shipped code and the bench, then runs the bench.
    pub(crate) fn run(&self, workspace: &Workspace) -> Outcome {
        let cluster = Cluster::start(workspace, Kind::Bench, &Wanted::Any)?;
        console::note(&format!(
            "PostgreSQL {}, data in {}",
            cluster.major(),
            cluster.home().display()
        ));
        native::ensure()?;
        let mut build = workspace.cargo();
        build.args([
            "build",
            "--profile",
            "bench-run",
            "-p",
            "infravault-api",
            "-p",
            "xtask-bench",
        ]);
        process::run(&mut build)?;
        let mut command = workspace.cargo();
        command
            .args(["run", "-q", "--profile", "bench-run", "-p", "xtask-bench", "--"])
            .args(&self.arguments);
        // What is missing is named in the table.
        match tools::fetch(workspace, &tools::SHARP) {
            Ok(modules) => {
                command.env("BENCH_NODE_MODULES", modules);
            }
            Err(failure) => console::note(&failure.to_string()),
        }
        process::run(command.env("BENCH_DATABASE_URL", cluster.admin_url()))
    }
}
