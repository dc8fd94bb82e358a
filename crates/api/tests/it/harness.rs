//! A real server with its own port, database, directory and identity provider.
use actix_web::rt::System;
use infravault_api::{config::Config, server::Server};
use infravault_kernel::{Clock, config::Env};
use infravault_testkit::{db::TestDb, install_crypto, issuer::Issuer};
use reqwest::{
    Client, Method, RequestBuilder, Response, StatusCode,
    cookie::{CookieStore, Jar},
    redirect::Policy,
};
use serde_json::{Value, json};
use slog::{Drain, Logger, o};
use std::{
    io::Write,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// The server under test. Dropping it stops everything that it started.
pub(crate) struct TestApp {
    pub(crate) db: TestDb,
    pub(crate) issuer: Issuer,
    pub(crate) origin: String,
    pub(crate) folder: PathBuf,
    pub(crate) logs: Logs,
    running: Mutex<Vec<RunningServer>>,
}

/// A server in its own thread.
struct RunningServer {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The log of the server.
#[derive(Clone, Default)]
pub(crate) struct Logs(Arc<Mutex<Vec<u8>>>);

impl Logs {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl TestApp {
    /// Starts a server with the default settings, without rate limits.
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// Starts a server that does not process images.
    pub(crate) async fn without_jobs() -> Self {
        Self::with(&[("JOBS_IN_SERVE", "false")]).await
    }

    /// Starts a server with additional environment variables.
    pub(crate) async fn with(variables: &[(&str, &str)]) -> Self {
        Self::with_clock(variables, Clock::System).await
    }

    /// Starts a server with additional environment variables and a clock.
    pub(crate) async fn with_clock(variables: &[(&str, &str)], clock: Clock) -> Self {
        install_crypto();
        let (db, issuer) = (TestDb::new().await, Issuer::start().await);
        let folder = std::env::temp_dir().join(format!(
            "infravault-test-{}",
            db.url().rsplit('/').next().unwrap()
        ));
        let logs = Logs::default();
        let config = config(&db, &issuer, &folder, variables);
        let (origin, running) = serve(config, logger(logs.clone()), clock).await;
        Self {
            db,
            issuer,
            origin,
            folder,
            logs,
            running: Mutex::new(vec![running]),
        }
    }

    /// Starts another node with the same database and directory; returns its origin.
    pub(crate) async fn beside(&self, variables: &[(&str, &str)]) -> String {
        self.beside_at(variables, Clock::System).await
    }

    /// Starts another node with another clock; returns its origin.
    pub(crate) async fn beside_at(&self, variables: &[(&str, &str)], clock: Clock) -> String {
        let config = config(&self.db, &self.issuer, &self.folder, variables);
        let (origin, running) = serve(config, logger(self.logs.clone()), clock).await;
        self.running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(running);
        origin
    }

    /// Runs a command with the settings of this server; returns its output.
    pub(crate) fn command(&self, arguments: &[&str]) -> String {
        self.command_with(arguments, &[])
    }

    /// Runs a command with additional environment variables.
    pub(crate) fn command_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_infravault"))
            .args(arguments)
            .envs(environment(&self.db, &self.issuer, &self.folder, variables))
            .env("PUBLIC_ORIGIN", &self.origin)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// A client without cookies that does not follow redirects.
    pub(crate) fn client(&self) -> Client {
        Client::builder().redirect(Policy::none()).build().unwrap()
    }

    /// A request without a credential.
    pub(crate) fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.client().request(method, self.url(path))
    }

    /// A request with a bearer token.
    pub(crate) fn bearer(&self, token: &str, method: Method, path: &str) -> RequestBuilder {
        self.anonymous(method, path).bearer_auth(token)
    }

    /// Signs in through the identity provider, like a browser.
    pub(crate) async fn sign_in(&self, email: &str) -> Browser {
        let browser = self.browser();
        let last = browser.sign_in(email).await;
        assert_eq!(
            last.status(),
            StatusCode::SEE_OTHER,
            "{}",
            last.text().await.unwrap()
        );
        browser
    }

    /// A browser that has not signed in.
    pub(crate) fn browser(&self) -> Browser {
        let jar = Arc::new(Jar::default());
        let client = Client::builder()
            .redirect(Policy::none())
            .cookie_provider(Arc::clone(&jar))
            .build()
            .unwrap();
        Browser {
            client,
            jar,
            origin: self.origin.clone(),
        }
    }

    /// Makes the account an administrator, directly in the database.
    pub(crate) async fn make_admin(&self, browser: &Browser) {
        self.set_role(browser, "ADMIN").await;
    }

    /// Sets the role of the account, directly in the database.
    pub(crate) async fn set_role(&self, browser: &Browser, role: &str) {
        let id: uuid::Uuid = browser.account().await.parse().unwrap();
        let change = format!("UPDATE users.accounts SET role = '{role}' WHERE id = $1");
        self.db.superuser().await.execute(&change, &[&id]).await.unwrap();
    }

    /// Creates an API token with these scopes.
    pub(crate) async fn token(&self, browser: &Browser, scopes: &str) -> String {
        let scopes: Vec<&str> = scopes.split(' ').collect();
        let answer = browser
            .post("/api/v1/auth/tokens")
            .json(&json!({ "name": "test", "scopes": scopes }))
            .send()
            .await;
        let answer = expect(answer.unwrap(), 201).await;
        answer["token"].as_str().unwrap().to_owned()
    }

    /// Stops the server and waits for it.
    pub(crate) fn stop(&mut self) {
        for mut running in self.take_running() {
            drop(running.stop.take());
            if let Some(thread) = running.thread.take() {
                thread.join().expect("the server panicked");
            }
        }
    }

    fn take_running(&mut self) -> Vec<RunningServer> {
        std::mem::take(self.running.get_mut().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        for mut running in self.take_running() {
            drop(running.stop.take());
            if let Some(thread) = running.thread.take() {
                let outcome = thread.join();
                assert!(
                    outcome.is_ok() || std::thread::panicking(),
                    "the server panicked:\n{}",
                    self.logs.text()
                );
            }
        }
        // Best effort; the directory is temporary.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A browser: cookies, and the headers that pages of the server's own origin send.
#[derive(Clone)]
pub(crate) struct Browser {
    client: Client,
    pub(crate) jar: Arc<Jar>,
    origin: String,
}

impl Browser {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.origin))
            .header("Origin", &self.origin)
            .header("X-IV-CSRF", "1")
    }
    /// A request like that of a page of another site: with cookies, without the CSRF header.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.origin))
    }
    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }
    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }
    pub(crate) fn put(&self, path: &str) -> RequestBuilder {
        self.request(Method::PUT, path)
    }
    pub(crate) fn patch(&self, path: &str) -> RequestBuilder {
        self.request(Method::PATCH, path)
    }
    pub(crate) fn delete(&self, path: &str) -> RequestBuilder {
        self.request(Method::DELETE, path)
    }

    /// Signs in at the identity provider; returns the response of the callback.
    pub(crate) async fn sign_in(&self, email: &str) -> Response {
        let start = self
            .bare(Method::GET, &format!("/api/v1/auth/dev?login_hint={email}"))
            .send()
            .await
            .unwrap();
        assert_eq!(
            start.status(),
            StatusCode::SEE_OTHER,
            "{}",
            start.text().await.unwrap()
        );
        let issuer = self.client.get(location(&start)).send().await.unwrap();
        assert!(
            issuer.status().is_redirection(),
            "the issuer returned {}",
            issuer.status()
        );
        self.client.get(location(&issuer)).send().await.unwrap()
    }

    /// The id of the signed-in account.
    pub(crate) async fn account(&self) -> String {
        let me = expect(self.get("/api/v1/auth/me").send().await.unwrap(), 200).await;
        me["account"]["id"]
            .as_str()
            .or(me["id"].as_str())
            .expect("the account has an id")
            .to_owned()
    }

    /// The value of the `Cookie` header.
    pub(crate) fn cookies(&self) -> String {
        let url = self.origin.parse().unwrap();
        self.jar
            .cookies(&url)
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default()
    }

    /// Uploads an image as a plain body and returns it.
    pub(crate) async fn upload(&self, image: Vec<u8>, query: &str) -> Value {
        let request = self
            .post(&format!("/api/v1/images{query}"))
            .header("Content-Type", "image/jpeg")
            .body(image);
        expect(request.send().await.unwrap(), 201).await
    }

    /// The usage of the account.
    pub(crate) async fn usage(&self) -> Value {
        let usage = self.get("/api/v1/users/profile/usage").send().await.unwrap();
        expect(usage, 200).await
    }
}

