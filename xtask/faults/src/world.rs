//! One installation with everything it needs, and a proxy in front of every dependency.

use crate::{
    Outcome,
    load::{Ledger, Load, Tried},
    pgproxy::{Mode, PgProxy},
    postgres::{Cluster, Programs},
    random::Random,
    s3proxy::S3Proxy,
};
use infravault_kernel::config::Env;
use infravault_objects::{Config as ObjectsConfig, Objects};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::sleep;
use xtask_support::{
    Signal, console, port, process,
    product::{disable_rate_limits, find_token, set_base_environment},
    seaweed::{ACCESS_KEY, BUCKET, SECRET_KEY, Seaweed},
    service::Service,
};

/// Where the programs are.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// PostgreSQL.
    pub(crate) postgres: Programs,
    /// SeaweedFS, where it could be had.
    pub(crate) weed: Option<PathBuf>,
    /// The product with its crash points.
    pub(crate) product: PathBuf,
    /// Where everything is kept that is thrown away afterwards.
    pub(crate) home: PathBuf,
    /// What the random numbers begin with.
    pub(crate) seed: u64,
    /// Minutes of the fault `soak`; every other fault is repeated ten times as often.
    pub(crate) soak: Option<u32>,
}

/// Where the bytes are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In a folder.
    Folder,
    /// In an S3 store.
    S3,
}

impl Kind {
    /// For people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::S3 => "S3",
        }
    }
}

/// What settings the server has on top.
pub(crate) type Variables<'a> = &'a [(&'a str, &'a str)];

/// A running installation.
#[derive(Debug)]
pub(crate) struct World {
    /// Where the programs are.
    pub(crate) setup: Setup,
    /// Where the bytes are kept.
    pub(crate) kind: Kind,
    /// Its folder.
    pub(crate) home: PathBuf,
    /// The database.
    pub(crate) cluster: Cluster,
    /// In front of it.
    pub(crate) pg: PgProxy,
    /// The S3 store and what is in front of it.
    pub(crate) s3: Option<(Seaweed, S3Proxy)>,
    /// The server.
    pub(crate) server: Option<Service>,
    /// Where it listens.
    pub(crate) port: u16,
    /// What the client knows.
    pub(crate) ledger: Arc<Ledger>,
    /// Repeatable.
    pub(crate) random: Random,
}

impl World {
    /// Starts everything and waits until the server is ready.
    pub(crate) async fn start(setup: &Setup, kind: Kind) -> Outcome<Self> {
        let home = setup.home.join(kind.name().to_lowercase());
        fs::create_dir_all(&home)?;
        let cluster = Cluster::make(&setup.postgres, &setup.home.join(format!("{}-pg", kind.name()))).await?;
        Self::on(setup, kind, home, cluster).await
    }

    /// The same on a cluster that is there.
    pub(crate) async fn on(setup: &Setup, kind: Kind, home: PathBuf, cluster: Cluster) -> Outcome<Self> {
        let pg = PgProxy::start(cluster.port).await?;
        let s3 = match (kind, &setup.weed) {
            (Kind::Folder, _) => None,
            (Kind::S3, None) => return Err("SeaweedFS is not there".into()),
            (Kind::S3, Some(weed)) => {
                let seaweed = start_seaweed(weed, &home).await?;
                let proxy = S3Proxy::start(seaweed.port).await?;
                Some((seaweed, proxy))
            }
        };
        let port = port::free()?;
        let origin = format!("http://127.0.0.1:{port}");
        let mut world = Self {
            setup: setup.clone(),
            kind,
            home,
            cluster,
            pg,
            s3,
            server: None,
            port,
            ledger: Ledger::new(origin.clone(), String::new())?,
            random: Random::new(setup.seed),
        };
        process::capture(world.product(&[]).args(["migrate", "up"]))?;
        world.set_up_store().await?;
        let mut create = world.product(&[]);
        create.args(["admin", "create-token", "faults@example.com", "--create-account"]);
        let printed = process::capture(&mut create)?;
        let token = find_token(&printed).ok_or("no token was printed")?;
        world.ledger = Ledger::new(origin, token)?;
        world.start_server(&[])?;
        world.ready(Duration::from_secs(30)).await?;
        Ok(world)
    }

