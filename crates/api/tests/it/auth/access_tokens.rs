//! N18 to N21, N30 and N74: tokens that are almost right, and tokens in the wrong place.
use super::{ME, cookie, forge::Forge, refresh_with};
use crate::harness::{TestApp, expect, problem};
use reqwest::Method;
use serde_json::{Value, json};

async fn refused(app: &TestApp, token: &str) {
    let answer = app.bearer(token, Method::GET, ME).send().await.unwrap();
    assert_eq!(
        answer.headers()["www-authenticate"],
        "Bearer error=\"invalid_token\"",
        "{token:.120}"
    );
    problem(answer, 401, "invalid-token").await;
}

#[tokio::test]
async fn n18_n19_n20_only_exactly_our_tokens_are_accepted() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let good = cookie(&alice, "iv_at");
    expect(app.bearer(&good, Method::GET, ME).send().await.unwrap(), 200).await;
    let forge = Forge::new(&app, &good);
    let twin = forge.sign(&forge.header, &forge.claims);
    expect(app.bearer(&twin, Method::GET, ME).send().await.unwrap(), 200).await;

    let keys = expect(
        app.anonymous(Method::GET, "/.well-known/jwks.json")
            .send()
            .await
            .unwrap(),
        200,
    )
    .await;
    refused(&app, &forge.hmac(keys["keys"][0]["x"].as_str().unwrap())).await;
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
        refused(&app, &forge.with_header(name, value)).await;
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
        ("nonce", json!("an ID token has one")),
    ];
    for (name, value) in claims {
        refused(&app, &forge.with_claim(name, value)).await;
    }
    let parts: Vec<&str> = good.split('.').collect();
    let forms = [
        "x".to_owned(),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{good}.x.y"),
        format!("{good}x"),
        json!({ "protected": parts[0], "payload": parts[1], "signature": parts[2] }).to_string(),
    ];
    for form in forms {
        refused(&app, &form).await;
    }
}

#[tokio::test]
async fn n20_a_good_token_of_somebody_else_s_session_proves_nothing() {
    let app = TestApp::start().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    let forge = Forge::new(&app, &cookie(&alice, "iv_at"));
    let crossed = forge.with_claim("sub", json!(bob.account().await));
    problem(
        app.bearer(&crossed, Method::GET, ME).send().await.unwrap(),
        401,
        "session-expired",
    )
    .await;
}

#[tokio::test]
async fn n21_a_bearer_token_wins_and_never_falls_back() {
    let app = TestApp::start().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    let token = cookie(&bob, "iv_at");
    let both = alice.get(ME).bearer_auth(&token).send().await.unwrap();
    assert_eq!(expect(both, 200).await["account"]["id"], bob.account().await);
    problem(
        alice.get(ME).bearer_auth("x").send().await.unwrap(),
        401,
        "invalid-token",
    )
    .await;
    problem(
        alice
            .get(ME)
            .header("Authorization", "Basic eA==")
            .send()
            .await
            .unwrap(),
        400,
        "invalid-request",
    )
    .await;
    let twice = app
        .bearer(&token, Method::GET, ME)
        .header("Authorization", format!("Bearer {token}"));
    problem(twice.send().await.unwrap(), 400, "invalid-request").await;
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
async fn n74_cookies_of_ours_are_read_strictly() {
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
    problem(
        refresh_with(&app, &access).send().await.unwrap(),
        401,
        "invalid-token",
    )
    .await;
    problem(
        refresh_with(&app, &format!("{refresh}; iv_rt=x"))
            .send()
            .await
            .unwrap(),
        400,
        "invalid-request",
    )
    .await;
    // An API token is no cookie.
    let token = app.token(&alice, "images:read").await;
    problem(ask(format!("iv_at={token}")).await.unwrap(), 401, "invalid-token").await;
}

#[tokio::test]
async fn n30_rights_come_from_the_database_at_every_request() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let me = expect(alice.get(ME).send().await.unwrap(), 200).await;
    assert_eq!(me["role"], "USER", "the first person is nobody special");
    problem(alice.get("/api/v1/users").send().await.unwrap(), 403, "forbidden").await;
    app.make_admin(&alice).await;
    expect(alice.get("/api/v1/users").send().await.unwrap(), 200).await;
    app.set_role(&alice, "USER").await;
    problem(alice.get("/api/v1/users").send().await.unwrap(), 403, "forbidden").await;
}

#[tokio::test]
async fn the_key_set_is_public_and_holds_public_halves_only() {
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
