//! SeaweedFS as the local S3 server: loopback only, no telemetry, one identity.

use crate::{
    error::{Explain as _, Outcome},
    http,
    interrupt::Interrupt,
    port,
    service::Service,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// The region that requests are signed for.
pub const REGION: &str = "us-east-1";
/// The bucket of the product.
pub const BUCKET: &str = "infravault";
/// The access key of the only identity.
pub const ACCESS_KEY: &str = "infravault";
/// The secret key of the only identity.
pub const SECRET_KEY: &str = "infravault-local";

const IDENTITY: &str = r#"{"identities": [{
    "name": "dev",
    "credentials": [{"accessKey": "infravault", "secretKey": "infravault-local"}],
    "actions": ["Admin", "Read", "Write", "List", "Tagging"]
}]}"#;

/// A running S3 server.
#[derive(Debug)]
pub struct Seaweed {
    /// The process.
    pub service: Service,
    /// The port of the S3 API.
    pub port: u16,
    /// The folder of its data and log.
    pub home: PathBuf,
}

impl Seaweed {
    /// Starts the program `weed` on `wanted` or on a free port. It accepts requests when [`Seaweed::is_ready`].
    pub fn start(program: &Path, home: &Path, wanted: Option<u16>, grace: Duration) -> Outcome<Self> {
        let data = home.join("data");
        fs::create_dir_all(&data).explain(|| format!("create {}", data.display()))?;
        let identities = home.join("s3.json");
        fs::write(&identities, IDENTITY).explain(|| format!("write {}", identities.display()))?;
        let port = match wanted {
            Some(wanted) => port::near(wanted, "SeaweedFS")?,
            None => port::free()?,
        };
        let mut command = Command::new(program);
        command
            .current_dir(home)
            .arg("server")
            .arg(format!("-dir={}", data.display()))
            .arg(format!("-s3.config={}", identities.display()))
            .arg(format!("-s3.port={port}"))
            .args(["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false"])
            .args([
                "-master.volumeSizeLimitMB=256",
                "-volume.max=40",
                "-volume.preStopSeconds=0",
            ])
            .args(["-filer", "-s3", "-s3.port.iceberg=0", "-s3.port.lance=0"]);
        let names = ["master.port", "volume.port", "filer.port"];
        let grpc = [
            "master.port.grpc",
            "volume.port.grpc",
            "filer.port.grpc",
            "s3.port.grpc",
        ];
        for name in names.into_iter().chain(grpc) {
            command.arg(format!("-{name}={}", port::free()?));
        }
        let service = Service::start("SeaweedFS", &mut command, &home.join("seaweedfs.log"), grace)?;
        Ok(Self {
            service,
            port,
            home: home.to_path_buf(),
        })
    }

    /// Whether it accepts requests.
    pub fn is_ready(&self) -> bool {
        http::get(self.port, "/healthz").is_some_and(|status| status < 400)
    }

    /// Waits up to a minute until it accepts requests.
    pub fn wait_until_ready(&mut self, interrupt: &Interrupt) -> Outcome {
        let limit = Duration::from_mins(1);
        http::wait(&mut self.service, self.port, "/healthz", limit, interrupt).map(|_| ())
    }

    /// The URL for clients.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}
