//! A private PostgreSQL that can be killed, stopped, filled, promoted.

use crate::{
    Outcome,
    world::{start_service, wait_for_exit},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};
use tokio::time::{sleep, timeout};
use tokio_postgres::{Client, NoTls};
use xtask_support::{
    Signal, port, process,
    product::{EXTENSIONS, ROLE_AND_DATABASE},
    run_as::RunAs,
    service::{self, Service},
};

/// Killing a process loses nothing that it had written, so fsync only costs time here; commits are written at once.
const SETTINGS: &str = "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\ntimezone = 'UTC'\n\
    max_connections = 100\nfsync = off\nsynchronous_commit = on\nwal_level = replica\nmax_wal_senders = 4\n\
    shared_buffers = 32MB\nmin_wal_size = 32MB\nmax_wal_size = 128MB\n";

/// Where the programs are and who runs them.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    /// The folder with `initdb` and `postgres`.
    pub(crate) bin: PathBuf,
    pub(crate) user: RunAs,
}

impl Programs {
    fn command(&self, program: &str, folder: &Path) -> Command {
        self.user.command(&self.bin.join(program), folder)
    }

    /// Creates a folder that PostgreSQL may use.
    pub(crate) fn folder(&self, path: &Path) -> Outcome {
        fs::create_dir_all(path)?;
        Ok(self.user.own(path)?)
    }
}

/// A cluster.
#[derive(Debug)]
pub(crate) struct Cluster {
    programs: Programs,
    home: PathBuf,
    /// Where it listens.
    pub(crate) port: u16,
    process: Option<Service>,
}

impl Cluster {
    /// Makes a cluster in an empty folder and starts it, with the product's login and database.
    pub(crate) async fn make(programs: &Programs, home: &Path) -> Outcome<Self> {
        programs.folder(home)?;
        let mut cluster = Self {
            programs: programs.clone(),
            home: home.to_owned(),
            port: port::free()?,
            process: None,
        };
        let mut initdb = programs.command("initdb", home);
        initdb.arg("-D").arg(cluster.data());
        initdb.args([
            "-U",
            "postgres",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]);
        process::capture(initdb.arg("--wal-segsize=4"))?;
        cluster.add_settings(SETTINGS)?;
        cluster.start()?;
        cluster.wait(Duration::from_secs(30)).await?;
        let client = cluster.client("postgres").await?;
        for statement in ROLE_AND_DATABASE.lines() {
            client.batch_execute(statement).await?;
        }
        cluster
            .client("infravault")
            .await?
            .batch_execute(EXTENSIONS)
            .await?;
        Ok(cluster)
    }

    /// Makes a standby that follows this cluster, and starts it.
    pub(crate) async fn standby(&self, home: &Path) -> Outcome<Self> {
        self.programs.folder(home)?;
        let mut standby = Self {
            programs: self.programs.clone(),
            home: home.to_owned(),
            port: port::free()?,
            process: None,
        };
        let mut copy = self.programs.command("pg_basebackup", home);
        let source = format!(
            "host=127.0.0.1 port={} user=postgres application_name=standby",
            self.port
        );
        copy.args([
            "-d",
            &source,
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
            "--no-sync",
            "-D",
        ]);
        process::capture(copy.arg(standby.data()))?;
        standby.add_settings("hot_standby = on\n")?;
        standby.start()?;
        standby.wait(Duration::from_secs(30)).await?;
        Ok(standby)
    }

    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    /// The last line of a setting counts.
    fn add_settings(&self, settings: &str) -> Outcome {
        let file = self.data().join("postgresql.conf");
        let mut text = fs::read_to_string(&file)?;
        text.push('\n');
        text.push_str(settings);
        Ok(fs::write(file, text)?)
    }

    /// Starts it; it does not accept connections yet.
    pub(crate) fn start(&mut self) -> Outcome {
        let mut command = self.programs.command("postgres", &self.home);
        command.arg("-D").arg(self.data());
        command.arg("-p").arg(self.port.to_string());
        self.process = Some(start_service(
            "PostgreSQL",
            &mut command,
            &self.home.with_extension("log"),
        )?);
        Ok(())
    }

    /// Waits until it accepts connections; starts it again where it ended by itself.
    pub(crate) async fn wait(&mut self, within: Duration) -> Outcome {
        let began = Instant::now();
        loop {
            if self.client("postgres").await.is_ok() {
                return Ok(());
            }
            if began.elapsed() > within {
                return Err(format!("PostgreSQL in {} does not answer", self.home.display()).into());
            }
            if self
                .process
                .as_mut()
                .is_none_or(|process| process.exit_status().is_some())
            {
                self.start()?;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Kills every process of it at once.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill_with_children();
        }
    }

    /// Kills one of its processes that serves a connection; the cluster then recovers by itself.
    pub(crate) async fn kill_backend(&self) -> Outcome {
        let client = self.client("infravault").await?;
        let rows = client
            .query(
                "SELECT pid FROM pg_stat_activity WHERE usename = 'infravault' ORDER BY random() LIMIT 1",
                &[],
            )
            .await?;
        if let Some(row) = rows.first() {
            service::send_signal(u32::try_from(row.try_get::<_, i32>(0)?)?, Signal::SIGKILL);
        }
        Ok(())
    }

    /// Ends every connection of the product.
    pub(crate) async fn end_connections(&self) -> Outcome {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'infravault'";
        self.client("postgres").await?.execute(end, &[]).await?;
        Ok(())
    }

    /// Stops it in the fast way, which ends connections.
    pub(crate) async fn stop(&mut self) -> Outcome {
        if let Some(mut process) = self.process.take() {
            process.signal(Signal::SIGINT);
            if wait_for_exit(&mut process, Duration::from_secs(20))
                .await
                .is_err()
            {
                process.kill_with_children();
            }
        }
        Ok(())
    }

    /// Makes a standby the primary.
    pub(crate) async fn promote(&self) -> Outcome {
        let promote = "SELECT pg_promote(true, 30)";
        self.client("postgres").await?.execute(promote, &[]).await?;
        Ok(())
    }

    /// Changes a setting for everybody, at once.
    pub(crate) async fn set(&self, setting: &str) -> Outcome {
        let client = self.client("postgres").await?;
        // Not even read-only transactions are in the way of the one who ends them.
        client
            .batch_execute("SET default_transaction_read_only = off")
            .await?;
        client
            .batch_execute(&format!("ALTER SYSTEM SET {setting}"))
            .await?;
        client.batch_execute("SELECT pg_reload_conf()").await?;
        Ok(())
    }

    /// A connection as superuser, past the proxy.
    pub(crate) async fn client(&self, database: &str) -> Outcome<Client> {
        let url = format!("postgres://postgres@127.0.0.1:{}/{database}", self.port);
        let connecting = tokio_postgres::connect(&url, NoTls);
        let (client, connection) = timeout(Duration::from_secs(5), connecting).await??;
        tokio::spawn(connection);
        Ok(client)
    }
}
