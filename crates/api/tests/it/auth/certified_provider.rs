//! Signs in through an independent, certified provider: the npm package `oidc-provider`.
//!
//! `INFRAVAULT_TEST_OIDC_PROVIDER` names the folder whose `node_modules` holds it; `cargo xtask test` fetches it.
use super::ME;
use crate::{
    harness::{TestApp, location},
    send::SendExpecting as _,
};
use reqwest::{Client, Method, Response, redirect::Policy};
use std::{
    io::{BufRead, BufReader, Lines, Write},
    process::{Child, ChildStdout, Command, Stdio},
};

const FOLDER: &str = "INFRAVAULT_TEST_OIDC_PROVIDER";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testkit/oidc-provider/server.mjs");

/// The provider process, killed on drop.
struct Provider {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    issuer: String,
}

impl Drop for Provider {
    fn drop(&mut self) {
        // Fails if the process has already exited.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Provider {
    /// Starts the provider. Returns `None` if the package is missing, which is an error in CI.
    fn start(claims_in: &str) -> Option<Self> {
        let Some(folder) = std::env::var_os(FOLDER).filter(|folder| !folder.is_empty()) else {
            assert!(std::env::var_os("CI").is_none(), "{FOLDER} must be set in CI");
            println!("skipped: {FOLDER} does not name a folder with the npm package oidc-provider");
            return None;
        };
        let mut process = Command::new("node")
            .arg(SCRIPT)
            .arg(folder)
            .arg(claims_in)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node runs");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let issuer = lines.next().expect("the provider starts").unwrap();
        Some(Self {
            process,
            lines,
            issuer,
        })
    }

    /// Registers the client, whose redirect URI is known only now.
    fn register(&mut self, redirect_uri: &str) {
        let input = self.process.stdin.as_mut().unwrap();
        writeln!(input, "{redirect_uri}").unwrap();
        assert_eq!(self.lines.next().expect("the provider serves").unwrap(), "ready");
    }
}

async fn start_app(provider: &mut Provider) -> TestApp {
    let issuer = provider.issuer.clone();
    let app = TestApp::with(&[
        ("OIDC_PROVIDERS", "certified"),
        ("OIDC_CERTIFIED_ISSUER", &issuer),
        ("OIDC_CERTIFIED_CLIENT_ID", "infravault"),
        ("OIDC_CERTIFIED_CLIENT_SECRET", "certified-secret"),
    ])
    .await;
    provider.register(&app.url("/api/v1/auth/callback"));
    app
}

/// Submits the provider's forms until it redirects to the callback. Returns the path of the callback.
async fn submit_forms(app: &TestApp, start: &Response, login: &str) -> String {
    let client = Client::builder()
        .redirect(Policy::none())
        .cookie_store(true)
        .build()
        .unwrap();
    let mut answer = client.get(location(start)).send().await.unwrap();
    let mut prompts = ["login", "consent"].into_iter();
    for _ in 0..12 {
        if answer.status().is_redirection() {
            let next = answer.url().join(&location(&answer)).unwrap();
            if let Some(path) = next.as_str().strip_prefix(&app.origin) {
                return path.to_owned();
            }
            answer = client.get(next).send().await.unwrap();
            continue;
        }
        let at = answer.url().clone();
        let page = answer.text().await.unwrap();
        assert!(at.path().starts_with("/interaction/"), "{at}: {page}");
        let form = [
            ("prompt", prompts.next().expect("at most two forms")),
            ("login", login),
            ("password", "any"),
        ];
        let body = form.map(|(name, value)| format!("{name}={value}")).join("&");
        let post = client
            .post(at)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body);
        answer = post.send().await.unwrap();
    }
    panic!("the provider did not redirect to the callback");
}

#[tokio::test]
async fn sign_in_with_a_certified_provider() {
    for claims_in in ["id-token", "userinfo"] {
        let Some(mut provider) = Provider::start(claims_in) else {
            return;
        };
        let app = start_app(&mut provider).await;
        let browser = app.browser();
        let start = browser
            .bare(Method::GET, "/api/v1/auth/certified?return_to=/gallery")
            .send()
            .await
            .unwrap();
        let callback = submit_forms(&app, &start, "alice").await;
        let done = browser.bare(Method::GET, &callback).send().await.unwrap();
        assert_eq!(
            (done.status().as_u16(), location(&done).as_str()),
            (303, "/gallery"),
            "{claims_in}"
        );
        let me = browser.get(ME).expect(200).await;
        assert_eq!(me["session"]["provider"], "certified");
        let profile = browser.get("/api/v1/users/profile").expect(200).await;
        assert_eq!(profile["email"], "alice@certified.example");
        assert_eq!(profile["display_name"], "Alice Certified");

        let mallory = app.browser();
        let start = mallory
            .bare(Method::GET, "/api/v1/auth/certified")
            .send()
            .await
            .unwrap();
        let callback = submit_forms(&app, &start, "mallory").await;
        mallory
            .bare(Method::GET, &callback)
            .expect_problem(400, "sign-in-failed")
            .await;
        // The code was used by the first attempt.
        mallory
            .bare(Method::GET, &callback)
            .expect_problem(400, "sign-in-failed")
            .await;
    }
}
