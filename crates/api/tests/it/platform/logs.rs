//! Log lines: always one JSON object, never a secret.
use crate::harness::{TestApp, expect, problem};
use reqwest::Method;

#[tokio::test]
async fn client_input_cannot_forge_log_lines() {
    let mut app = TestApp::with(&[("LOG_LEVEL", "debug")]).await;
    let inputs = ["%0d%0aINFO%20forged", "%1b%5b2J", "%E2%80%A8", "%22%7d%7b%22"];
    for part in inputs {
        let request = app.anonymous(Method::GET, &format!("/api/v1/{part}?q={part}"));
        let answer = request
            .header("User-Agent", "a\u{80}\"}{")
            .header("X-Request-Id", "x".repeat(10_000))
            .send()
            .await
            .unwrap();
        let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert!(id.len() <= 64 && !id.contains("xxx"), "{id}");
        let body = problem(answer, 404, "not-found").await;
        assert_eq!(body["request_id"], id);
    }
    app.stop();
    let logs = app.logs.text();
    for line in logs.lines() {
        let object: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        assert!(object.is_object());
    }
    assert_eq!(
        logs.lines()
            .filter(|line| line.contains("request completed"))
            .count(),
        inputs.len()
    );
}

#[tokio::test]
async fn secrets_are_not_logged_or_stored() {
    let mut app = TestApp::with(&[
        ("LOG_LEVEL", "trace"),
        ("OIDC_DEV_CLIENT_SECRET", "canary-client-secret"),
    ])
    .await;
    let failed = app.browser().sign_in("alice@example.com").await;
    assert_eq!(failed.status(), 400, "the issuer has a different secret");
    drop(failed);
    let issuer_secret = app.issuer.client_secret.clone();
    app.stop();
    let mut logs = app.logs.text();

    let mut app = TestApp::with(&[("LOG_LEVEL", "trace")]).await;
    let alice = app.sign_in("alice@example.com").await;
    let token = app.token(&alice, "images:read").await;
    expect(
        app.bearer(&token, Method::GET, "/api/v1/images")
            .send()
            .await
            .unwrap(),
        200,
    )
    .await;
    let before = alice.cookies();
    expect(alice.post("/api/v1/auth/refresh").send().await.unwrap(), 200).await;
    let forged = "eyJhbGciOiJub25lIn0.canary-forged.x";
    app.bearer(forged, Method::GET, "/api/v1/images")
        .send()
        .await
        .unwrap();
    let mut secrets = vec![
        "canary-client-secret".to_owned(),
        issuer_secret,
        token.clone(),
        "canary-forged".to_owned(),
    ];
    for cookies in [before, alice.cookies()] {
        secrets.extend(
            cookies
                .split("; ")
                .filter_map(|pair| Some(pair.split_once('=')?.1.to_owned())),
        );
    }
    assert!(secrets.len() >= 7, "{secrets:?}");
    let dump = "SELECT (SELECT string_agg(t::text, ' ') FROM auth.sessions t) || (SELECT string_agg(t::text, ' ') FROM auth.api_tokens t)
        || (SELECT string_agg(t::text, ' ') FROM auth.refresh_tokens t) || (SELECT coalesce(string_agg(t::text, ' '), '') FROM auth.audit t)";
    let stored: String = app
        .db
        .superuser()
        .await
        .query_one(dump, &[])
        .await
        .unwrap()
        .get(0);
    app.stop();
    logs.push_str(&app.logs.text());
    for secret in secrets.iter().filter(|secret| secret.len() >= 8) {
        assert!(!logs.contains(secret.as_str()), "the log contains {secret}");
        assert!(
            !stored.contains(secret.as_str()),
            "the database contains {secret}"
        );
    }
    assert!(logs.contains("request completed"));
}
