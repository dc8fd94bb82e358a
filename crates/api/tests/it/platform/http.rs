//! Methods, paths, headers, hosts and documentation.
use crate::harness::{TestApp, expect, problem};
use reqwest::Method;
use std::{
    io::{Read, Write},
    net::TcpStream,
};

#[tokio::test]
async fn unknown_paths_and_methods_return_problems() {
    let app = TestApp::start().await;
    for path in [
        "/",
        "/nothing",
        "/api/v1/nothing",
        "/api/v2/images",
        "/api/v1/images/x/y/z",
    ] {
        problem(
            app.anonymous(Method::GET, path).send().await.unwrap(),
            404,
            "not-found",
        )
        .await;
    }
    let document = expect(
        app.anonymous(Method::GET, "/api/v1/openapi.json")
            .send()
            .await
            .unwrap(),
        200,
    )
    .await;
    for (path, item) in document["paths"].as_object().unwrap() {
        let concrete = path
            .replace("{id}", "01930000-0000-7000-8000-000000000000")
            .replace("{provider}", "dev")
            .replace("{code}", "internal");
        let known: Vec<String> = item
            .as_object()
            .unwrap()
            .keys()
            .map(|method| method.to_uppercase())
            .collect();
        for method in ["PUT", "PATCH", "DELETE", "POST", "TRACE", "PROPFIND"] {
            if known.iter().any(|known| known == method) {
                continue;
            }
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = app.anonymous(method.clone(), &concrete).send().await.unwrap();
            let allow = answer
                .headers()
                .get("allow")
                .map(|value| value.to_str().unwrap().to_owned());
            problem(answer, 405, "method-not-allowed").await;
            let allow = allow.unwrap_or_else(|| panic!("no Allow on {method} {path}"));
            let mut allowed: Vec<&str> = allow.split(", ").filter(|method| *method != "HEAD").collect();
            let mut expected: Vec<&str> = known
                .iter()
                .map(String::as_str)
                .filter(|method| *method != "HEAD")
                .collect();
            allowed.sort_unstable();
            expected.sort_unstable();
            assert_eq!(allowed, expected, "{path}");
        }
    }
}

#[tokio::test]
async fn head_matches_get_without_body() {
    let app = TestApp::start().await;
    for path in [
        "/health/live",
        "/api/v1/limits",
        "/api/v1/openapi.json",
        "/api/v1/images/public",
        "/problems/internal",
    ] {
        let get = app.anonymous(Method::GET, path).send().await.unwrap();
        let head = app.anonymous(Method::HEAD, path).send().await.unwrap();
        assert_eq!(get.status(), head.status(), "{path}");
        for name in ["content-type", "cache-control", "content-length"] {
            assert_eq!(
                get.headers().get(name),
                head.headers().get(name),
                "{name} of {path}"
            );
        }
        assert_eq!(head.bytes().await.unwrap().len(), 0);
    }
}

#[tokio::test]
async fn responses_have_security_headers() {
    let app = TestApp::start().await;
    for path in [
        "/health/live",
        "/api/v1/images/public",
        "/api/v1/images",
        "/nothing",
        "/docs/",
        "/problems",
    ] {
        let answer = app.anonymous(Method::GET, path).send().await.unwrap();
        let headers = answer.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(
            headers.contains_key("cache-control") && headers.contains_key("x-request-id"),
            "{path}"
        );
        assert!(
            !headers.contains_key("server") && !headers.contains_key("strict-transport-security"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn only_configured_hosts_are_accepted() {
    let app = TestApp::with(&[("HTTP_ALLOWED_HOSTS", "images.internal")]).await;
    for (host, status) in [
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("images.internal", 200),
        ("localhost:1", 200),
    ] {
        let answer = app
            .anonymous(Method::GET, "/api/v1/images/public")
            .header("Host", host)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), status, "{host}");
    }
    let forged = app
        .anonymous(Method::GET, "/api/v1/auth/dev")
        .header("X-Forwarded-Host", "evil.example")
        .header("Forwarded", "host=evil.example;proto=https")
        .header("X-Forwarded-Proto", "https")
        .header("X-Original-URL", "/api/v1/limits")
        .header("X-HTTP-Method-Override", "DELETE")
        .send()
        .await
        .unwrap();
    assert_eq!(forged.status(), 303);
    assert!(!crate::harness::location(&forged).contains("evil.example"));
}

#[tokio::test]
async fn documentation_is_served_without_external_resources() {
    let app = TestApp::start().await;
    let docs = app.anonymous(Method::GET, "/docs").send().await.unwrap();
    assert_eq!(
        (docs.status().as_u16(), crate::harness::location(&docs).as_str()),
        (308, "/docs/")
    );
    let page = app.anonymous(Method::GET, "/docs/").send().await.unwrap();
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(
        page.contains("swagger-ui") && !page.contains("https://"),
        "{page}"
    );
    let problem_type = expect(
        app.anonymous(Method::GET, "/problems/not-found")
            .send()
            .await
            .unwrap(),
        200,
    )
    .await;
    assert_eq!(problem_type["status"], 404);
    problem(
        app.anonymous(Method::GET, "/problems/no-such-kind")
            .send()
            .await
            .unwrap(),
        404,
        "not-found",
    )
    .await;
}

#[tokio::test]
async fn small_response_on_keep_alive_connection_is_not_delayed() {
    // Without TCP_NODELAY the kernel delays a small second write until the client acknowledges the first one, about 40 ms,
    // except for the first responses of a connection. A busy machine delays some responses too, but never nearly all.
    let app = TestApp::start().await;
    let address = app.origin.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET /api/v1/limits HTTP/1.1\r\nHost: {address}\r\n\r\n");
    // A busy machine gets nine more tries.
    for _ in 0..10 {
        let mut slow = 0;
        for _ in 0..40 {
            let started = std::time::Instant::now();
            stream.write_all(request.as_bytes()).unwrap();
            let mut buffer = [0; 16 * 1024];
            let read = stream.read(&mut buffer).unwrap();
            assert!(buffer[..read].starts_with(b"HTTP/1.1 200"));
            slow += usize::from(started.elapsed().as_millis() >= 38);
        }
        if slow < 20 {
            return;
        }
    }
    panic!("20 or more of 40 responses took at least 38 ms, ten times; TCP_NODELAY may be missing");
}
