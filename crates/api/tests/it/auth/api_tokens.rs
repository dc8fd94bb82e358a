//! API tokens: scopes and privilege escalation.
use super::{ME, REFRESH, execute};
use crate::{
    harness::{TestApp, expect, problem},
    send::SendExpecting as _,
};
use reqwest::Method;
use serde_json::json;

const TOKENS: &str = "/api/v1/auth/tokens";

#[tokio::test]
async fn token_is_created_used_listed_and_revoked() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let new = json!({ "name": "ShareX", "scopes": ["images:write", "images:read"], "expires_in_days": 30 });
    let answer = alice.post(TOKENS).json(&new).send().await.unwrap();
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let created = expect(answer, 201).await;
    let text = created["token"].as_str().unwrap();
    assert!(text.starts_with("ivp_") && text.len() == 53);
    assert_eq!(location, format!("{TOKENS}/{}", created["id"].as_str().unwrap()));
    let me = app.bearer(text, Method::GET, ME).expect(200).await;
    assert_eq!(me["scopes"], json!(["images:read", "images:write"]));
    assert_eq!(
        (&me["api_token_id"], me["session"].is_null()),
        (&created["id"], true)
    );
    let list = alice.get(TOKENS).expect(200).await;
    assert_eq!(list["items"][0]["name"], "ShareX");
    assert!(list["items"][0].get("token").is_none() && !list["items"][0]["last_used_at"].is_null());
    let bob = app.sign_in("bob@example.com").await;
    bob.delete(&location).expect_problem(404, "not-found").await;
    alice.delete(&location).expect(204).await;
    app.bearer(text, Method::GET, ME)
        .expect_problem(401, "session-expired")
        .await;
    alice.delete(&location).expect_problem(404, "not-found").await;
}

#[tokio::test]
async fn token_cannot_manage_credentials() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let token = app.token(&alice, "images:read").await;
    let id = "01930000-0000-7000-8000-000000000000";
    let calls = [
        (
            Method::POST,
            TOKENS.to_owned(),
            Some(json!({ "name": "more", "scopes": ["images:write"] })),
        ),
        (Method::GET, TOKENS.to_owned(), None),
        (Method::DELETE, format!("{TOKENS}/{id}"), None),
        (Method::GET, "/api/v1/auth/sessions".to_owned(), None),
        (Method::DELETE, format!("/api/v1/auth/sessions/{id}"), None),
        (Method::POST, REFRESH.to_owned(), None),
        (Method::POST, "/api/v1/auth/logout".to_owned(), None),
        (Method::POST, "/api/v1/auth/logout-all".to_owned(), None),
        (Method::GET, "/api/v1/users/profile".to_owned(), None),
        (Method::GET, "/api/v1/users".to_owned(), None),
        (Method::DELETE, format!("/api/v1/images/{id}"), None),
    ];
    for (method, path, body) in calls {
        let mut request = app.bearer(&token, method, &path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let rejected = request.expect_problem(403, "insufficient-scope").await;
        assert_eq!(rejected["instance"], path.as_str());
    }
    // A token of an administrator needs the scope `admin`.
    app.make_admin(&alice).await;
    app.bearer(&token, Method::GET, "/api/v1/users")
        .expect_problem(403, "insufficient-scope")
        .await;
}

#[tokio::test]
async fn creation_requires_a_recent_sign_in() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    execute(
        &app,
        "UPDATE auth.sessions SET authenticated_at = now() - interval '11 minutes'",
    )
    .await;
    let new = json!({ "name": "late", "scopes": ["images:read"] });
    alice
        .post(TOKENS)
        .json(&new)
        .expect_problem(401, "reauthentication-required")
        .await;
    alice.sign_in("alice@example.com").await;
    alice.post(TOKENS).json(&new).expect(201).await;
}

#[tokio::test]
async fn invalid_bodies_are_rejected_by_field() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let cases = [
        (json!({ "name": "", "scopes": ["images:read"] }), "name"),
        (json!({ "name": "x", "scopes": [] }), "scopes"),
        (json!({ "name": "x", "scopes": ["root"] }), "scopes[0]"),
        (json!({ "name": "x", "scopes": ["admin"] }), "scopes"),
        (
            json!({ "name": "x", "scopes": ["images:read"], "expires_in_days": 366 }),
            "expires_in_days",
        ),
        (
            json!({ "name": "x", "scopes": ["images:read"], "expires_in_days": -1 }),
            "expires_in_days",
        ),
        (
            json!({ "name": "x", "scopes": ["images:read"], "account_id": "me" }),
            "account_id",
        ),
        (json!({ "scopes": ["images:read"] }), "name"),
        (json!({ "name": 1, "scopes": ["images:read"] }), "name"),
    ];
    for (body, field) in cases {
        let answer = alice.post(TOKENS).json(&body).send().await.unwrap();
        let rejected = problem(answer, 422, "validation-failed").await;
        assert_eq!(rejected["field"], field, "{body}");
    }
    let list = alice.get(TOKENS).expect(200).await;
    assert_eq!(list["items"], json!([]));
    let new = json!({ "name": "x", "scopes": ["images:read"] });
    for _ in 0..20 {
        alice.post(TOKENS).json(&new).expect(201).await;
    }
    alice
        .post(TOKENS)
        .json(&new)
        .expect_problem(409, "conflict")
        .await;
}

#[tokio::test]
async fn mistyped_tokens_are_rejected() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let token = app.token(&alice, "images:read").await;
    let swapped = format!("{}{}", &token[..52], if token.ends_with('A') { 'B' } else { 'A' });
    for invalid in [swapped.as_str(), "ivp_", "ivp_x", &token[..52]] {
        app.bearer(invalid, Method::GET, ME)
            .expect_problem(401, "invalid-token")
            .await;
    }
}
