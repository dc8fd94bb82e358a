//! A private PostgreSQL cluster: made, started on the loopback address, stopped when the guard is dropped.

use super::{Binaries, Wanted};
use crate::workspace::Workspace;
use std::{
    fs::{self, File, TryLockError},
    io::Write as _,
    path::{Path, PathBuf},
    process::Stdio,
};
use xtask_support::{
    CommandError, Explain as _, Outcome, console, port, process,
    product::{EXTENSIONS, ROLE_AND_DATABASE},
    run_as::RunAs,
};

/// The longest socket path that the operating system takes, with room for PostgreSQL's file name.
const SOCKET_LIMIT: usize = 80;

/// What a cluster is for; decides where it lives, how durable it is, and whether it outlives the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `cargo xtask dev`: durable, kept, always on the same port when that is free.
    Dev,
    /// Tests and code generation: created each time, without fsync.
    Test,
    /// `cargo xtask bench`: durable and kept, with memory for a million rows.
    Bench,
}

/// A running cluster.
#[derive(Debug)]
pub(crate) struct Cluster {
    binaries: Binaries,
    user: RunAs,
    home: PathBuf,
    socket: PathBuf,
    port: u16,
    kind: Kind,
    /// Held as long as the cluster is ours; `None` when another command of this checkout runs it.
    lock: Option<File>,
}

impl Cluster {
    /// Starts a cluster, making it first when there is none. A cluster of a command that was
    /// killed is stopped first; a dev or bench cluster that another command runs is shared.
    pub(crate) fn start(workspace: &Workspace, kind: Kind, wanted: &Wanted) -> Outcome<Self> {
        let user = RunAs::find()?;
        let base = workspace.reachable(&user)?;
        let binaries = Binaries::find(
            workspace,
            &kept_version(kind, &base).map_or_else(|| wanted.clone(), Wanted::Major),
        )?;
        if !user.can_enter(binaries.folder()) {
            return Err(
                CommandError::new(format!("{user} cannot reach {}", binaries.folder().display()))
                    .hint("move the binaries to a folder that every user can enter"),
            );
        }
        let (home, lock) = claim(kind, &base, binaries.major())?;
        let mut cluster = Self {
            binaries,
            user,
            socket: socket(&home),
            home,
            port: 0,
            kind,
            lock,
        };
        if cluster.lock.is_none() {
            cluster.port = running_port(&cluster.home)?;
            return Ok(cluster);
        }
        if cluster.data().join("postmaster.pid").exists() {
            cluster.stop();
        }
        if kind == Kind::Test && cluster.data().exists() {
            fs::remove_dir_all(cluster.data()).explain(|| format!("remove {}", cluster.data().display()))?;
        }
        if !cluster.data().join("infravault.ready").exists() {
            cluster.make()?;
        }
        cluster.launch()?;
        Ok(cluster)
    }

    /// Forgets the development cluster.
    pub(crate) fn forget_dev(workspace: &Workspace) -> Outcome {
        let base = workspace.reachable(&RunAs::find()?)?;
        let (home, lock) = claim(Kind::Dev, &base, 0)?;
        if lock.is_none() {
            return Err(
                CommandError::new("the development cluster is running").hint("stop `cargo xtask dev` first")
            );
        }
        fs::remove_dir_all(&home).explain(|| format!("remove {}", home.display()))
    }

    /// The major version.
    pub(crate) fn major(&self) -> u32 {
        self.binaries.major()
    }

    /// Where its programs lie.
    pub(crate) fn programs(&self) -> &Path {
        self.binaries.folder()
    }

    /// The superuser's URL of the maintenance database.
    pub(crate) fn admin_url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The product's own URL.
    pub(crate) fn product_url(&self) -> String {
        format!("postgres://infravault@127.0.0.1:{}/infravault", self.port)
    }