    /// Makes the bucket or the folders. A store that has just started may answer before it can store.
    async fn set_up_store(&self) -> Outcome {
        let began = Instant::now();
        loop {
            match process::capture(self.product(&[]).args(["storage", "setup"])) {
                Ok(_) => return Ok(()),
                Err(error) if began.elapsed() > Duration::from_secs(30) => return Err(error.into()),
                Err(_) => sleep(Duration::from_millis(300)).await,
            }
        }
    }

    /// The product with its settings; its times are short.
    pub(crate) fn product(&self, more: Variables<'_>) -> Command {
        let mut command = Command::new(&self.setup.product);
        let url = format!(
            "postgres://infravault@127.0.0.1:{}/infravault?sslmode=disable",
            self.pg.port
        );
        set_base_environment(&mut command, &url, self.port, &self.home);
        disable_rate_limits(&mut command);
        command
            .current_dir(&self.home)
            .env("HTTP_WORKERS", "2")
            .env("OIDC_PROVIDERS", "")
            .env("UPLOAD_TIMEOUT", "5s")
            .env("UPLOAD_ABANDONED_AFTER", "6s")
            .env("SWEEPER_INTERVAL", "500ms")
            .env("JOBS_WORKER_DEAD_AFTER", "3s")
            .env("SANDBOX_WORKERS", "1")
            .env("LOG_FORMAT", "json");
        for (name, value) in self.store(true) {
            command.env(name, value);
        }
        command.envs(more.iter().copied());
        command
    }

    /// The settings of the store: through the proxy or past it.
    fn store(&self, through_proxy: bool) -> Vec<(&'static str, String)> {
        let Some((seaweed, proxy)) = &self.s3 else {
            let folder = self.home.join("objects").to_string_lossy().into_owned();
            return vec![
                ("STORE_BACKEND", "fs".to_owned()),
                ("STORE_DIR", folder),
                ("STORE_MIN_FREE_BYTES", "0".to_owned()),
            ];
        };
        let port = if through_proxy { proxy.port } else { seaweed.port };
        vec![
            ("STORE_BACKEND", "s3".to_owned()),
            ("S3_ENDPOINT", format!("http://127.0.0.1:{port}")),
            ("S3_BUCKET", BUCKET.to_owned()),
            ("S3_ACCESS_KEY", ACCESS_KEY.to_owned()),
            ("S3_SECRET_KEY", SECRET_KEY.to_owned()),
            ("S3_CONNECT_TIMEOUT", "1s".to_owned()),
            ("S3_IDLE_TIMEOUT", "1s".to_owned()),
            ("S3_RETRY_WINDOW", "5s".to_owned()),
        ]
    }

    /// The store itself, for looking at what is there.
    pub(crate) fn objects(&self) -> Outcome<Objects> {
        let variables = self.store(false).into_iter();
        let mut env: Env = variables.map(|(name, value)| (name.to_owned(), value)).collect();
        let config = ObjectsConfig::from_env(&mut env);
        let log = slog::Logger::root(slog::Discard, slog::o!());
        Ok(Objects::open(&config, &log)?)
    }

    /// Starts the server; it is not ready yet.
    pub(crate) fn start_server(&mut self, more: Variables<'_>) -> Outcome {
        let mut command = self.product(more);
        let log = self.home.join("server.log");
        self.server = Some(start_service("infravault serve", command.arg("serve"), &log)?);
        Ok(())
    }

