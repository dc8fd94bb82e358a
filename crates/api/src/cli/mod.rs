//! The command line; every subcommand has its own file.
mod admin;
mod backup;
mod copy;
mod doctor;
mod healthcheck;
mod integrity;
mod migrate;
mod progress;
mod reference;
mod renditions;
mod restore;
mod serve;
mod storage;
mod worker;

use crate::config::Config;
use clap::{Parser, Subcommand};
use std::{error::Error, process::ExitCode};

type CommandResult = Result<(), Box<dyn Error>>;

/// InfraVault, a self-hosted image vault.
#[derive(Parser)]
#[command(
    name = "infravault",
    version,
    after_help = "Settings are environment variables; `infravault config-reference` lists them."
)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the HTTP server and, unless `JOBS_IN_SERVE=false`, background jobs.
    Serve,
    /// Run only background jobs, in addition to the processes that serve.
    Worker,
    /// Apply, roll back or show migrations of the database schema.
    #[command(subcommand)]
    Migrate(migrate::Command),
    /// Check whether the server on this host is ready, for container health checks; exit code 1 if it is not.
    Healthcheck,
    /// Check the configuration, the database, the store and the providers, and suggest how to fix each problem.
    Doctor,
    /// Manage accounts from this host.
    #[command(subcommand)]
    Admin(admin::Command),
    /// Set up the object store, or copy the library to another store.
    #[command(subcommand)]
    Storage(storage::Command),
    /// Count or prune stored renditions.
    #[command(subcommand)]
    Renditions(renditions::Command),
    /// Compare the object store with the database; exit code 1 if they differ.
    #[command(after_help = integrity::EXAMPLES)]
    Integrity(integrity::Options),
    /// Back up the database and the objects to a directory, while the server runs.
    #[command(after_help = backup::EXAMPLES)]
    Backup(backup::Options),
    /// Restore a backup into an empty installation.
    #[command(after_help = restore::EXAMPLES)]
    Restore(restore::Options),
    /// Print the OpenAPI document.
    Openapi,
    /// Print the reference of all environment variables.
    ConfigReference,
    /// Print the catalog of problem types.
    Problems,
    /// Process images for the parent process; used internally.
    #[command(name = SANDBOX_WORKER, hide = true)]
    SandboxWorker,
}

const SANDBOX_WORKER: &str = "sandbox-worker";

/// Runs the program.
pub fn run() -> ExitCode {
    // A sandbox worker must not open, read or start anything else.
    if std::env::args_os()
        .nth(1)
        .is_some_and(|command| command == SANDBOX_WORKER)
    {
        return infravault_sandbox::worker_main();
    }
    // Fails only if a provider is installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let result = match Args::parse().command {
        Command::Openapi => {
            print_text(&crate::openapi::text());
            Ok(())
        }
        Command::ConfigReference => {
            print_text(&reference::configuration());
            Ok(())
        }
        Command::Problems => {
            print_text(&reference::problems());
            Ok(())
        }
        Command::SandboxWorker => return infravault_sandbox::worker_main(),
        Command::Healthcheck => healthcheck::run(),
        Command::Serve => with_config(serve::run),
        Command::Worker => with_config(worker::run),
        Command::Migrate(command) => with_config(|config| migrate::run(command, config)),
        Command::Doctor => with_config(doctor::run),
        Command::Admin(command) => with_config(|config| admin::run(command, config)),
        Command::Storage(command) => with_config(|config| storage::run(command, config)),
        Command::Renditions(command) => with_config(|config| renditions::run(command, config)),
        Command::Integrity(options) => with_config(|config| integrity::run(options, config)),
        Command::Backup(options) => with_config(|config| backup::run(options, config)),
        Command::Restore(options) => with_config(|config| restore::run(options, config)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("infravault: {}", infravault_kernel::error_chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn with_config(command: impl FnOnce(Config) -> CommandResult) -> CommandResult {
    command(Config::from_process()?)
}

fn block_on(command: impl Future<Output = CommandResult>) -> CommandResult {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(command)
}

#[expect(clippy::print_stdout, reason = "the output of a command")]
fn print_text(text: &str) {
    print!("{text}");
}

#[expect(clippy::print_stdout, reason = "the output of a command")]
fn print_line(line: impl std::fmt::Display) {
    println!("{line}");
}
