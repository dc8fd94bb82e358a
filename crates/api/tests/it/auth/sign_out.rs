//! N25 and the device list: what ended has ended everywhere, at once.
use super::{ME, cookie};
use crate::harness::{TestApp, expect, problem};
use reqwest::Method;
use serde_json::Value;

const LOGOUT: &str = "/api/v1/auth/logout";
const SESSIONS: &str = "/api/v1/auth/sessions";

#[tokio::test]
async fn n25_signing_out_binds_on_every_node() {
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
    expect(
        other_node.bearer(&access, Method::GET, ME).send().await.unwrap(),
        200,
    )
    .await;

    let answer = alice.post(LOGOUT).send().await.unwrap();
    assert_eq!(answer.headers()["clear-site-data"], "\"cache\", \"storage\"");
    assert_eq!(answer.headers().get_all("set-cookie").iter().count(), 2);
    expect(answer, 204).await;
    for node in [&app, &other_node] {
        problem(
            node.bearer(&access, Method::GET, ME).send().await.unwrap(),
            401,
            "session-expired",
        )
        .await;
    }
    expect(alice.post(LOGOUT).send().await.unwrap(), 204).await;
    expect(
        app.bearer(&access, Method::POST, LOGOUT).send().await.unwrap(),
        204,
    )
    .await;
    let answer = alice.get(LOGOUT).send().await.unwrap();
    assert_eq!(answer.headers()["allow"], "POST");
    problem(answer, 405, "method-not-allowed").await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session() {
    let app = TestApp::start().await;
    let (here, there) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("alice@example.com").await,
    );
    let bob = app.sign_in("bob@example.com").await;
    let token = app.token(&here, "images:read").await;
    let access = cookie(&here, "iv_at");
    expect(here.post("/api/v1/auth/logout-all").send().await.unwrap(), 204).await;
    problem(
        app.bearer(&access, Method::GET, ME).send().await.unwrap(),
        401,
        "session-expired",
    )
    .await;
    problem(there.get(ME).send().await.unwrap(), 401, "session-expired").await;
    expect(bob.get(ME).send().await.unwrap(), 200).await;
    expect(app.bearer(&token, Method::GET, ME).send().await.unwrap(), 200).await;
    problem(
        app.anonymous(Method::POST, "/api/v1/auth/logout-all")
            .send()
            .await
            .unwrap(),
        401,
        "authentication-required",
    )
    .await;
}

#[tokio::test]
async fn a_device_is_ended_from_another() {
    let app = TestApp::start().await;
    let (here, there) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("alice@example.com").await,
    );
    let bob = app.sign_in("bob@example.com").await;
    let list = expect(here.get(SESSIONS).send().await.unwrap(), 200).await;
    let items = list["items"].as_array().unwrap();
    assert_eq!((items.len(), &list["next_cursor"]), (2, &Value::Null));
    let mine = expect(here.get(ME).send().await.unwrap(), 200).await["session"]["id"].clone();
    let other = items.iter().find(|session| session["id"] != mine).unwrap();
    assert_eq!(
        (&other["current"], other["provider"].as_str()),
        (&Value::Bool(false), Some("dev"))
    );
    let path = format!("{SESSIONS}/{}", other["id"].as_str().unwrap());
    problem(bob.delete(&path).send().await.unwrap(), 404, "not-found").await;
    expect(here.delete(&path).send().await.unwrap(), 204).await;
    problem(there.get(ME).send().await.unwrap(), 401, "session-expired").await;
    problem(here.delete(&path).send().await.unwrap(), 404, "not-found").await;
    problem(
        here.delete(&format!("{SESSIONS}/x")).send().await.unwrap(),
        404,
        "not-found",
    )
    .await;
}

#[tokio::test]
async fn signing_in_again_ends_the_browsers_earlier_session() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let earlier = cookie(&alice, "iv_at");
    alice.sign_in("bob@example.com").await;
    problem(
        app.bearer(&earlier, Method::GET, ME).send().await.unwrap(),
        401,
        "session-expired",
    )
    .await;
    expect(alice.get(ME).send().await.unwrap(), 200).await;
}
