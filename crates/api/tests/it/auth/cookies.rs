//! The exact attributes of cookies over TLS.
use crate::harness::{TestApp, location};
use reqwest::Method;

/// Behind a proxy that terminates TLS, cookies are `Secure` and have the `__Host-` prefix.
#[tokio::test]
async fn cookies_are_host_bound_and_http_only() {
    let app = TestApp::with(&[
        ("PUBLIC_ORIGIN", "https://localhost"),
        ("INFRAVAULT_INSECURE_DEV", "0"),
    ])
    .await;
    let get = |path: &str| app.anonymous(Method::GET, path).header("Host", "localhost");
    let start = get("/api/v1/auth/dev?login_hint=alice@example.com")
        .send()
        .await
        .unwrap();
    let transaction = start.headers()["set-cookie"].to_str().unwrap().to_owned();
    let (value, attributes) = transaction.split_once("; ").unwrap();
    assert_eq!(attributes, "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=600");
    assert!(value.starts_with("__Host-iv_tx="));
    let issuer = app.client().get(location(&start)).send().await.unwrap();
    let callback = location(&issuer);
    let callback = callback.strip_prefix("https://localhost").unwrap();
    let done = get(callback).header("Cookie", value).send().await.unwrap();
    assert_eq!((done.status().as_u16(), location(&done).as_str()), (303, "/"));
    let mut set: Vec<(String, String)> = Vec::new();
    for value in done.headers().get_all("set-cookie") {
        let (value, attributes) = value.to_str().unwrap().split_once("; ").unwrap();
        set.push((value.split('=').next().unwrap().to_owned(), attributes.to_owned()));
    }
    set.sort();
    let strict = "HttpOnly; SameSite=Strict; Secure; Path=/";
    let expected = [
        ("__Host-iv_at".to_owned(), format!("{strict}; Max-Age=600")),
        ("__Host-iv_rt".to_owned(), format!("{strict}; Max-Age=604800")),
        (
            "__Host-iv_tx".to_owned(),
            "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0".to_owned(),
        ),
    ];
    assert_eq!(set, expected);
}
