//! Sign-in, sessions, tokens and sign-out.
mod access_tokens;
mod api_tokens;
mod certified_provider;
mod cookies;
mod forge;
mod refresh;
mod sign_in;
mod sign_out;

use crate::harness::{Browser, TestApp, location};
use reqwest::{Method, RequestBuilder};

const ME: &str = "/api/v1/auth/me";
const REFRESH: &str = "/api/v1/auth/refresh";

/// Starts a sign-in in this browser and follows it to the issuer. Returns the path of the callback, without
/// requesting it.
async fn request_callback(app: &TestApp, browser: &Browser, email: &str) -> String {
    let start = format!("/api/v1/auth/dev?login_hint={email}");
    let start = browser.bare(Method::GET, &start).send().await.unwrap();
    let answer = app.client().get(location(&start)).send().await.unwrap();
    location(&answer)
        .strip_prefix(&app.origin)
        .expect("the issuer redirects to the callback")
        .to_owned()
}

/// The value of one of the browser's cookies.
fn cookie(browser: &Browser, name: &str) -> String {
    let all = browser.cookies();
    let found = all
        .split("; ")
        .find_map(|pair| pair.strip_prefix(&format!("{name}=")));
    found.unwrap_or_else(|| panic!("no {name} in {all}")).to_owned()
}

/// A refresh with exactly this cookie, from the same origin.
fn refresh_with(app: &TestApp, token: &str) -> RequestBuilder {
    app.anonymous(Method::POST, REFRESH)
        .header("Cookie", format!("iv_rt={token}"))
        .header("Origin", &app.origin)
        .header("X-IV-CSRF", "1")
}

async fn count(app: &TestApp, query: &str) -> i64 {
    app.db
        .superuser()
        .await
        .query_one(query, &[])
        .await
        .unwrap()
        .get(0)
}

async fn execute(app: &TestApp, statement: &str) {
    app.db.superuser().await.batch_execute(statement).await.unwrap();
}
