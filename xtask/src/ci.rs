//! `cargo xtask ci`: what must hold before anything lands, the cheap steps first.

use crate::{
    codegen::Codegen,
    deploy_check, docs,
    generated::Mode,
    native, openapi,
    product::Build,
    report::{Report, Verdict},
    test::Test,
    tidy, tools,
    workspace::Workspace,
};
use clap::Args;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};
use xtask_support::{CommandError, Explain as _, Outcome, console, interrupt::Interrupt, process};

type Step = (&'static str, fn(&Workspace) -> Outcome);

/// In this order; the name is what `--only` takes.
const STEPS: [Step; 11] = [
    ("format", format),
    ("tidy", |workspace| tidy::Tidy::default().run(workspace)),
    ("audit", audit),
    ("squawk", squawk),
    ("deploy", deploy_check::run),
    ("clippy", clippy),
    ("build", |workspace| Build::Everything.run(workspace)),
    ("codegen", |workspace| Codegen::CHECK.run_built(workspace)),
    ("openapi", |workspace| {
        openapi::run(workspace, Mode { check: true }, Build::Done)
    }),
    ("docs", |workspace| {
        docs::run(workspace, Mode { check: true }, Build::Done)
    }),
    ("rustdoc", rustdoc),
];

/// Steps that run the programs of the step "build".
const NEED_THE_BUILD: [&str; 4] = ["codegen", "openapi", "docs", "test"];

/// Options of `cargo xtask ci`.
#[derive(Debug, Args)]
pub(crate) struct Ci {
    /// Only these steps: format, tidy, audit, squawk, deploy, clippy, build, codegen, openapi, docs, rustdoc, test.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

impl Ci {
    /// Runs the steps until one fails, then the tests, and prints how long each took.
    pub(crate) fn run(&self, workspace: &Workspace, interrupt: &Interrupt) -> Outcome {
        let known = |name: &str| name == "test" || STEPS.iter().any(|(step, _)| *step == name);
        if let Some(unknown) = self.only.iter().find(|name| !known(name)) {
            return Err(CommandError::new(format!("unknown step '{unknown}'")).hint("cargo xtask ci --help"));
        }
        let mut report = Report::default();
        for (name, step) in STEPS.into_iter().filter(|(name, _)| self.wants(name)) {
            interrupt.check()?;
            if !report.run(name, || step(workspace).map(|()| Verdict::Passed)) {
                return report.finish();
            }
        }
        if !self.wants("test") {
            return report.finish();
        }
        let build = if self.wants("build") {
            Build::Done
        } else {
            Build::Everything
        };
        let tested = Test::default().suites(workspace, interrupt, &mut report, build);
        report.finish().and(tested)
    }

    fn wants(&self, name: &str) -> bool {
        let built = |only: &str| name == "build" && NEED_THE_BUILD.contains(&only);
        self.only.is_empty() || self.only.iter().any(|only| only == name || built(only))
    }
}

/// Every package but the generated ones, which look as the generator leaves them.
fn format(workspace: &Workspace) -> Outcome {
    let mut command = workspace.cargo();
    command.arg("fmt");
    for package in tidy::packages() {
        command.args(["-p", package]);
    }
    process::run(command.args(["--", "--check"])).map_err(|failure| {
        failure.hint("cargo fmt -p <package> (rustup component add rustfmt, if it is missing)")
    })
}

fn clippy(workspace: &Workspace) -> Outcome {
    native::ensure()?;
    let mut command = workspace.cargo();
    command.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]);
    process::run(&mut command)
        .map_err(|failure| failure.hint("rustup component add clippy, if it is missing"))
}

fn rustdoc(workspace: &Workspace) -> Outcome {
    let mut command = workspace.cargo();
    // `--examples`, of which there are none, selects the features of tests: what clippy has checked is used again.
    command.args([
        "doc",
        "--no-deps",
        "--workspace",
        "--lib",
        "--bins",
        "--examples",
        "--quiet",
    ]);
    process::run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn squawk(workspace: &Workspace) -> Outcome {
    let squawk = tools::fetch(workspace, &tools::SQUAWK)?;
    let folder = workspace.path("migrations");
    let entries = fs::read_dir(&folder).explain(|| format!("read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.to_string_lossy();
            name.ends_with(".sql") && !name.ends_with(".down.sql")
        })
        .collect();
    files.sort();
    let mut command = Command::new(squawk);
    command
        .arg("--config")
        .arg(workspace.path("xtask/tools/squawk/squawk.toml"))
        .args(files);
    process::run(&mut command)
}

/// Compares `Cargo.lock` with the advisories in the folder or archive that `INFRAVAULT_ADVISORY_DB`
/// names, else with freshly fetched ones. What is ignored, and why, is in `.cargo/audit.toml`.
fn audit(workspace: &Workspace) -> Outcome {
    let audit = tools::fetch(workspace, &tools::CARGO_AUDIT)?;
    let mut command = workspace.command(audit);
    command.args(["audit", "--deny", "unsound"]);
    let named = env::var_os("INFRAVAULT_ADVISORY_DB").filter(|path| !path.is_empty());
    let Some(path) = named else {
        return audit_fetched(&mut command);
    };
    console::note(&format!("advisories from {}", Path::new(&path).display()));
    command
        .args(["--no-fetch", "--stale", "--db"])
        .arg(advisories(workspace, Path::new(&path))?);
    process::run(&mut command)
}

/// Audits with advisories from the network. Without network access this warns and continues: the code is not at fault.
fn audit_fetched(command: &mut Command) -> Outcome {
    console::note("fetching the advisories; INFRAVAULT_ADVISORY_DB may name a folder or a .tar.zst of them");
    let output = command.output().explain(|| "run cargo-audit".into())?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        return Ok(());
    }
    if said.contains("couldn't fetch advisory database") {
        console::warn("the dependencies were NOT audited: no advisories, and no network to fetch them");
        return Ok(());
    }
    let found = String::from_utf8_lossy(&output.stdout);
    Err(CommandError::new(format!(
        "the audit found something:\n{found}{said}"
    )))
}

/// The folder of the advisories; an archive is unpacked into the target folder first.
fn advisories(workspace: &Workspace, path: &Path) -> Outcome<PathBuf> {
    if path.is_dir() {
        return Ok(path.to_path_buf());
    }
    if !path.is_file() {
        return Err(CommandError::new(format!(
            "INFRAVAULT_ADVISORY_DB names {}, which does not exist",
            path.display()
        )));
    }
    let folder = workspace.target().join("tools/advisories");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).explain(|| format!("create {}", folder.display()))?;
    process::require("zstd")?;
    process::quietly(
        Command::new("tar")
            .arg("--zstd")
            .arg("-xf")
            .arg(path)
            .arg("-C")
            .arg(&folder),
    )?;
    // The archive may hold the data itself or one folder with it.
    if folder.join("crates").is_dir() {
        return Ok(folder);
    }
    let entries = fs::read_dir(&folder).explain(|| format!("read {}", folder.display()))?;
    let inner = entries
        .flatten()
        .map(|entry| entry.path())
        .find(|entry| entry.join("crates").is_dir());
    inner.ok_or_else(|| CommandError::new(format!("{} holds no advisories", path.display())))
}
