//! `cargo xtask demo`: three people and about thirty images in the running development server.

use crate::workspace::Workspace;
use clap::Args;
use xtask_support::{CommandError, Outcome, http, process};

/// Options of `cargo xtask demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The port of the running server.
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

impl Demo {
    /// Drives the public API only.
    pub(crate) fn run(&self, workspace: &Workspace) -> Outcome {
        if http::get(self.port, "/health/ready") != Some(200) {
            return Err(
                CommandError::new(format!("no InfraVault server is ready on port {}", self.port))
                    .hint("run `cargo xtask dev` in another terminal first"),
            );
        }
        let mut command = workspace.cargo();
        command.args(["run", "-p", "infravault-testkit", "--bin", "demo", "--", "--url"]);
        process::run(command.arg(format!("http://127.0.0.1:{}", self.port)))
    }
}
