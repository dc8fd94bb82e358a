//! The product's own program: migrating, making tokens, serving, all through its command line.

use crate::{Outcome, bare, seed::OWNERS, server::Server};
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};
use xtask_support::{
    process,
    product::{disable_rate_limits, find_token, set_base_environment},
};

/// What a server does with the images that were uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Jobs {
    /// It makes their renditions, as it does by default.
    Run,
    /// It leaves them in the queue: what is measured is not to compete with them.
    Wait,
}

/// Where the program is and where it may write.
#[derive(Debug)]
pub(crate) struct Product {
    program: PathBuf,
    home: PathBuf,
}

impl Product {
    /// The program beside this one, built with the same profile.
    pub(crate) fn beside(own: &Path, home: &Path) -> Outcome<Self> {
        let program = own.with_file_name("infravault");
        if !program.is_file() {
            return Err(format!(
                "{} is not there; build it by `cargo build --profile bench-run -p infravault-api`",
                program.display()
            )
            .into());
        }
        fs::create_dir_all(home)?;
        Ok(Self {
            program,
            home: home.to_owned(),
        })
    }

    /// Applies the migrations.
    pub(crate) fn migrate(&self, database_url: &str) -> Outcome {
        self.run(database_url, &["migrate", "up"]).map(|_| ())
    }

    /// An API token for each owner.
    pub(crate) fn tokens(&self, database_url: &str) -> Outcome<Vec<String>> {
        (0..OWNERS)
            .map(|number| {
                let account = format!("owner{number}@bench.example");
                let printed = self.run(database_url, &["admin", "create-token", &account])?;
                Ok(find_token(&printed)
                    .ok_or_else(|| format!("`infravault admin create-token` printed no token: {printed}"))?)
            })
            .collect()
    }

    /// Starts the server there.
    pub(crate) async fn serve(&self, database_url: &str, address: SocketAddr, jobs: Jobs) -> Outcome<Server> {
        let mut command = self.command(database_url, Some(address));
        command.arg("serve").env(
            "JOBS_IN_SERVE",
            match jobs {
                Jobs::Run => "true",
                Jobs::Wait => "false",
            },
        );
        let log = self.home.join(format!("infravault-{}.log", address.port()));
        Server::start(command, address, "/health/ready", &log).await
    }

    /// The program.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// The folder of the signing keys.
    pub(crate) fn keys(&self) -> PathBuf {
        self.home.join("keys")
    }

    /// Removes the objects that uploads have left.
    pub(crate) fn forget_objects(&self) -> Outcome {
        let kinds = ["originals", "renditions"].map(|kind| self.home.join("objects").join(kind));
        for folder in kinds.iter().flat_map(fs::read_dir).flatten() {
            for file in fs::read_dir(folder?.path())? {
                // A server that still runs may remove one itself.
                let _gone = fs::remove_file(file?.path());
            }
        }
        Ok(())
    }

    fn run(&self, database_url: &str, arguments: &[&str]) -> Outcome<String> {
        Ok(process::capture(
            self.command(database_url, None).args(arguments),
        )?)
    }

    /// What an operator would set, but for limits: no caller is slowed down, and 200 large uploads fit at once.
    fn command(&self, database_url: &str, address: Option<SocketAddr>) -> Command {
        let mut command = Command::new(&self.program);
        let port = address.map_or(0, |address| address.port());
        set_base_environment(&mut command, database_url, port, &self.home);
        disable_rate_limits(&mut command);
        command
            .env("HTTP_WORKERS", bare::WORKERS.to_string())
            .env("OIDC_PROVIDERS", "")
            .env("STORE_BACKEND", "fs")
            .env("STORE_DIR", self.home.join("objects"))
            .env("SPOOL_MAX_BYTES", "16GiB")
            .env("UPLOAD_MAX_BYTES", "64MiB")
            // A hundred AVIF wait at once in one of the rows.
            .env("SANDBOX_QUEUE_SIZE", "128")
            .env("LOG_LEVEL", "warning");
        command
    }
}
