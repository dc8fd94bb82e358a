//! Changes of role, state and quota: immediate effect and audit events.
use crate::{
    harness::{Browser, TestApp, expect, problem},
    send::SendExpecting as _,
};
use reqwest::Method;
use serde_json::{Value, json};

const PROFILE: &str = "/api/v1/users/profile";

async fn create_admin_and_user(app: &TestApp) -> (Browser, Browser, String) {
    let (ada, bob) = (
        app.sign_in("ada@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    app.make_admin(&ada).await;
    let path = format!("/api/v1/users/{}", bob.account().await);
    (ada, bob, path)
}

async fn patch(by: &Browser, path: &str, body: Value) -> reqwest::Response {
    by.patch(path).json(&body).send().await.unwrap()
}

#[tokio::test]
async fn suspension_applies_to_the_next_request() {
    let app = TestApp::start().await;
    let (ada, bob, path) = create_admin_and_user(&app).await;
    let token = app.token(&bob, "profile:read").await;
    bob.get(PROFILE).expect(200).await;
    let changed = expect(patch(&ada, &path, json!({ "state": "suspended" })).await, 200).await;
    assert_eq!(changed["state"], "suspended");
    bob.get(PROFILE).expect_problem(403, "account-suspended").await;
    app.bearer(&token, Method::GET, PROFILE)
        .expect_problem(403, "account-suspended")
        .await;
    expect(patch(&ada, &path, json!({ "state": "active" })).await, 200).await;
    bob.get(PROFILE).expect(200).await;
}

/// Access tokens have no role, so a change does not wait for their expiry.
#[tokio::test]
async fn role_applies_to_the_next_request() {
    let app = TestApp::start().await;
    let (ada, bob, path) = create_admin_and_user(&app).await;
    let own = format!("/api/v1/users/{}", ada.account().await);
    bob.get("/api/v1/users").expect_problem(403, "forbidden").await;
    expect(patch(&ada, &path, json!({ "role": "ADMIN" })).await, 200).await;
    bob.get("/api/v1/users").expect(200).await;
    expect(patch(&bob, &own, json!({ "role": "USER" })).await, 200).await;
    ada.get("/api/v1/users").expect_problem(403, "forbidden").await;
    problem(
        patch(&ada, &path, json!({ "role": "USER" })).await,
        403,
        "forbidden",
    )
    .await;
}

#[tokio::test]
async fn own_role_and_state_cannot_be_changed() {
    let app = TestApp::start().await;
    let (ada, _, _) = create_admin_and_user(&app).await;
    let own = format!("/api/v1/users/{}", ada.account().await);
    for body in [
        json!({ "role": "USER" }),
        json!({ "state": "suspended" }),
        json!({ "role": "MODERATOR", "quota_bytes": 1 }),
    ] {
        problem(patch(&ada, &own, body).await, 403, "forbidden").await;
    }
    let changed = expect(patch(&ada, &own, json!({ "quota_bytes": 123 })).await, 200).await;
    assert_eq!(
        (&changed["quota_bytes"], &changed["role"]),
        (&json!(123), &json!("ADMIN"))
    );
}

#[tokio::test]
async fn invalid_changes_are_rejected() {
    let app = TestApp::start().await;
    let (ada, _, path) = create_admin_and_user(&app).await;
    let before = ada.get(&path).expect(200).await;
    let cases = [
        (json!({ "role": "ROOT" }), "role"),
        (json!({ "state": 1 }), "state"),
        (json!({ "quota_bytes": -1 }), "quota_bytes"),
        (json!({ "quota_bytes": 9_007_199_254_740_992_i64 }), "quota_bytes"),
        (json!({ "email": "x@example.com" }), "email"),
    ];
    for (body, field) in cases {
        let answer = problem(patch(&ada, &path, body).await, 422, "validation-failed").await;
        assert_eq!(answer["errors"][0]["field"], field, "{answer}");
    }
    let missing = "/api/v1/users/01930000-0000-7000-8000-000000000000";
    problem(
        patch(&ada, missing, json!({ "quota_bytes": 1 })).await,
        404,
        "not-found",
    )
    .await;
    let stale = ada
        .patch(&path)
        .header("If-Match", "\"99\"")
        .json(&json!({ "quota_bytes": 1 }))
        .send()
        .await
        .unwrap();
    problem(stale, 412, "precondition-failed").await;
    assert_eq!(ada.get(&path).expect(200).await, before);
}

#[tokio::test]
async fn changes_are_audited_with_their_actor() {
    let app = TestApp::start().await;
    let (ada, bob, path) = create_admin_and_user(&app).await;
    let change = json!({ "role": "MODERATOR", "state": "suspended", "quota_bytes": 5 });
    expect(patch(&ada, &path, change.clone()).await, 200).await;
    // Repeating the change is not audited, because nothing changes.
    expect(patch(&ada, &path, change).await, 200).await;
    let (actor, account): (uuid::Uuid, uuid::Uuid) = (
        ada.account().await.parse().unwrap(),
        path.rsplit('/').next().unwrap().parse().unwrap(),
    );
    let rows = app
        .db
        .superuser()
        .await
        .query(
            "SELECT event, detail::text FROM auth.audit WHERE actor_id = $1 AND account_id = $2 ORDER BY event",
            &[&actor, &account],
        )
        .await
        .unwrap();
    let found: Vec<(String, Value)> = rows
        .iter()
        .map(|row| (row.get(0), serde_json::from_str(row.get(1)).unwrap()))
        .collect();
    let expected = [
        (
            "quota_changed".to_owned(),
            json!({ "from": 10_737_418_240_i64, "to": 5 }),
        ),
        (
            "role_changed".to_owned(),
            json!({ "from": "USER", "to": "MODERATOR" }),
        ),
        ("state_changed".to_owned(), json!({ "to": "suspended" })),
    ];
    assert_eq!(found, expected);
    drop(bob);
}