/// The path of an image.
pub(crate) fn image_path(image: &Value) -> String {
    format!("/api/v1/images/{}", image["id"].as_str().unwrap())
}

/// Waits until the condition holds; fails after a minute.
pub(crate) async fn wait_until(condition: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !holds().await {
        assert!(
            Instant::now() < deadline,
            "not reached within a minute: {condition}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The image as later requests return it: without the fields that only the upload returns.
pub(crate) fn afterwards(mut uploaded: Value) -> Value {
    uploaded.as_object_mut().unwrap().remove("duplicate_of").unwrap();
    uploaded
}

/// The value of `Location`.
pub(crate) fn location(answer: &Response) -> String {
    answer.headers()["location"].to_str().unwrap().to_owned()
}

/// Sets the quota of the account.
pub(crate) async fn set_quota(app: &TestApp, browser: &Browser, bytes: u64) {
    let account: uuid::Uuid = browser.account().await.parse().unwrap();
    let set = "UPDATE users.accounts SET quota_bytes = $2 WHERE id = $1";
    let bytes = i64::try_from(bytes).unwrap();
    let client = app.db.superuser().await;
    client.execute(set, &[&account, &bytes]).await.unwrap();
}

/// Checks the status and returns the JSON body.
pub(crate) async fn expect(answer: Response, status: u16) -> Value {
    let found = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    assert_eq!(found, status, "{text}");
    if text.is_empty() {
        Value::Null
    } else {
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))
    }
}

/// Checks that the response is a problem with this status and code, and returns it.
pub(crate) async fn problem(answer: Response, status: u16, code: &str) -> Value {
    let media_type = answer.headers().get("content-type").cloned();
    let nosniff = answer.headers().get("x-content-type-options").cloned();
    let body = expect(answer, status).await;
    assert_eq!(body["code"], code, "{body}");
    assert_eq!(
        media_type.expect("a problem has a media type"),
        "application/problem+json"
    );
    assert_eq!(nosniff.expect("every response is nosniff"), "nosniff");
    for member in ["type", "title", "status", "detail", "instance", "request_id"] {
        assert!(!body[member].is_null(), "{member} is missing in {body}");
    }
    body
}

/// Starts a server in its own thread; returns its origin.
async fn serve(config: Config, log: Logger, clock: Clock) -> (String, RunningServer) {
    let (send_address, address) = oneshot::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = std::thread::spawn(move || {
        System::new().block_on(async move {
            let server = Server::bind(config, &log, clock).expect("the server starts");
            send_address
                .send(server.address())
                .expect("the test waits for the address");
            server
                .run(async { drop(stopped.await) })
                .await
                .expect("the server stops without an error");
        });
    });
    let port = address.await.expect("the server starts").port();
    let running = RunningServer {
        stop: Some(stop),
        thread: Some(thread),
    };
    (format!("http://127.0.0.1:{port}"), running)
}

fn environment(
    db: &TestDb,
    issuer: &Issuer,
    folder: &std::path::Path,
    variables: &[(&str, &str)],
) -> Vec<(String, String)> {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let mut all = vec![
        ("DATABASE_URL", db.url()),
        ("DB_MIN_CONNS", "1".to_owned()),
        ("HTTP_BIND", "127.0.0.1:0".to_owned()),
        ("PUBLIC_ORIGIN", "http://127.0.0.1:0".to_owned()),
        ("INFRAVAULT_INSECURE_DEV", "1".to_owned()),
        ("HTTP_WORKERS", "2".to_owned()),
        // AVIF encoding is slow in a development build on a busy machine.
        ("RENDITION_TIMEOUT", "100s".to_owned()),
        ("SANDBOX_CPU_TIME", "60s".to_owned()),
        ("SANDBOX_TIMEOUT", "90s".to_owned()),
        ("STORE_BACKEND", "fs".to_owned()),
        ("STORE_DIR", path("objects")),
        ("AUTH_KEY_DIR", path("keys")),
        ("OIDC_PROVIDERS", "dev".to_owned()),
        ("OIDC_DEV_ISSUER", issuer.url().to_owned()),
        ("OIDC_DEV_CLIENT_ID", issuer.client_id.clone()),
        ("OIDC_DEV_CLIENT_SECRET", issuer.client_secret.clone()),
    ];
    all.extend(
        [
            "RATE_LIMIT_ANONYMOUS",
            "RATE_LIMIT_ACCOUNT",
            "RATE_LIMIT_UPLOAD",
            "RATE_LIMIT_RENDITION",
            "RATE_LIMIT_SIGN_IN",
        ]
        .map(|name| (name, "0".to_owned())),
    );
    all.extend(variables.iter().map(|(name, value)| (*name, (*value).to_owned())));
    all.into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn config(db: &TestDb, issuer: &Issuer, folder: &std::path::Path, variables: &[(&str, &str)]) -> Config {
    let mut env: Env = environment(db, issuer, folder, variables).into_iter().collect();
    let mut config = Config::from_env(&mut env);
    env.finish().unwrap();
    // The test binary cannot run as a sandbox worker.
    config.sandbox.program = env!("CARGO_BIN_EXE_infravault").into();
    config
}

fn logger(logs: Logs) -> Logger {
    let json = slog_json::Json::default(logs);
    Logger::root(Mutex::new(json).map(slog::Fuse), o!())
}
