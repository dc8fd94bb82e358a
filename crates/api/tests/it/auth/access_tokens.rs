//! Almost valid access tokens, and tokens in the wrong place.
use super::{ME, cookie, forge::Forge, refresh_with};
use crate::{
    harness::{TestApp, expect, problem},
    send::SendExpecting as _,
};
use reqwest::Method;
use serde_json::{Value, json};

async fn assert_rejected(app: &TestApp, token: &str) {
    let answer = app.bearer(token, Method::GET, ME).send().await.unwrap();
    assert_eq!(
        answer.headers()["www-authenticate"],
        "Bearer error=\"invalid_token\"",
        "{token:.120}"
    );
    problem(answer, 401, "invalid-token").await;
}

#[tokio::test]
async fn forged_and_altered_tokens_are_rejected() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let valid = cookie(&alice, "iv_at");
    app.bearer(&valid, Method::GET, ME).expect(200).await;
    let forge = Forge::new(&app, &valid);
    let resigned = forge.sign(&forge.header, &forge.claims);
    app.bearer(&resigned, Method::GET, ME).expect(200).await;

    let keys = app
        .anonymous(Method::GET, "/.well-known/jwks.json")
        .expect(200)
        .await;
    assert_rejected(&app, &forge.hmac(keys["keys"][0]["x"].as_str().unwrap())).await;
    let headers = [
        ("alg", json!("none")),
        ("alg", json!("noNE")),
        ("alg", json!("HS256")),
        ("alg", json!("RS256")),
        ("alg", json!("ES256")),
        ("alg", Value::Null),
        ("typ", json!("JWT")),
        ("typ", Value::Null),
        ("kid", json!("../../dev/null")),
        ("kid", json!("' OR 1=1--")),
        ("kid", json!("x".repeat(8192))),
        ("kid", json!("unknown")),
        ("kid", Value::Null),
        ("jku", json!("http://127.0.0.1:1/jwks")),
        ("x5u", json!("http://127.0.0.1:1/x5u")),
        ("jwk", json!({ "kty": "OKP" })),
        ("crit", json!(["exp"])),
    ];
    for (name, value) in headers {
        assert_rejected(&app, &forge.with_header(name, value)).await;
    }
    let now = forge.claims["iat"].as_i64().unwrap();
    let claims = [
        ("aud", Value::Null),
        ("aud", json!("https://other.example/api/v1")),
        ("iss", Value::Null),
        ("iss", json!("https://other.example")),
        ("exp", json!("9999999999")),
        ("exp", json!(9_999_999_999.5)),
        ("exp", json!(1e99)),
        ("exp", json!(-1)),
        ("exp", json!(now - 31)),
        ("nbf", json!("9999999999")),
        ("iat", json!(now + 300)),
        ("sub", json!("alice")),
        ("sub", Value::Null),
        ("sid", Value::Null),
        ("role", json!("ADMIN")),
        ("nonce", json!("as in an ID token")),
    ];
    for (name, value) in claims {
        assert_rejected(&app, &forge.with_claim(name, value)).await;
    }
    let parts: Vec<&str> = valid.split('.').collect();
    let forms = [
        "x".to_owned(),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{valid}.x.y"),
        format!("{valid}x"),
        json!({ "protected": parts[0], "payload": parts[1], "signature": parts[2] }).to_string(),
    ];
    for form in forms {
        assert_rejected(&app, &form).await;
    }
}

#[tokio::test]
async fn token_with_the_session_of_another_account_is_rejected() {
    let app = TestApp::start().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    let forge = Forge::new(&app, &cookie(&alice, "iv_at"));
    let crossed = forge.with_claim("sub", json!(bob.account().await));
    app.bearer(&crossed, Method::GET, ME)
        .expect_problem(401, "session-expired")
        .await;
}

#[tokio::test]
async fn bearer_token_takes_precedence_over_the_cookie_without_fallback() {
    let app = TestApp::start().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    let token = cookie(&bob, "iv_at");
    let both = alice.get(ME).bearer_auth(&token).send().await.unwrap();
    assert_eq!(expect(both, 200).await["account"]["id"], bob.account().await);
    alice
        .get(ME)
        .bearer_auth("x")
        .expect_problem(401, "invalid-token")
        .await;
    alice
        .get(ME)
        .header("Authorization", "Basic eA==")
        .expect_problem(400, "invalid-request")
        .await;
    let twice = app
        .bearer(&token, Method::GET, ME)
        .header("Authorization", format!("Bearer {token}"));
    twice.expect_problem(400, "invalid-request").await;
    let in_query = app
        .anonymous(Method::GET, &format!("{ME}?access_token={token}"))
        .send()
        .await
        .unwrap();
    assert!(matches!(in_query.status().as_u16(), 400 | 401));
    let in_list = app
        .anonymous(Method::GET, &format!("/api/v1/images?access_token={token}"))
        .send()
        .await
        .unwrap();
    assert!(matches!(in_list.status().as_u16(), 400 | 401));
}

#[tokio::test]
async fn duplicate_and_misplaced_cookies_are_rejected() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let (access, refresh) = (cookie(&alice, "iv_at"), cookie(&alice, "iv_rt"));
    let ask = |cookies: String| app.anonymous(Method::GET, ME).header("Cookie", cookies).send();
    expect(ask(format!("iv_at={access}")).await.unwrap(), 200).await;
    problem(
        ask(format!("iv_at={access}; iv_at={access}")).await.unwrap(),
        400,
        "invalid-request",
    )
    .await;
    problem(
        ask(format!("iv_at={refresh}")).await.unwrap(),
        401,
        "invalid-token",
    )
    .await;
    problem(
        ask(format!("__Host-iv_at={access}")).await.unwrap(),
        401,
        "authentication-required",
    )
    .await;
    refresh_with(&app, &access)
        .expect_problem(401, "invalid-token")
        .await;
    refresh_with(&app, &format!("{refresh}; iv_rt=x"))
        .expect_problem(400, "invalid-request")
        .await;
    // API tokens are not accepted in cookies.
    let token = app.token(&alice, "images:read").await;
    problem(ask(format!("iv_at={token}")).await.unwrap(), 401, "invalid-token").await;
}

#[tokio::test]
async fn role_is_read_from_the_database_for_every_request() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let me = alice.get(ME).expect(200).await;
    assert_eq!(me["role"], "USER", "the first account is an ordinary user");
    alice.get("/api/v1/users").expect_problem(403, "forbidden").await;
    app.make_admin(&alice).await;
    alice.get("/api/v1/users").expect(200).await;
    app.set_role(&alice, "USER").await;
    alice.get("/api/v1/users").expect_problem(403, "forbidden").await;
}

#[tokio::test]
async fn key_set_is_public_and_has_no_private_keys() {
    let app = TestApp::start().await;
    let answer = app
        .anonymous(Method::GET, "/.well-known/jwks.json")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["cache-control"], "public, max-age=300");
    let keys = expect(answer, 200).await;
    let key = keys["keys"][0].as_object().unwrap();
    let names: Vec<&str> = key.keys().map(String::as_str).collect();
    assert_eq!(names.len(), 6, "{names:?}");
    assert!(!key.contains_key("d"));
    assert_eq!(
        (key["kty"].as_str(), key["crv"].as_str(), key["alg"].as_str()),
        (Some("OKP"), Some("Ed25519"), Some("EdDSA"))
    );
    let alice = app.sign_in("alice@example.com").await;
    assert_eq!(
        Forge::new(&app, &cookie(&alice, "iv_at")).header["kid"],
        key["kid"]
    );
}
