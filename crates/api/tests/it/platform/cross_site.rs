//! Cross-site request forgery and CORS.
use crate::harness::{TestApp, expect, problem};
use reqwest::Method;

#[tokio::test]
async fn cross_site_requests_are_rejected() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let origin = app.origin.clone();
    let cases: &[&[(&str, &str)]] = &[
        &[],
        &[("Origin", "https://evil.example"), ("X-IV-CSRF", "1")],
        &[("Origin", "null"), ("X-IV-CSRF", "1")],
        &[("Origin", &origin)],
        &[
            ("Sec-Fetch-Site", "cross-site"),
            ("Origin", &origin),
            ("X-IV-CSRF", "1"),
        ],
        &[
            ("Sec-Fetch-Site", "same-site"),
            ("Origin", &origin),
            ("X-IV-CSRF", "1"),
        ],
        &[("Sec-Fetch-Site", "none"), ("X-IV-CSRF", "1")],
        &[("Sec-Fetch-Site", "same-origin")],
        &[("Sec-Fetch-Site", "same-origin"), ("X-IV-CSRF", "yes")],
    ];
    let unsafe_requests = [
        (Method::POST, "/api/v1/auth/logout"),
        (Method::POST, "/api/v1/auth/logout-all"),
        (Method::POST, "/api/v1/auth/refresh"),
        (Method::POST, "/api/v1/auth/tokens"),
        (Method::PUT, "/api/v1/users/profile"),
        (Method::POST, "/api/v1/images"),
        (
            Method::DELETE,
            "/api/v1/images/01930000-0000-7000-8000-000000000000",
        ),
    ];
    for headers in cases {
        for (method, path) in &unsafe_requests {
            let mut request = alice
                .bare(method.clone(), path)
                .header("Content-Type", "text/plain")
                .body("x=1");
            for (name, value) in *headers {
                request = request.header(*name, *value);
            }
            problem(request.send().await.unwrap(), 403, "csrf-rejected").await;
        }
    }
    expect(alice.get("/api/v1/auth/me").send().await.unwrap(), 200).await;
    let same_origin = alice
        .bare(Method::POST, "/api/v1/auth/logout")
        .header("Sec-Fetch-Site", "same-origin")
        .header("X-IV-CSRF", "1");
    expect(same_origin.send().await.unwrap(), 204).await;
}

#[tokio::test]
async fn cors_is_off_unless_an_origin_is_configured() {
    let preflight = async |app: &TestApp, origin: &str| {
        app.anonymous(Method::OPTIONS, "/api/v1/images")
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "x-iv-csrf,content-type")
            .send()
            .await
            .unwrap()
    };
    let app = TestApp::start().await;
    let answer = preflight(&app, "https://evil.example").await;
    assert!(!answer.headers().contains_key("access-control-allow-origin"));

    let app = TestApp::with(&[("CORS_ORIGINS", "https://app.example")]).await;
    let answer = preflight(&app, "https://app.example").await;
    assert_eq!(
        answer.headers()["access-control-allow-origin"],
        "https://app.example"
    );
    assert_eq!(answer.headers()["access-control-allow-credentials"], "true");
    for origin in [
        "https://evil.example",
        "https://app.example.evil.example",
        "http://app.example",
        "null",
    ] {
        let answer = preflight(&app, origin).await;
        assert!(
            !answer.headers().contains_key("access-control-allow-origin"),
            "{origin}"
        );
    }
    let list = app
        .anonymous(Method::GET, "/api/v1/images/public")
        .header("Origin", "https://app.example")
        .send()
        .await
        .unwrap();
    assert_eq!(
        list.headers()["access-control-allow-origin"],
        "https://app.example"
    );
    assert!(
        list.headers()
            .get_all("vary")
            .iter()
            .any(|value| value.to_str().unwrap().contains("Origin"))
    );
}
