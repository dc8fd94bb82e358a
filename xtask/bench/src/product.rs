//! The product's own program: migrating, making tokens, serving, all through its command line.

use crate::{Outcome, bare, seed::OWNERS, server::Server};
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
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
                let token = printed.lines().rev().find(|line| line.starts_with("ivp_"));
                Ok(token
                    .ok_or_else(|| format!("`infravault admin create-token` printed no token: {printed}"))?
                    .trim()
                    .to_owned())
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
        let output = self
            .command(database_url, None)
            .args(arguments)
            .stdin(Stdio::null())
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(text);
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        Err(format!(
            "`infravault {}` ended with {}\n{text}{errors}",
            arguments.join(" "),
            output.status
        )
        .into())
    }

    /// What an operator would set, but for limits: no caller is slowed down, and 200 large uploads fit at once.
    fn command(&self, database_url: &str, address: Option<SocketAddr>) -> Command {
        let mut command = Command::new(&self.program);
        let address = address.map_or_else(|| "127.0.0.1:0".to_owned(), |address| address.to_string());
        command
            .env("DATABASE_URL", database_url)
            .env("HTTP_BIND", &address)
            .env("PUBLIC_ORIGIN", format!("http://{address}"))
            .env("INFRAVAULT_INSECURE_DEV", "1")
            .env("HTTP_WORKERS", bare::WORKERS.to_string())
            .env("AUTH_KEY_DIR", self.keys())
            .env("OIDC_PROVIDERS", "")
            .env("STORE_BACKEND", "fs")
            .env("STORE_DIR", self.home.join("objects"))
            .env("SPOOL_DIR", self.home.join("spool"))
            .env("SPOOL_MAX_BYTES", "16GiB")
            .env("UPLOAD_MAX_BYTES", "64MiB")
            // A hundred AVIF wait at once in one of the rows.
            .env("SANDBOX_QUEUE_SIZE", "128")
            .env("LOG_LEVEL", "warning");
        for limit in [
            "RATE_LIMIT_ANONYMOUS",
            "RATE_LIMIT_ACCOUNT",
            "RATE_LIMIT_UPLOAD",
            "RATE_LIMIT_RENDITION",
            "RATE_LIMIT_SIGN_IN",
        ] {
            command.env(limit, "0");
        }
        command
    }
}
