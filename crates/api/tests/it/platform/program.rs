//! The program: commands, configuration errors, startup and shutdown.
use infravault_testkit::{db::TestDb, issuer::Issuer};
use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

/// The environment of the program.
struct Installation {
    db: TestDb,
    issuer: Issuer,
    folder: PathBuf,
    port: u16,
}

impl Installation {
    async fn new() -> Self {
        infravault_testkit::install_crypto();
        let (db, issuer) = (TestDb::new().await, Issuer::start().await);
        let folder = std::env::temp_dir().join(format!(
            "infravault-program-{}",
            db.url().rsplit('/').next().unwrap()
        ));
        Self {
            db,
            issuer,
            folder,
            port: free_port(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.command_on(self.port, arguments)
    }

    fn command_on(&self, port: u16, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_infravault"));
        command
            .args(arguments)
            .env("DATABASE_URL", self.db.url())
            .env("HTTP_BIND", format!("127.0.0.1:{port}"))
            .env("PUBLIC_ORIGIN", format!("http://127.0.0.1:{port}"))
            .env("INFRAVAULT_INSECURE_DEV", "1")
            .env("STORE_DIR", self.folder.join("objects"))
            .env("AUTH_KEY_DIR", self.folder.join("keys"))
            .env("OIDC_PROVIDERS", "dev")
            .env("OIDC_DEV_ISSUER", self.issuer.url())
            .env("OIDC_DEV_CLIENT_ID", &self.issuer.client_id)
            .env("OIDC_DEV_CLIENT_SECRET", &self.issuer.client_secret)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        // Best effort; the directory is temporary.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Repeats the health check until the server is ready.
fn wait_until_ready(installation: &Installation, port: u16, child: &mut Child) {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let check = installation.command_on(port, &["healthcheck"]).output().unwrap();
        if check.status.success() {
            assert!(
                text(&check.stdout).starts_with("ready:"),
                "{}",
                text(&check.stdout)
            );
            return;
        }
        assert!(
            child.try_wait().unwrap().is_none() && Instant::now() < deadline,
            "{}",
            text(&check.stderr)
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn terminate(child: &Child) {
    let sent = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

#[tokio::test]
async fn invalid_configuration_lists_all_variables() {
    let output = Command::new(env!("CARGO_BIN_EXE_infravault"))
        .arg("serve")
        .env_clear()
        .envs([
            ("HTTP_BIND", "nowhere"),
            ("PUBLIC_ORIGIN", "http://images.example"),
            ("DB_MAX_CONNS", "0"),
            ("STORE_BACKEND", "tape"),
        ])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let stderr = text(&output.stderr);
    for part in [
        "DATABASE_URL must be set",
        "HTTP_BIND has the invalid value `nowhere`",
        "PUBLIC_ORIGIN must use https",
        "DB_MAX_CONNS",
        "STORE_BACKEND",
        "for example",
    ] {
        assert!(stderr.contains(part), "{part} is missing in: {stderr}");
    }
    let secret = "postgres://user:hunter2@:::bad";
    let output = Command::new(env!("CARGO_BIN_EXE_infravault"))
        .arg("doctor")
        .env_clear()
        .env("DATABASE_URL", secret)
        .output()
        .unwrap();
    assert!(
        !text(&output.stderr).contains("hunter2"),
        "{}",
        text(&output.stderr)
    );
}

#[tokio::test]
async fn operator_commands_work() {
    let here = Installation::new().await;
    let down = here.run(&["migrate", "down", "5"]);
    assert!(
        text(&down.stdout).contains("rolled back V5__renditions"),
        "{}{}",
        text(&down.stdout),
        text(&down.stderr)
    );
    let doctor = here.run(&["doctor"]);
    assert!(!doctor.status.success());
    assert!(
        text(&doctor.stdout).contains("run `infravault migrate up`"),
        "{}",
        text(&doctor.stdout)
    );
    assert!(text(&here.run(&["migrate", "status"]).stdout).contains("not applied"));
    assert!(text(&here.run(&["migrate", "up"]).stdout).contains("applied V5__renditions"));
    assert!(text(&here.run(&["migrate", "up"]).stdout).contains("nothing to do"));
    assert!(here.run(&["storage", "setup"]).status.success());
    let doctor = here.run(&["doctor"]);
    assert!(
        doctor.status.success(),
        "{}{}",
        text(&doctor.stdout),
        text(&doctor.stderr)
    );

    assert!(!here.run(&["healthcheck"]).status.success(), "no server runs");
    let unknown = here.run(&["admin", "grant-role", "unknown@example.com", "ADMIN"]);
    assert!(
        !unknown.status.success() && text(&unknown.stderr).contains("unknown@example.com"),
        "{}",
        text(&unknown.stderr)
    );
    let token = here.run(&[
        "admin",
        "create-token",
        "ada@example.com",
        "--create-account",
        "--days",
        "1",
    ]);
    assert!(
        text(&token.stdout).starts_with("ivp_"),
        "{}{}",
        text(&token.stdout),
        text(&token.stderr)
    );
    let granted = here.run(&["admin", "grant-role", "ada@example.com", "ADMIN"]);
    assert!(
        text(&granted.stdout).contains("now has the role ADMIN"),
        "{}",
        text(&granted.stderr)
    );
    let role = "SELECT role::text FROM users.accounts WHERE email = 'ada@example.com'";
    assert_eq!(
        here.db
            .superuser()
            .await
            .query_one(role, &[])
            .await
            .unwrap()
            .get::<_, String>(0),
        "ADMIN"
    );
    for (command, part) in [
        ("openapi", "\"openapi\": \"3.1"),
        ("config-reference", "| `DATABASE_URL`"),
        ("problems", "| `not-found` |"),
    ] {
        assert!(text(&here.run(&[command]).stdout).contains(part), "{command}");
    }
}

#[tokio::test]
async fn two_nodes_migrate_and_start_concurrently() {
    let here = Installation::new().await;
    let all = infravault_db::migrate::required_version().to_string();
    assert!(here.run(&["migrate", "down", &all]).status.success());
    let left = "SELECT count(*) FROM pg_namespace WHERE nspname IN ('images', 'graphile_worker')";
    let left = here.db.superuser().await.query_one(left, &[]).await.unwrap();
    assert_eq!(
        left.get::<_, i64>(0),
        0,
        "rolling back all migrations removes everything"
    );
    let ports = [here.port, free_port()];
    let mut nodes: Vec<Child> = ports
        .iter()
        .map(|port| {
            here.command_on(*port, &["serve"])
                .env("DB_MIGRATE_ON_START", "true")
                .spawn()
                .unwrap()
        })
        .collect();
    for (node, port) in nodes.iter_mut().zip(ports) {
        wait_until_ready(&here, port, node);
    }
    for mut node in nodes {
        terminate(&node);
        assert!(node.wait().unwrap().success());
    }
}

#[tokio::test]
async fn worker_runs_jobs_until_sigterm() {
    let here = Installation::new().await;
    let worker = here.command(&["worker"]).spawn().unwrap();
    let workers = "SELECT count(*) FROM graphile_worker._private_workers";
    let client = here.db.superuser().await;
    let deadline = Instant::now() + Duration::from_mins(1);
    while client.query_one(workers, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        assert!(Instant::now() < deadline, "the worker does not register");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    terminate(&worker);
    let output = worker.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    for part in ["background jobs started", "\"stopped\""] {
        assert!(text(&output.stderr).contains(part), "{}", text(&output.stderr));
    }
    let left = client.query_one(workers, &[]).await.unwrap();
    assert_eq!(left.get::<_, i64>(0), 0, "the worker unregisters");
}

#[tokio::test]
async fn request_in_progress_finishes_after_sigterm() {
    let here = Installation::new().await;
    let mut server = here.command(&["serve"]).spawn().unwrap();
    wait_until_ready(&here, here.port, &mut server);
    let token = here.run(&["admin", "create-token", "ada@example.com", "--create-account"]);
    let token = text(&token.stdout);
    let image = infravault_testkit::samples::jpeg(64, 64, 3);
    let (half, rest) = image.split_at(image.len() / 2);
    let address = format!("127.0.0.1:{}", here.port);
    let mut upload = TcpStream::connect(&address).unwrap();
    write!(
        upload,
        "POST /api/v1/images HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n",
        token.trim(),
        image.len()
    )
    .unwrap();
    upload.write_all(half).unwrap();
    // The upload is in progress once its row exists.
    let pending = "SELECT count(*) FROM images.images WHERE state = 'pending'";
    while here
        .db
        .superuser()
        .await
        .query_one(pending, &[])
        .await
        .unwrap()
        .get::<_, i64>(0)
        == 0
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    terminate(&server);
    // The server finishes the request before it exits.
    upload.write_all(rest).unwrap();
    let mut response = [0; 16];
    upload.read_exact(&mut response).unwrap();
    assert!(response.starts_with(b"HTTP/1.1 201"), "{}", text(&response));
    drop(upload);
    let output = server.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(
        text(&output.stderr).contains("\"stopped\""),
        "{}",
        text(&output.stderr)
    );
}
