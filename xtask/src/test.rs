//! `cargo xtask test`: every suite, on servers of its own, with a table at the end.

mod fuzz;
mod nextest;
mod slow;

use crate::{
    corpus, faults,
    fuzz::Fuzz,
    pg::{Binaries, Cluster, Kind, Wanted},
    product::{Build, Local},
    report::{Report, Verdict},
    tools,
    workspace::Workspace,
};
use clap::Args;
use nextest::Runner;
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use xtask_support::{
    CommandError, Explain as _, Outcome, console,
    interrupt::Interrupt,
    port, process,
    seaweed::{self, Seaweed},
};

/// The store of the tests is deleted afterwards.
const GRACE: Duration = Duration::ZERO;
/// Packages that contain SQL are tested on every PostgreSQL version.
const DATABASE_PACKAGES: [&str; 5] = [
    "infravault-db",
    "infravault-jobs",
    "infravault-auth",
    "infravault-users",
    "infravault-images",
];

/// Options of `cargo xtask test`.
#[derive(Debug, Args, Default)]
pub(crate) struct Test {
    /// PostgreSQL to test on: a major version, or a folder of binaries.
    #[arg(long, value_name = "MAJOR|DIR")]
    pg: Option<String>,
    /// Only the suites whose names begin so, such as `slow,database`.
    #[arg(long, value_delimiter = ',', value_name = "SUITES")]
    only: Vec<String>,
    /// Passed on to nextest; then only the tests that it selects run, and no other suite. After the word `faults`:
    /// passed on to the fault suite (`faults --help`).
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "NEXTEST ARGUMENTS"
    )]
    arguments: Vec<String>,
}

/// Programs and services that the tests find through environment variables.
struct Services {
    seaweed: Option<Seaweed>,
    oidc_provider: Option<PathBuf>,
    tus_client: Option<PathBuf>,
    /// What is missing, and why.
    missing: Vec<(&'static str, String)>,
}

impl Test {
    /// Runs the suites and prints how each went.
    pub(crate) fn run(&self, workspace: &Workspace, interrupt: &Interrupt) -> Outcome {
        if let [first, rest @ ..] = self.arguments.as_slice()
            && first == "faults"
        {
            return faults::run(workspace, rest);
        }
        let mut report = Report::default();
        self.suites(workspace, interrupt, &mut report, Build::Everything)?;
        report.finish()
    }

    /// Adds the suites to a report that may have rows already.
    pub(crate) fn suites(
        &self,
        workspace: &Workspace,
        interrupt: &Interrupt,
        report: &mut Report,
        build: Build,
    ) -> Outcome {
        let wanted = self.pg.as_deref().map_or(Wanted::Any, Wanted::parse);
        let runner = Runner::find(workspace);
        let mut services = Services::start(workspace);
        if self.arguments.is_empty() {
            for (suite, reason) in &services.missing {
                report.run(suite, || Ok(Verdict::Skipped(reason.clone())));
            }
            if build != Build::Done && !report.run("build", || build.run(workspace).map(|()| Verdict::Passed))
            {
                return Ok(());
            }
        }
        interrupt.check()?;
        let cluster = Cluster::start(workspace, Kind::Test, &wanted)?;
        services.wait_until_ready(interrupt)?;
        let run_tests = |mut command: Command, cluster: &Cluster| {
            services.set_variables(&mut command, cluster);
            process::run(&mut command).map(|()| Verdict::Passed)
        };
        if !self.arguments.is_empty() {
            let selected = runner.selected(workspace, &self.arguments);
            report.run("selected tests", || run_tests(selected, &cluster));
            return Ok(());
        }
        let main = cluster.major();
        let mut suite = |name: &str, work: &mut dyn FnMut() -> Outcome<Verdict>| {
            interrupt.check()?;
            if self.only.is_empty() || self.only.iter().any(|only| name.starts_with(only)) {
                report.run(name, work);
            }
            Ok(())
        };
        suite(&format!("all tests, PostgreSQL {main}"), &mut || {
            run_tests(runner.everything(workspace), &cluster)
        })?;
        suite("malformed images", &mut || malformed_images(workspace, &runner))?;
        suite("fuzzing", &mut || {
            Fuzz::default()
                .run(workspace, interrupt)
                .map(|()| Verdict::Passed)
        })?;
        suite("schemathesis", &mut || fuzz::run(workspace, &cluster, interrupt))?;
        suite("slow clients", &mut || slow::run(workspace, &cluster, interrupt))?;
        drop(cluster);
        for major in Binaries::majors().filter(|major| *major != main) {
            suite(
                &format!("database tests, PostgreSQL {major}"),
                &mut || match Cluster::start(workspace, Kind::Test, &Wanted::Major(major)) {
                    Ok(cluster) => run_tests(runner.packages(workspace, &DATABASE_PACKAGES), &cluster),
                    Err(error) => Ok(Verdict::Skipped(error.to_string())),
                },
            )?;
        }
        suite("faults", &mut || {
            faults::run(workspace, &[]).map(|()| Verdict::Passed)
        })
    }
}

impl Services {
    /// Starts and fetches what is available; records what is missing.
    fn start(workspace: &Workspace) -> Self {
        console::step("services for the tests");
        let mut missing = Vec::new();
        let mut note = |suite: &'static str, error: &CommandError| missing.push((suite, error.to_string()));
        let home = workspace
            .target()
            .join("test/s3")
            .join(std::process::id().to_string());
        let seaweed = tools::fetch(workspace, &tools::SEAWEEDFS)
            .and_then(|weed| Seaweed::start(&weed, &home, None, GRACE))
            .map_err(|error| note("object store tests on SeaweedFS", &error))
            .ok();
        let oidc_provider = tools::fetch(workspace, &tools::OIDC_PROVIDER)
            .map_err(|error| note("sign-in through oidc-provider", &error))
            .ok();
        let tus_client = tools::fetch(workspace, &tools::TUS_CLIENT)
            .map_err(|error| note("uploads by tus-js-client", &error))
            .ok();
        Self {
            seaweed,
            oidc_provider,
            tus_client,
            missing,
        }
    }

