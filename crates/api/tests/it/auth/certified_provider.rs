//! Signs in through an independent, certified provider: the npm package `oidc-provider`.
//!
//! `INFRAVAULT_TEST_OIDC_PROVIDER` names the folder whose `node_modules` holds it; `cargo xtask test` fetches it.
use super::ME;
use crate::harness::{TestApp, expect, location, problem};
use reqwest::{Client, Method, Response, redirect::Policy};
use std::{
    io::{BufRead, BufReader, Lines, Write},
    process::{Child, ChildStdout, Command, Stdio},
};

const FOLDER: &str = "INFRAVAULT_TEST_OIDC_PROVIDER";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testkit/oidc-provider/server.mjs");

/// The provider; it ends when this is dropped.
struct Provider {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    issuer: String,
}

impl Drop for Provider {
    fn drop(&mut self) {
        // A process that has ended already cannot be ended again, which is fine.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Provider {
    /// Starts it; none where the package is missing, which is a failure in CI.
    fn start(where_claims_are: &str) -> Option<Self> {
        let Some(folder) = std::env::var_os(FOLDER).filter(|folder| !folder.is_empty()) else {
            assert!(std::env::var_os("CI").is_none(), "{FOLDER} must be set in CI");
            println!("skipped: {FOLDER} does not name a folder with the npm package oidc-provider");
            return None;
        };
        let mut process = Command::new("node")
            .arg(SCRIPT)
            .arg(folder)
            .arg(where_claims_are)
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

    /// Makes its client known, now that its address is.
    fn register(&mut self, redirect_uri: &str) {
        let input = self.process.stdin.as_mut().unwrap();
        writeln!(input, "{redirect_uri}").unwrap();
        assert_eq!(self.lines.next().expect("the provider serves").unwrap(), "ready");
    }
}

async fn server(provider: &mut Provider) -> TestApp {
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

/// Fills in the provider's forms until it sends the browser back; gives the path of the callback.
async fn fill_in(app: &TestApp, start: &Response, login: &str) -> String {
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
            ("prompt", prompts.next().expect("two forms are enough")),
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
    panic!("the provider did not send the browser back");
}

#[tokio::test]
async fn a_certified_provider_signs_people_in() {
    for where_claims_are in ["id-token", "userinfo"] {
        let Some(mut provider) = Provider::start(where_claims_are) else {
            return;
        };
        let app = server(&mut provider).await;
        let browser = app.browser();
        let start = browser
            .bare(Method::GET, "/api/v1/auth/certified?return_to=/gallery")
            .send()
            .await
            .unwrap();
        let callback = fill_in(&app, &start, "alice").await;
        let done = browser.bare(Method::GET, &callback).send().await.unwrap();
        assert_eq!(
            (done.status().as_u16(), location(&done).as_str()),
            (303, "/gallery"),
            "{where_claims_are}"
        );
        let me = expect(browser.get(ME).send().await.unwrap(), 200).await;
        assert_eq!(me["session"]["provider"], "certified");
        let profile = expect(browser.get("/api/v1/users/profile").send().await.unwrap(), 200).await;
        assert_eq!(profile["email"], "alice@certified.example");
        assert_eq!(profile["display_name"], "Alice Certified");

        let mallory = app.browser();
        let start = mallory
            .bare(Method::GET, "/api/v1/auth/certified")
            .send()
            .await
            .unwrap();
        let callback = fill_in(&app, &start, "mallory").await;
        problem(
            mallory.bare(Method::GET, &callback).send().await.unwrap(),
            400,
            "sign-in-failed",
        )
        .await;
        // The code was spent on that, in whichever browser.
        problem(
            mallory.bare(Method::GET, &callback).send().await.unwrap(),
            400,
            "sign-in-failed",
        )
        .await;
    }
}
