//! The command line: one subcommand, one file.
mod admin;
mod backup;
mod copying;
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

type Outcome = Result<(), Box<dyn Error>>;

/// InfraVault, a self-hosted image vault.
#[derive(Parser)]
#[command(name = "infravault", version, about)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer requests, and run background work in the same process.
    Serve,
    /// Run background jobs alone, beside processes that serve.
    Worker,
    /// Change the database's schema.
    #[command(subcommand)]
    Migrate(migrate::Command),
    /// Ask the running server whether it is ready; exit code 0 or 1. For container health checks.
    Healthcheck,
    /// Check the configuration, the database, the store and the providers, and say how to mend what is wrong.
    Doctor,
    /// Administer accounts from the host.
    #[command(subcommand)]
    Admin(admin::Command),
    /// Prepare the object store, or move the library into another one.
    #[command(subcommand)]
    Storage(storage::Command),
    /// Count renditions, or delete those that nobody asks for.
    #[command(subcommand)]
    Renditions(renditions::Command),
    /// Compare the object store with the database; exit code 1 where something is wrong.
    Integrity(integrity::Options),
    /// Write the database and the objects into a folder, while the server runs.
    Backup(backup::Options),
    /// Fill an empty installation from such a folder.
    Restore(restore::Options),
    /// Print the OpenAPI document.
    Openapi,
    /// Print the reference of all environment variables.
    ConfigReference,
    /// Print the catalog of problems.
    Problems,
    /// Decode images for the process that started this one, and be able to do nothing else.
    #[command(name = SANDBOX_CHILD, hide = true)]
    SandboxChild,
}

/// The first argument of a process that decodes images.
const SANDBOX_CHILD: &str = "sandbox-worker";

/// Runs the program.
pub fn run() -> ExitCode {
    // Before anything is opened, read or started.
    if std::env::args_os()
        .nth(1)
        .is_some_and(|command| command == SANDBOX_CHILD)
    {
        return infravault_sandbox::child();
    }
    // The first TLS use needs a provider; a second installation in one process is no fault.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let outcome = match Args::parse().command {
        Command::Openapi => {
            print(&crate::openapi::text());
            Ok(())
        }
        Command::ConfigReference => {
            print(&reference::configuration());
            Ok(())
        }
        Command::Problems => {
            print(&reference::problems());
            Ok(())
        }
        Command::SandboxChild => return infravault_sandbox::child(),
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
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("infravault: {}", chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn with_config(command: impl FnOnce(Config) -> Outcome) -> Outcome {
    command(Config::from_process()?)
}

/// Runs a short command to its end.
fn block_on(work: impl Future<Output = Outcome>) -> Outcome {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(work)
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    text
}

#[expect(clippy::print_stdout, reason = "what the command was asked for")]
fn print(text: &str) {
    print!("{text}");
}

#[expect(
    clippy::print_stdout,
    reason = "a command line talks to people on standard output"
)]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}