    fn wait_until_ready(&mut self, interrupt: &Interrupt) -> Outcome {
        self.seaweed
            .as_mut()
            .map_or(Ok(()), |seaweed| seaweed.wait_until_ready(interrupt))
    }

    /// Sets the variables that `infravault-testkit` reads.
    fn set_variables(&self, command: &mut Command, cluster: &Cluster) {
        command
            .env("INFRAVAULT_TEST_DATABASE_URL", cluster.admin_url())
            .env("DB_BIN_DIR", cluster.programs());
        if let Some(seaweed) = &self.seaweed {
            command
                .env("INFRAVAULT_TEST_S3_ENDPOINT", seaweed.endpoint())
                .env("INFRAVAULT_TEST_S3_REGION", seaweed::REGION)
                .env("INFRAVAULT_TEST_S3_ACCESS_KEY", seaweed::ACCESS_KEY)
                .env("INFRAVAULT_TEST_S3_SECRET_KEY", seaweed::SECRET_KEY);
        }
        if let Some(folder) = &self.oidc_provider {
            command.env("INFRAVAULT_TEST_OIDC_PROVIDER", folder);
        }
        if let Some(folder) = &self.tus_client {
            command.env("INFRAVAULT_TEST_TUS_CLIENT", folder);
        }
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        if let Some(mut seaweed) = self.seaweed.take() {
            seaweed.service.stop();
            let _ = std::fs::remove_dir_all(&seaweed.home);
        }
    }
}

/// A server for one suite, on the product database of the test cluster, with an empty folder.
fn local<'a>(cluster: &Cluster, home: &Path, extra: &'a [(&'a str, &'a str)]) -> Outcome<Local<'a>> {
    let _ = std::fs::remove_dir_all(home);
    std::fs::create_dir_all(home).explain(|| format!("create {}", home.display()))?;
    Ok(Local {
        api: port::free()?,
        issuer: port::free()?,
        database_url: cluster.product_url(),
        seaweed: None,
        home: home.to_path_buf(),
        extra,
    })
}

/// Sends images that are known to break decoders through the sandbox.
fn malformed_images(workspace: &Workspace, runner: &Runner) -> Outcome<Verdict> {
    let folder = match corpus::fetch(workspace) {
        Ok(folder) => folder,
        Err(failure) => return Ok(Verdict::Skipped(failure.to_string())),
    };
    let mut command = runner.ignored(workspace, "infravault-sandbox", "corpus::");
    process::run(command.env("INFRAVAULT_TEST_CORPUS", folder)).map(|()| Verdict::Passed)
}
