//! The product's own programs: building them, and the environment that they run with on this machine.

use crate::{native, workspace::Workspace};
use std::{path::PathBuf, process::Command, time::Duration};
use xtask_support::{
    Outcome, http,
    interrupt::Interrupt,
    process,
    product::set_base_environment,
    seaweed::{self, Seaweed},
    service::Service,
};

/// How long a program may take until it is ready.
const READY: Duration = Duration::from_mins(1);
/// Between asking it to stop and ending it.
const GRACE: Duration = Duration::from_secs(10);

/// How the programs are to be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// The product and the development issuer, without assembler code for AVIF and without generated images: the
    /// shortest way to a running server.
    Quick,
    /// With everything that the tests need. `cargo xtask ci` builds once and uses it for all steps,
    /// because another selection of packages has other features and compiles everything again.
    Everything,
    /// They have just been built.
    Done,
}

impl Build {
    /// Builds and shows Cargo's progress.
    pub(crate) fn run(self, workspace: &Workspace) -> Outcome {
        if self == Self::Done {
            return Ok(());
        }
        native::ensure()?;
        let mut cargo = workspace.cargo();
        match self {
            Self::Quick => cargo.args([
                "build",
                "-p",
                "infravault-api",
                "-p",
                "infravault-testkit",
                "--bins",
                "--no-default-features",
            ]),
            Self::Everything => cargo.args([
                "build",
                "--workspace",
                "--exclude",
                "xtask-bench",
                "--exclude",
                "xtask-faults",
                "--exclude",
                "xtask-fuzz",
                "--all-targets",
            ]),
            Self::Done => return Ok(()),
        };
        process::run(&mut cargo)
    }
}

/// A server on this machine: where it listens, what it uses, where it keeps things.
#[derive(Debug)]
pub(crate) struct Local<'a> {
    /// Its own port.
    pub(crate) api: u16,
    /// The port of the development issuer.
    pub(crate) issuer: u16,
    /// The product's database.
    pub(crate) database_url: String,
    /// The S3 server, when it does not store in a folder.
    pub(crate) seaweed: Option<&'a Seaweed>,
    /// The folder of its keys, spool, objects and logs.
    pub(crate) home: PathBuf,
    /// Variables on top of the usual ones.
    pub(crate) extra: &'a [(&'a str, &'a str)],
}

impl Local<'_> {
    /// The `infravault` program with everything that it must be told; `docs/configuration.md`
    /// explains each variable.
    pub(crate) fn infravault(&self, workspace: &Workspace) -> Command {
        let mut command = program(workspace, "infravault");
        set_base_environment(&mut command, &self.database_url, self.api, &self.home);
        command
            .env("OIDC_PROVIDERS", "dev")
            .env("OIDC_DEV_ISSUER", self.issuer_url())
            .env("OIDC_DEV_CLIENT_ID", "infravault")
            .env("OIDC_DEV_CLIENT_SECRET", "dev-secret")
            .env("LOG_FORMAT", "terminal");
        match self.seaweed {
            None => command
                .env("STORE_BACKEND", "fs")
                .env("STORE_DIR", self.home.join("objects")),
            Some(seaweed) => command
                .env("STORE_BACKEND", "s3")
                .env("S3_ENDPOINT", seaweed.endpoint())
                .env("S3_REGION", seaweed::REGION)
                .env("S3_BUCKET", seaweed::BUCKET)
                .env("S3_ACCESS_KEY", seaweed::ACCESS_KEY)
                .env("S3_SECRET_KEY", seaweed::SECRET_KEY),
        };
        command.envs(self.extra.iter().copied());
        command
    }

    /// Starts the development issuer and waits for it.
    pub(crate) fn start_issuer(&self, workspace: &Workspace, interrupt: &Interrupt) -> Outcome<Service> {
        let mut command = program(workspace, "dev-issuer");
        command.args(["--port", &self.issuer.to_string()]);
        let mut service = Service::start("dev-issuer", &mut command, &self.log("dev-issuer"), GRACE)?;
        http::wait(
            &mut service,
            self.issuer,
            "/.well-known/openid-configuration",
            READY,
            interrupt,
        )?;
        Ok(service)
    }

    /// Applies the migrations and, for an S3 store, makes the bucket.
    pub(crate) fn prepare(&self, workspace: &Workspace) -> Outcome {
        process::logged(
            self.infravault(workspace).args(["migrate", "up"]),
            &self.log("migrate"),
        )?;
        if self.seaweed.is_some() {
            process::logged(
                self.infravault(workspace).args(["storage", "setup"]),
                &self.log("storage"),
            )?;
        }
        Ok(())
    }

    /// Starts the server and waits until it is ready for requests.
    pub(crate) fn start_server(&self, workspace: &Workspace, interrupt: &Interrupt) -> Outcome<Service> {
        let mut command = self.infravault(workspace);
        let mut service = Service::start("infravault", command.arg("serve"), &self.log("infravault"), GRACE)?;
        http::wait(&mut service, self.api, "/health/ready", READY, interrupt)?;
        Ok(service)
    }

    /// Where one of its programs logs.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.home.join("logs").join(format!("{name}.log"))
    }

    /// Where browsers and scripts reach it.
    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.api)
    }

    /// The development issuer's URL.
    pub(crate) fn issuer_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.issuer)
    }
}

/// One of the programs in Cargo's debug folder.
pub(crate) fn program(workspace: &Workspace, name: &str) -> Command {
    let mut command = Command::new(workspace.built(name));
    command
        .current_dir(workspace.root())
        .env_remove("LD_LIBRARY_PATH");
    command
}
