//! SeaweedFS as the local S3 server: loopback only, no telemetry, one identity.

use crate::{
    failure::{Explain as _, Failure, Outcome},
    interrupt::Interrupt,
    port, probe,
    service::Service,
    tools,
    workspace::Workspace,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// The region that requests are signed for.
pub(crate) const REGION: &str = "us-east-1";
/// The one access key.
pub(crate) const ACCESS_KEY: &str = "infravault";
/// Its secret; the server listens on the loopback address only.
pub(crate) const SECRET_KEY: &str = "infravault-local";

/// A running S3 server.
#[derive(Debug)]
pub(crate) struct Seaweed {
    /// Its process.
    pub(crate) service: Service,
    port: u16,
    home: PathBuf,
}

impl Seaweed {
    /// Starts it with its data and log in `home`, on `wanted` or on a free port. It is not ready
    /// before [`Seaweed::ready`] says so. `grace` is the time between TERM and KILL.
    pub(crate) fn start(
        workspace: &Workspace,
        home: &Path,
        wanted: Option<u16>,
        grace: Duration,
    ) -> Outcome<Self> {
        let weed = tools::fetch(workspace, &tools::SEAWEEDFS)?;
        let data = home.join("data");
        fs::create_dir_all(&data).explain(|| format!("create {}", data.display()))?;
        let identities = home.join("s3.json");
        fs::write(&identities, identity()).explain(|| format!("write {}", identities.display()))?;
        let mut command = Command::new(weed);
        command
            .current_dir(home)
            .arg("server")
            .arg(format!("-dir={}", data.display()));
        command.arg(format!("-s3.config={}", identities.display()));
        command.args([
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-master.telemetry=false",
            "-master.volumeSizeLimitMB=256",
        ]);
        command.args(["-volume.max=40", "-volume.preStopSeconds=0", "-filer", "-s3"]);
        command.args(["-s3.port.iceberg=0", "-s3.port.lance=0"]);
        let names = [
            "master.port",
            "master.port.grpc",
            "volume.port",
            "volume.port.grpc",
            "filer.port",
            "filer.port.grpc",
        ];
        let mut ports = port::free(names.len() + 2)?.into_iter();
        for (name, port) in names.into_iter().zip(&mut ports) {
            command.arg(format!("-{name}={port}"));
        }
        let missing = || Failure::new("no free port for SeaweedFS");
        let grpc = ports.next().ok_or_else(missing)?;
        let port = match wanted {
            Some(wanted) => port::near(wanted, "SeaweedFS")?,
            None => ports.next().ok_or_else(missing)?,
        };
        command
            .arg(format!("-s3.port={port}"))
            .arg(format!("-s3.port.grpc={grpc}"));
        let log = home.join("seaweedfs.log");
        let service = Service::start("SeaweedFS", &mut command, &log, grace)?;
        Ok(Self {
            service,
            port,
            home: home.to_path_buf(),
        })
    }

    /// Waits until it answers.
    pub(crate) fn ready(&mut self, interrupt: &Interrupt) -> Outcome {
        let limit = Duration::from_mins(1);
        probe::wait(&mut self.service, self.port, "/healthz", limit, interrupt).map(|_| ())
    }

    /// The folder of its data and log.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Where clients connect.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn identity() -> String {
    serde_json::json!({
        "identities": [{
            "name": "dev",
            "credentials": [{ "accessKey": ACCESS_KEY, "secretKey": SECRET_KEY }],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }]
    })
    .to_string()
}
