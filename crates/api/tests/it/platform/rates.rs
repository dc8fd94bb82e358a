//! Rate limits, which forged headers cannot evade.
use crate::harness::{TestApp, problem};
use reqwest::Method;

#[tokio::test]
async fn rate_limit_is_exact_and_sets_retry_after() {
    let app = TestApp::with(&[("RATE_LIMIT_ANONYMOUS", "5")]).await;
    for remaining in (0..5).rev() {
        let spoofed = format!("1.2.3.{remaining}");
        let request = app
            .anonymous(Method::GET, "/api/v1/images/public")
            .header("X-Forwarded-For", spoofed);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["ratelimit-policy"], "\"anonymous\";q=5;w=60");
        let rate = answer.headers()["ratelimit"].to_str().unwrap();
        assert!(
            rate.starts_with(&format!("\"anonymous\";r={remaining};t=")),
            "{rate}"
        );
    }
    let answer = app
        .anonymous(Method::GET, "/api/v1/images/public")
        .send()
        .await
        .unwrap();
    let wait: u32 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=13).contains(&wait), "{wait}");
    problem(answer, 429, "rate-limited").await;
    assert_eq!(
        app.anonymous(Method::GET, "/health/live")
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
}

#[tokio::test]
async fn accounts_have_their_own_rate_limit() {
    let app = TestApp::with(&[("RATE_LIMIT_ACCOUNT", "3"), ("RATE_LIMIT_SIGN_IN", "4")]).await;
    let alice = app.sign_in("alice@example.com").await;
    let bob = app.sign_in("bob@example.com").await;
    for _ in 0..3 {
        assert_eq!(alice.get("/api/v1/auth/me").send().await.unwrap().status(), 200);
    }
    problem(
        alice.get("/api/v1/auth/me").send().await.unwrap(),
        429,
        "rate-limited",
    )
    .await;
    assert_eq!(bob.get("/api/v1/auth/me").send().await.unwrap().status(), 200);
    // Two sign-ins of two requests each have exhausted the sign-in limit of this address.
    problem(
        app.anonymous(Method::GET, "/api/v1/auth/dev")
            .send()
            .await
            .unwrap(),
        429,
        "rate-limited",
    )
    .await;
}