    /// Where the cluster and its log are.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    fn log(&self) -> PathBuf {
        self.home.join("postgres.log")
    }

    fn make(&self) -> Outcome {
        console::note(&format!(
            "making a PostgreSQL {} cluster in {}",
            self.major(),
            self.home.display()
        ));
        if self.data().exists() {
            fs::remove_dir_all(self.data()).explain(|| format!("remove {}", self.data().display()))?;
        }
        self.user.own(&self.home)?;
        let mut initdb = self.user.command(&self.binaries.program("initdb"), &self.home);
        initdb.arg("-D").arg(self.data());
        initdb.args(["-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C"]);
        if self.kind == Kind::Test {
            initdb.arg("--no-sync");
        }
        process::quietly(&mut initdb)?;
        let file = self.data().join("postgresql.conf");
        let mut conf = fs::read_to_string(&file).explain(|| format!("read {}", file.display()))?;
        conf.push_str("\ninclude_if_exists = 'infravault.conf'\n");
        fs::write(&file, conf).explain(|| format!("write {}", file.display()))?;
        self.single("postgres", ROLE_AND_DATABASE)?;
        self.single("infravault", EXTENSIONS)?;
        let ready = self.data().join("infravault.ready");
        fs::write(&ready, "").explain(|| format!("write {}", ready.display()))
    }

    /// Runs statements, one a line, in single-user mode: not every package brings psql.
    fn single(&self, database: &str, statements: &str) -> Outcome {
        let mut command = self.user.command(&self.binaries.program("postgres"), &self.home);
        command.arg("--single").arg("-D").arg(self.data()).arg(database);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().explain(|| "start postgres --single".into())?;
        if let Some(mut input) = child.stdin.take() {
            input
                .write_all(statements.as_bytes())
                .explain(|| "write to postgres --single".into())?;
        }
        let output = child
            .wait_with_output()
            .explain(|| "run postgres --single".into())?;
        let errors = String::from_utf8_lossy(&output.stderr);
        if output.status.success() && !errors.contains("ERROR:") && !errors.contains("FATAL:") {
            return Ok(());
        }
        Err(CommandError::new(format!(
            "the new cluster could not be prepared\n{}",
            process::last_lines(&errors, 20)
        )))
    }

    fn launch(&mut self) -> Outcome {
        fs::create_dir_all(&self.socket).explain(|| format!("create {}", self.socket.display()))?;
        self.user.own(&self.socket)?;
        for attempt in 0..3 {
            self.port = match self.kind {
                Kind::Dev => port::near(54329, "PostgreSQL")?,
                Kind::Test | Kind::Bench => port::free()?,
            };
            let conf = self.data().join("infravault.conf");
            fs::write(&conf, self.settings()).explain(|| format!("write {}", conf.display()))?;
            let _ = fs::remove_file(self.log());
            let mut command = self.control("start");
            command.args(["-w", "-t", "60", "-l"]).arg(self.log());
            command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            if command.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            let log = fs::read_to_string(self.log()).unwrap_or_default();
            let raced = log.contains("could not bind") && attempt < 2;
            if !raced {
                let text = process::last_lines(&log, 20);
                return Err(CommandError::new(format!("PostgreSQL did not start\n{text}"))
                    .hint(format!("its log is {}", self.log().display())));
            }
        }
        Err(CommandError::new(
            "PostgreSQL found no free port in three attempts",
        ))
    }

    fn settings(&self) -> String {
        let purpose = match self.kind {
            Kind::Dev => "max_connections = 100\n",
            Kind::Test => {
                "max_connections = 400\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\n\
                 max_wal_size = 2GB\ncheckpoint_timeout = 30min\nautovacuum_naptime = 10min\n"
            }
            Kind::Bench => {
                "max_connections = 200\nshared_buffers = 2GB\neffective_cache_size = 12GB\nwork_mem = 16MB\n\
                 maintenance_work_mem = 512MB\nmax_wal_size = 8GB\ncheckpoint_timeout = 15min\n\
                 checkpoint_completion_target = 0.9\nrandom_page_cost = 1.1\njit = off\n"
            }
        };
        let socket = self.socket.display().to_string().replace('\'', "''");
        format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{socket}'\n\
             timezone = 'UTC'\nlog_timezone = 'UTC'\n{purpose}",
            self.port
        )
    }

    fn control(&self, verb: &str) -> std::process::Command {
        let mut command = self.user.command(&self.binaries.program("pg_ctl"), &self.home);
        command.arg("-D").arg(self.data()).arg(verb);
        command
    }

    fn stop(&self) {
        let mut command = self.control("stop");
        command.args(["-m", "fast", "-w", "-t", "60"]);
        if process::quietly(&mut command).is_err() {
            let mut command = self.control("stop");
            let _ = process::quietly(command.args(["-m", "immediate", "-w"]));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.lock.is_none() {
            return;
        }
        self.stop();
        if self.kind == Kind::Test {
            let _ = fs::remove_dir_all(self.data());
        }
        if !self.socket.starts_with(&self.home) {
            let _ = fs::remove_dir_all(&self.socket);
        }
    }
}

/// The cluster's folder and the lock on it. Tests may run side by side: each takes a folder of its own.
fn claim(kind: Kind, base: &Path, major: u32) -> Outcome<(PathBuf, Option<File>)> {
    for number in 1..100 {
        let home = match (kind, number) {
            (Kind::Dev, _) => base.join("dev/pg"),
            (Kind::Bench, _) => base.join("bench/pg"),
            (Kind::Test, 1) => base.join(format!("test/pg-{major}")),
            (Kind::Test, _) => base.join(format!("test/pg-{major}-{number}")),
        };
        fs::create_dir_all(&home).explain(|| format!("create {}", home.display()))?;
        let path = home.join("lock");
        let file = File::create(&path).explain(|| format!("open {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => return Ok((home, Some(file))),
            Err(TryLockError::WouldBlock) if kind == Kind::Test => {}
            Err(TryLockError::WouldBlock) => return Ok((home, None)),
            Err(TryLockError::Error(error)) => {
                return Err(error).explain(|| format!("lock {}", path.display()));
            }
        }
    }
    Err(CommandError::new("a hundred test clusters are running already"))
}

/// The version that wrote a kept cluster: only that one can read it.
fn kept_version(kind: Kind, base: &Path) -> Option<u32> {
    let home = match kind {
        Kind::Dev => base.join("dev/pg"),
        Kind::Bench => base.join("bench/pg"),
        Kind::Test => return None,
    };
    fs::read_to_string(home.join("data/PG_VERSION"))
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// The port of a cluster that another command runs: the fourth line of its pid file.
fn running_port(home: &Path) -> Outcome<u16> {
    let text = fs::read_to_string(home.join("data/postmaster.pid"));
    let port = text
        .ok()
        .and_then(|text| text.lines().nth(3).and_then(|line| line.trim().parse().ok()));
    port.ok_or_else(|| {
        CommandError::new(format!(
            "another command is starting or stopping the cluster in {}",
            home.display()
        ))
        .hint("try again in a moment")
    })
}

/// The folder of the Unix socket: beside the data when the path is short enough.
fn socket(home: &Path) -> PathBuf {
    let near = home.join("run");
    if near.as_os_str().len() < SOCKET_LIMIT {
        return near;
    }
    std::env::temp_dir().join(format!("infravault-pg-{}", std::process::id()))
}