    /// Kills the server where it stands.
    pub(crate) fn kill_server(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill();
        }
    }

    /// Stops the server gracefully and starts it with other settings.
    pub(crate) async fn restart(&mut self, more: Variables<'_>) -> Outcome {
        if let Some(mut server) = self.server.take() {
            server.signal(Signal::SIGTERM);
            let _ = wait_for_exit(&mut server, Duration::from_secs(10)).await;
        }
        self.start_server(more)?;
        self.ready(Duration::from_secs(20)).await.map(drop)
    }

    /// Another process of the product, with a log of its own.
    pub(crate) fn beside(&self, name: &str, arguments: &[&str], more: Variables<'_>) -> Outcome<Service> {
        let mut command = self.product(more);
        let log = self.home.join(format!("{name}.log"));
        start_service(name, command.args(arguments), &log)
    }

    /// Whether the server says that it is ready.
    pub(crate) async fn is_ready(&self) -> bool {
        let url = format!("{}/health/ready", self.ledger.origin);
        let answer = self
            .ledger
            .client
            .get(url)
            .timeout(Duration::from_secs(5))
            .send()
            .await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    /// Waits until it is; how long that took.
    pub(crate) async fn ready(&mut self, within: Duration) -> Outcome<Duration> {
        self.wait_for(within, true).await
    }

    /// Waits until it is not; how long that took.
    pub(crate) async fn unready(&mut self, within: Duration) -> Outcome<Duration> {
        self.wait_for(within, false).await
    }

    async fn wait_for(&mut self, within: Duration, ready: bool) -> Outcome<Duration> {
        let began = Instant::now();
        while self.is_ready().await != ready {
            if let Some(status) = self.server.as_mut().and_then(Service::exit_status) {
                return Err(format!(
                    "the server ended by itself ({status}); its log is in {}",
                    self.home.display()
                )
                .into());
            }
            if began.elapsed() > within {
                return Err(format!("readiness did not become {ready} within {within:?}").into());
            }
            sleep(Duration::from_millis(25)).await;
        }
        Ok(began.elapsed())
    }

    /// Begins to upload.
    pub(crate) fn load(&self, per_second: u32) -> Load {
        Load::start(&self.ledger, per_second, true)
    }

    /// Waits until the server is ready and has taken a new image; how long that took since then.
    pub(crate) async fn recovered(&mut self, since: Instant) -> Outcome<Duration> {
        self.ready(Duration::from_mins(1)).await?;
        let began = Instant::now();
        while began.elapsed() < Duration::from_mins(1) {
            // A new one each time: one with an unknown outcome waits for the sweeper.
            let seed = self.ledger.next();
            if let Tried::Acknowledged(_) = self.ledger.try_once(seed).await {
                return Ok(since.elapsed());
            }
            self.ledger.leave(seed);
            sleep(Duration::from_millis(50)).await;
        }
        Err("no image is taken a minute after everything was healed".into())
    }

    /// Makes everything work again: proxies pass on, the database and the server run.
    pub(crate) async fn heal(&mut self) -> Outcome {
        self.pg.set(Mode::Pass);
        if let Some((_, proxy)) = &self.s3 {
            proxy.set(None);
        }
        self.cluster.wait(Duration::from_secs(30)).await?;
        if self
            .server
            .as_mut()
            .is_none_or(|server| server.exit_status().is_some())
        {
            self.start_server(&[])?;
        }
        self.ready(Duration::from_secs(40)).await.map(drop)
    }

    /// How many times something is done: so many in CI, ten times that in a soak.
    pub(crate) fn times(&self, cycles: u32) -> u32 {
        if self.setup.soak.is_some() {
            cycles * 10
        } else {
            cycles
        }
    }
}

/// Waits without blocking the installation on the other store.
async fn start_seaweed(program: &Path, home: &Path) -> Outcome<Seaweed> {
    let mut seaweed = Seaweed::start(program, home, None, Duration::ZERO)?;
    let began = Instant::now();
    while !seaweed.is_ready() {
        seaweed.service.check()?;
        if began.elapsed() > Duration::from_mins(1) {
            return Err("SeaweedFS is not ready after a minute".into());
        }
        sleep(Duration::from_millis(100)).await;
    }
    Ok(seaweed)
}

/// Starts a program that is killed with its children when it is dropped; its output is appended to the log.
pub(crate) fn start_service(name: &str, command: &mut Command, log: &Path) -> Outcome<Service> {
    Ok(Service::start(name, command, log, Duration::ZERO)?)
}

pub(crate) async fn wait_for_exit(service: &mut Service, within: Duration) -> Outcome<ExitStatus> {
    let began = Instant::now();
    while began.elapsed() < within {
        if let Some(status) = service.exit_status() {
            return Ok(status);
        }
        sleep(Duration::from_millis(10)).await;
    }
    Err(format!("{} still runs after {within:?}", service.name()).into())
}

impl Drop for World {
    fn drop(&mut self) {
        console::note(&format!("{}: ends", self.kind.name()));
        self.kill_server();
        self.cluster.kill();
    }
}
