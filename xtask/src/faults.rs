//! `cargo xtask test faults …`: builds the product with its crash points, and the suite that breaks it.

use crate::{
    native,
    pg::{Binaries, Wanted},
    tools,
    workspace::Workspace,
};
use xtask_support::{Explain as _, Outcome, console, process, run_as::RunAs};

/// Builds, and runs the suite with these arguments.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let user = RunAs::find()?;
    let binaries = Binaries::find(workspace, &Wanted::Any)?;
    native::ensure()?;
    let mut build = workspace.cargo();
    // The packages and, by `--examples`, of which there are none, the features of the build for the tests: only what
    // has crash points is compiled again.
    build.args([
        "build",
        "--workspace",
        "--exclude",
        "xtask-bench",
        "--exclude",
        "xtask-fuzz",
    ]);
    build.args([
        "--bin",
        "xtask-faults",
        "--bin",
        "infravault-crashing",
        "--examples",
    ]);
    process::run(&mut build)?;
    let home = workspace.reachable(&user)?.join("faults");
    std::fs::create_dir_all(&home).explain(|| format!("create {}", home.display()))?;
    let mut command = workspace.command(workspace.built("xtask-faults"));
    command
        .args(arguments)
        .env("FAULTS_PG_BIN", binaries.folder())
        .env("FAULTS_HOME", &home);
    // What needs S3 is skipped without it, and the table says so.
    match tools::fetch(workspace, &tools::SEAWEEDFS) {
        Ok(weed) => {
            command.env("FAULTS_WEED", weed);
        }
        Err(failure) => console::warn(&failure.to_string()),
    }
    process::run(&mut command)
}
