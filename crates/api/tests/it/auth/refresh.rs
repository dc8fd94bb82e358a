//! Reused, concurrent, expired and malformed refresh tokens.
use super::{ME, REFRESH, cookie, count, execute, refresh_with};
use crate::{
    harness::{TestApp, expect, problem},
    send::SendExpecting as _,
};
use infravault_kernel::Clock;
use reqwest::Method;
use serde_json::json;
use time::Duration;

#[tokio::test]
async fn reused_token_revokes_the_session() {
    let clock = Clock::fixed(Clock::System.now());
    let app = TestApp::with_clock(&[], clock.clone()).await;
    let alice = app.sign_in("alice@example.com").await;
    let stolen = cookie(&alice, "iv_rt");
    let answer = alice.post(REFRESH).expect(200).await;
    assert_eq!(
        (
            answer["expires_in"].as_i64(),
            answer["refresh_expires_in"].as_i64()
        ),
        (Some(600), Some(604_800))
    );
    assert!(answer.get("access_token").is_none(), "pages cannot read tokens");
    let newest = cookie(&alice, "iv_rt");
    assert_ne!(newest, stolen);
    clock.advance(Duration::seconds(11));
    let answer = refresh_with(&app, &stolen).send().await.unwrap();
    let cleared: Vec<_> = answer.headers().get_all("set-cookie").iter().cloned().collect();
    assert_eq!(cleared.len(), 2);
    assert!(
        cleared
            .iter()
            .all(|set| set.to_str().unwrap().contains("Max-Age=0"))
    );
    problem(answer, 401, "session-revoked").await;
    refresh_with(&app, &newest)
        .expect_problem(401, "session-revoked")
        .await;
    alice.get(ME).expect_problem(401, "session-expired").await;
    assert_eq!(
        count(
            &app,
            "SELECT count(*) FROM auth.audit WHERE event = 'refresh_reuse'"
        )
        .await,
        1
    );
}

#[tokio::test]
async fn concurrent_refreshes_issue_one_successor_and_keep_the_session() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let token = cookie(&alice, "iv_rt");
    let requests = (0..20).map(|_| refresh_with(&app, &token).send());
    let mut refreshed = 0;
    for answer in futures_util::future::join_all(requests).await {
        let answer = answer.unwrap();
        if answer.status() == 200 {
            assert_eq!(answer.headers().get_all("set-cookie").iter().count(), 2);
            refreshed += 1;
        } else {
            assert!(!answer.headers().contains_key("set-cookie"));
            problem(answer, 409, "refresh-conflict").await;
        }
    }
    assert_eq!(refreshed, 1);
    alice.get(ME).expect(200).await;
}

#[tokio::test]
async fn idle_expired_and_suspended_sessions_cannot_be_refreshed() {
    let app = TestApp::start().await;
    let ends = [
        "UPDATE auth.sessions SET idle_expires_at = now() - interval '1 second'",
        "UPDATE auth.sessions SET expires_at = now() - interval '1 second'",
        "UPDATE users.accounts SET state = 'suspended'",
    ];
    for end in ends {
        let alice = app.sign_in("alice@example.com").await;
        execute(&app, end).await;
        let answer = alice.post(REFRESH).send().await.unwrap();
        assert_eq!(answer.headers().get_all("set-cookie").iter().count(), 2, "{end}");
        problem(answer, 401, "session-expired").await;
    }
    // A suspended user can authenticate at the provider and gets the reason.
    problem(
        app.browser().sign_in("alice@example.com").await,
        403,
        "account-suspended",
    )
    .await;
    for garbage in ["x", "", "%00", &"A".repeat(43)] {
        refresh_with(&app, garbage)
            .expect_problem(401, "invalid-token")
            .await;
    }
    app.anonymous(Method::POST, REFRESH)
        .expect_problem(401, "authentication-required")
        .await;
    // The server responds with an error or closes the connection.
    if let Ok(answer) = refresh_with(&app, &"A".repeat(1 << 20)).send().await {
        assert!(answer.status().is_client_error(), "{}", answer.status());
    }
}

#[tokio::test]
async fn client_without_cookies_refreshes_with_a_body() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let ask = |body: serde_json::Value| app.anonymous(Method::POST, REFRESH).json(&body).send();
    let answer = ask(json!({ "refresh_token": cookie(&alice, "iv_rt") }))
        .await
        .unwrap();
    assert!(!answer.headers().contains_key("set-cookie"));
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let tokens = expect(answer, 200).await;
    let access = tokens["access_token"].as_str().unwrap();
    app.bearer(access, Method::GET, ME).expect(200).await;
    expect(
        ask(json!({ "refresh_token": tokens["refresh_token"] }))
            .await
            .unwrap(),
        200,
    )
    .await;
    problem(
        ask(json!({ "refresh_token": "x" })).await.unwrap(),
        401,
        "invalid-token",
    )
    .await;
    let unknown = problem(
        ask(json!({ "refresh_token": "x", "role": "ADMIN" }))
            .await
            .unwrap(),
        422,
        "validation-failed",
    )
    .await;
    assert_eq!(unknown["field"], "role");
    problem(ask(json!({})).await.unwrap(), 422, "validation-failed").await;
}

#[tokio::test]
async fn sessions_of_administrators_are_shorter() {
    let app = TestApp::start().await;
    app.make_admin(&app.sign_in("alice@example.com").await).await;
    let alice = app.sign_in("alice@example.com").await;
    let answer = alice.post(REFRESH).expect(200).await;
    assert_eq!(answer["refresh_expires_in"], 3600);
}
