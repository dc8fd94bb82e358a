//! `cargo xtask test faults …`: builds the product with its crash points, and the suite that breaks it.

use crate::{
    failure::{Explain as _, Outcome},
    native,
    pg::{Binaries, RunAs, Wanted},
    process, say, tools,
    workspace::Workspace,
};

/// Builds, and runs the suite with these arguments.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let user = RunAs::find()?;
    let binaries = Binaries::find(workspace, &Wanted::Any)?;
    native::ensure()?;
    let mut build = workspace.cargo();
    process::run(build.args(["build", "-p", "xtask-faults"]))?;
    let home = workspace.reachable(&user)?.join("faults");
    std::fs::create_dir_all(&home).explain(|| format!("create {}", home.display()))?;
    let mut command = workspace.command(workspace.built("xtask-faults"));
    command
        .args(arguments)
        .env("FAULTS_PG_BIN", binaries.folder())
        .env("FAULTS_HOME", &home);
    if let RunAs::Other { uid, gid, .. } = user {
        command.env("FAULTS_PG_USER", format!("{uid}:{gid}"));
    }
    // What needs S3 is skipped without it, and the table says so.
    match tools::fetch(workspace, &tools::SEAWEEDFS) {
        Ok(weed) => {
            command.env("FAULTS_WEED", weed);
        }
        Err(failure) => say::warn(&failure.to_string()),
    }
    process::run(&mut command)
}
