//! `cargo xtask deploy-check`: the Dockerfile and the compose file, without a container engine.

use crate::{compose, tools, workspace::Workspace};
use std::process::Command;
use xtask_support::{CommandError, Outcome, console, process};

/// Runs hadolint, `docker-compose config` and the compose schema.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    for file in ["deploy/Dockerfile", "deploy/compose.yaml", "deploy/.env.example"] {
        if !workspace.path(file).is_file() {
            return Err(CommandError::new(format!("{file} is missing")));
        }
    }
    let hadolint = tools::fetch(workspace, &tools::HADOLINT)?;
    process::run(Command::new(hadolint).arg(workspace.path("deploy/Dockerfile")))?;
    console::done("deploy/Dockerfile");
    process::run(compose::command(workspace)?.args(["config", "--quiet"]))?;
    let schema = tools::fetch(workspace, &tools::CHECK_JSONSCHEMA)?;
    let mut check = tools::python(&schema);
    check.args(["--builtin-schema", "vendor.compose-spec", "--quiet"]);
    process::run(check.arg(workspace.path("deploy/compose.yaml")))?;
    console::done("deploy/compose.yaml");
    Ok(())
}
