//! `cargo xtask compose`: drives `deploy/compose.yaml` with Docker.

use crate::{tools, workspace::Workspace};
use clap::Subcommand;
use std::process::Command;
use xtask_support::{Outcome, process};

/// What to do with the containers.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Compose {
    /// Build the image and start everything; returns when the API is ready.
    Up,
    /// Stop everything; the data stays.
    Down,
    /// Follow the logs.
    Logs,
    /// Print the file with all variables filled in.
    Config,
}

impl Compose {
    /// Passes the verb on.
    pub(crate) fn run(self, workspace: &Workspace) -> Outcome {
        let mut command = command(workspace)?;
        match self {
            Self::Up => command.args(["up", "--build", "--detach", "--wait"]),
            Self::Down => command.arg("down"),
            Self::Logs => command.args(["logs", "--follow"]),
            Self::Config => command.arg("config"),
        };
        process::run(&mut command)
    }
}

/// `docker compose` where Docker has it, else the fetched program, with our file. Without an
/// `.env` of the operator the example's values apply.
pub(crate) fn command(workspace: &Workspace) -> Outcome<Command> {
    let mut probe = Command::new("docker");
    let has_plugin =
        process::find("docker").is_some() && process::quietly(probe.args(["compose", "version"])).is_ok();
    let mut command = if has_plugin {
        let mut docker = Command::new("docker");
        docker.arg("compose");
        docker
    } else {
        Command::new(tools::fetch(workspace, &tools::DOCKER_COMPOSE)?)
    };
    let own = workspace.path("deploy/.env");
    let env = if own.exists() {
        own
    } else {
        workspace.path("deploy/.env.example")
    };
    command
        .arg("--file")
        .arg(workspace.path("deploy/compose.yaml"))
        .arg("--env-file")
        .arg(env);
    command.current_dir(workspace.root());
    Ok(command)
}
