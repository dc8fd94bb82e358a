//! A private SeaweedFS, the S3 server of the suite.

use crate::{
    Outcome,
    process::{Process, free_port},
};
use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, time::sleep};

/// The one access key; the server listens on the loopback address only.
pub(crate) const ACCESS_KEY: &str = "infravault";
/// Its secret.
pub(crate) const SECRET_KEY: &str = "infravault-local";
/// The bucket.
pub(crate) const BUCKET: &str = "infravault";

/// A running S3 server.
#[derive(Debug)]
pub(crate) struct Seaweed {
    _process: Process,
    /// Where it listens.
    pub(crate) port: u16,
}

impl Seaweed {
    /// Starts it with its data in `home`.
    pub(crate) async fn start(program: &Path, home: &Path) -> Outcome<Self> {
        let data = home.join("data");
        fs::create_dir_all(&data)?;
        let identities = home.join("s3.json");
        let identity = serde_json::json!({ "identities": [{
            "name": "faults",
            "credentials": [{ "accessKey": ACCESS_KEY, "secretKey": SECRET_KEY }],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }]});
        fs::write(&identities, identity.to_string())?;
        let mut command = Command::new(program);
        command
            .current_dir(home)
            .arg("server")
            .arg(format!("-dir={}", data.display()))
            .arg(format!("-s3.config={}", identities.display()))
            .args([
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                "-master.telemetry=false",
                "-master.volumeSizeLimitMB=256",
                "-volume.max=40",
                "-volume.preStopSeconds=0",
                "-filer",
                "-s3",
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
            ]);
        for name in [
            "master.port",
            "master.port.grpc",
            "volume.port",
            "volume.port.grpc",
            "filer.port",
            "filer.port.grpc",
            "s3.port.grpc",
        ] {
            command.arg(format!("-{name}={}", free_port()?));
        }
        let port = free_port()?;
        command.arg(format!("-s3.port={port}"));
        let process = Process::start("SeaweedFS", &mut command, &home.join("seaweedfs.log"))?;
        let mut seaweed = Self {
            _process: process,
            port,
        };
        seaweed.wait().await?;
        Ok(seaweed)
    }

    async fn wait(&mut self) -> Outcome {
        let began = Instant::now();
        let client = reqwest::Client::new();
        let url = format!("http://127.0.0.1:{}/healthz", self.port);
        loop {
            let open = TcpStream::connect(("127.0.0.1", self.port)).await.is_ok();
            if open
                && client
                    .get(&url)
                    .send()
                    .await
                    .is_ok_and(|answer| answer.status().is_success())
            {
                return Ok(());
            }
            if began.elapsed() > Duration::from_mins(1) {
                return Err("SeaweedFS does not answer".into());
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
}
