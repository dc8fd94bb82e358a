//! Sign-out and revocation take effect immediately on every node.
use super::{ME, cookie};
use crate::{
    harness::{TestApp, expect, problem},
    send::SendExpecting as _,
};
use reqwest::Method;
use serde_json::Value;

const LOGOUT: &str = "/api/v1/auth/logout";
const SESSIONS: &str = "/api/v1/auth/sessions";

#[tokio::test]
async fn sign_out_is_effective_on_every_node() {
    let app = TestApp::start().await;
    let keys = app.folder.join("keys").to_str().unwrap().to_owned();
    let shared = [
        ("DATABASE_URL", app.db.url()),
        ("AUTH_KEY_DIR", keys),
        ("PUBLIC_ORIGIN", app.origin.clone()),
        ("OIDC_DEV_ISSUER", app.issuer.url().to_owned()),
    ];
    let shared: Vec<(&str, &str)> = shared
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let other_node = TestApp::with(&shared).await;
    let alice = app.sign_in("alice@example.com").await;
    let access = cookie(&alice, "iv_at");
    other_node.bearer(&access, Method::GET, ME).expect(200).await;

    let answer = alice.post(LOGOUT).send().await.unwrap();
    assert_eq!(answer.headers()["clear-site-data"], "\"cache\", \"storage\"");
    assert_eq!(answer.headers().get_all("set-cookie").iter().count(), 2);
    expect(answer, 204).await;
    for node in [&app, &other_node] {
        node.bearer(&access, Method::GET, ME)
            .expect_problem(401, "session-expired")
            .await;
    }
    alice.post(LOGOUT).expect(204).await;
    app.bearer(&access, Method::POST, LOGOUT).expect(204).await;
    let answer = alice.get(LOGOUT).send().await.unwrap();
    assert_eq!(answer.headers()["allow"], "POST");
    problem(answer, 405, "method-not-allowed").await;
}

#[tokio::test]
async fn sign_out_everywhere_revokes_all_sessions() {
    let app = TestApp::start().await;
    let (here, there) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("alice@example.com").await,
    );
    let bob = app.sign_in("bob@example.com").await;
    let token = app.token(&here, "images:read").await;
    let access = cookie(&here, "iv_at");
    here.post("/api/v1/auth/logout-all").expect(204).await;
    app.bearer(&access, Method::GET, ME)
        .expect_problem(401, "session-expired")
        .await;
    there.get(ME).expect_problem(401, "session-expired").await;
    bob.get(ME).expect(200).await;
    app.bearer(&token, Method::GET, ME).expect(200).await;
    app.anonymous(Method::POST, "/api/v1/auth/logout-all")
        .expect_problem(401, "authentication-required")
        .await;
}

#[tokio::test]
async fn session_is_revoked_from_another_session() {
    let app = TestApp::start().await;
    let (here, there) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("alice@example.com").await,
    );
    let bob = app.sign_in("bob@example.com").await;
    let list = here.get(SESSIONS).expect(200).await;
    let items = list["items"].as_array().unwrap();
    assert_eq!((items.len(), &list["next_cursor"]), (2, &Value::Null));
    let mine = here.get(ME).expect(200).await["session"]["id"].clone();
    let other = items.iter().find(|session| session["id"] != mine).unwrap();
    assert_eq!(
        (&other["current"], other["provider"].as_str()),
        (&Value::Bool(false), Some("dev"))
    );
    let path = format!("{SESSIONS}/{}", other["id"].as_str().unwrap());
    bob.delete(&path).expect_problem(404, "not-found").await;
    here.delete(&path).expect(204).await;
    there.get(ME).expect_problem(401, "session-expired").await;
    here.delete(&path).expect_problem(404, "not-found").await;
    here.delete(&format!("{SESSIONS}/x"))
        .expect_problem(404, "not-found")
        .await;
}

#[tokio::test]
async fn new_sign_in_revokes_the_previous_session_of_the_browser() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let previous = cookie(&alice, "iv_at");
    alice.sign_in("bob@example.com").await;
    app.bearer(&previous, Method::GET, ME)
        .expect_problem(401, "session-expired")
        .await;
    alice.get(ME).expect(200).await;
}
