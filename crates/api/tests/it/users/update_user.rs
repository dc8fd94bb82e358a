//! Role, state and quota, through the front door: they bind at once and are written down.
use crate::harness::{Browser, TestApp, expect, problem};
use reqwest::Method;
use serde_json::{Value, json};

const PROFILE: &str = "/api/v1/users/profile";

async fn cast(app: &TestApp) -> (Browser, Browser, String) {
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
async fn suspension_binds_on_the_next_request() {
    let app = TestApp::start().await;
    let (ada, bob, path) = cast(&app).await;
    let token = app.token(&bob, "profile:read").await;
    expect(bob.get(PROFILE).send().await.unwrap(), 200).await;
    let changed = expect(patch(&ada, &path, json!({ "state": "suspended" })).await, 200).await;
    assert_eq!(changed["state"], "suspended");
    problem(bob.get(PROFILE).send().await.unwrap(), 403, "account-suspended").await;
    problem(
        app.bearer(&token, Method::GET, PROFILE).send().await.unwrap(),
        403,
        "account-suspended",
    )
    .await;
    expect(patch(&ada, &path, json!({ "state": "active" })).await, 200).await;
    expect(bob.get(PROFILE).send().await.unwrap(), 200).await;
}

/// N30: the token that was made before the change carries no role, so nothing has to expire.
#[tokio::test]
async fn a_role_binds_on_the_next_request() {
    let app = TestApp::start().await;
    let (ada, bob, path) = cast(&app).await;
    let own = format!("/api/v1/users/{}", ada.account().await);
    problem(bob.get("/api/v1/users").send().await.unwrap(), 403, "forbidden").await;
    expect(patch(&ada, &path, json!({ "role": "ADMIN" })).await, 200).await;
    expect(bob.get("/api/v1/users").send().await.unwrap(), 200).await;
    expect(patch(&bob, &own, json!({ "role": "USER" })).await, 200).await;
    problem(ada.get("/api/v1/users").send().await.unwrap(), 403, "forbidden").await;
    problem(
        patch(&ada, &path, json!({ "role": "USER" })).await,
        403,
        "forbidden",
    )
    .await;
}

#[tokio::test]
async fn nobody_changes_the_own_role_or_state() {
    let app = TestApp::start().await;
    let (ada, _, _) = cast(&app).await;
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
async fn wrong_changes_are_refused() {
    let app = TestApp::start().await;
    let (ada, _, path) = cast(&app).await;
    let before = expect(ada.get(&path).send().await.unwrap(), 200).await;
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
    assert_eq!(expect(ada.get(&path).send().await.unwrap(), 200).await, before);
}

#[tokio::test]
async fn what_changed_is_written_down_with_who_did_it() {
    let app = TestApp::start().await;
    let (ada, bob, path) = cast(&app).await;
    let change = json!({ "role": "MODERATOR", "state": "suspended", "quota_bytes": 5 });
    expect(patch(&ada, &path, change.clone()).await, 200).await;
    // The same again changes nothing, so there is nothing to write down.
    expect(patch(&ada, &path, change).await, 200).await;
    let (by, whom): (uuid::Uuid, uuid::Uuid) = (
        ada.account().await.parse().unwrap(),
        path.rsplit('/').next().unwrap().parse().unwrap(),
    );
    let rows = app
        .db
        .superuser()
        .await
        .query(
            "SELECT event, detail::text FROM auth.audit WHERE actor_id = $1 AND account_id = $2 ORDER BY event",
            &[&by, &whom],
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
