//! Development commands of InfraVault: `cargo xtask --help`. Knows no product crate; it starts programs.

mod bench;
mod ci;
mod codegen;
mod compose;
mod corpus;
mod demo;
mod deploy_check;
mod dev;
mod docs;
mod faults;
mod fuzz;
mod generated;
mod migrate;
mod native;
mod openapi;
mod pg;
mod product;
mod report;
mod test;
mod tidy;
mod tools;
mod workspace;

use crate::{generated::Mode, product::Build, workspace::Workspace};
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use xtask_support::{Outcome, console, interrupt::Interrupt};

/// Runs, tests and checks InfraVault on a machine that has Rust and little else.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run the product here: database, sign-in service and server, until Ctrl-C.
    Dev(dev::Dev),
    /// Run every test, with everything that they need; `test faults` breaks a running server in every way.
    Test(test::Test),
    /// Do what CI does: format, rules, lints, generated files, audit, tests.
    Ci(ci::Ci),
    /// Sign in as three people and upload about thirty images to the running server.
    Demo(demo::Demo),
    /// Apply, take back, list or make migrations.
    #[command(subcommand)]
    Migrate(migrate::Migrate),
    /// Generate the query crates from `queries/`.
    Codegen(codegen::Codegen),
    /// Write `docs/openapi.json` from the code.
    Openapi(Mode),
    /// Write `docs/configuration.md` and `docs/problems.md` from the code.
    Docs(Mode),
    /// Check the rules of `docs/style.md` that a program can check.
    Tidy(tidy::Tidy),
    /// Run `deploy/compose.yaml` with Docker.
    #[command(subcommand)]
    Compose(compose::Compose),
    /// Check the Dockerfile and the compose file without a container engine.
    DeployCheck,
    /// Try mutated images against everything that reads images.
    Fuzz(fuzz::Fuzz),
    /// Measure speed and memory.
    Bench(bench::Bench),
}

fn main() -> ExitCode {
    match dispatch(&Arguments::parse().verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console::error(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn dispatch(verb: &Verb) -> Outcome {
    let workspace = Workspace::find()?;
    let interrupt = Interrupt::listen()?;
    match verb {
        Verb::Dev(dev) => dev.run(&workspace, &interrupt),
        Verb::Test(test) => test.run(&workspace, &interrupt),
        Verb::Ci(ci) => ci.run(&workspace, &interrupt),
        Verb::Demo(demo) => demo.run(&workspace),
        Verb::Migrate(migrate) => migrate.run(&workspace),
        Verb::Codegen(codegen) => codegen.run(&workspace),
        Verb::Openapi(mode) => openapi::run(&workspace, *mode, Build::Quick),
        Verb::Docs(mode) => docs::run(&workspace, *mode, Build::Quick),
        Verb::Tidy(tidy) => tidy.run(&workspace),
        Verb::Compose(compose) => compose.run(&workspace),
        Verb::DeployCheck => deploy_check::run(&workspace),
        Verb::Fuzz(fuzz) => fuzz.run(&workspace, &interrupt),
        Verb::Bench(bench) => bench.run(&workspace),
    }
}
