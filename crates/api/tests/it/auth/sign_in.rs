//! Forged and replayed callbacks, invalid provider responses, and open redirects.
use super::{ME, cookie, count, request_callback};
use crate::{
    harness::{TestApp, expect, location, problem},
    send::SendExpecting as _,
};
use infravault_testkit::issuer::IssuerDefect;
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;

const CALLBACK: &str = "/api/v1/auth/callback";

#[tokio::test]
async fn callback_of_another_browser_is_rejected() {
    let app = TestApp::start().await;
    for has_own_sign_in in [false, true] {
        let (mallory, alice) = (app.browser(), app.browser());
        let link = request_callback(&app, &mallory, "mallory@example.com").await;
        if has_own_sign_in {
            request_callback(&app, &alice, "alice@example.com").await;
        }
        let answer = alice.bare(Method::GET, &link).send().await.unwrap();
        for set in answer.headers().get_all("set-cookie") {
            let set = set.to_str().unwrap();
            assert!(set.starts_with("iv_tx=;"), "{set}");
        }
        problem(answer, 400, "sign-in-failed").await;
        assert_eq!(
            count(&app, "SELECT count(*) FROM auth.sign_ins").await,
            0,
            "the sign-in is deleted"
        );
        mallory
            .bare(Method::GET, &link)
            .expect_problem(400, "sign-in-failed")
            .await;
    }
    assert_eq!(count(&app, "SELECT count(*) FROM auth.sessions").await, 0);
}

#[tokio::test]
async fn replayed_callback_is_rejected_and_keeps_the_session() {
    let app = TestApp::start().await;
    let alice = app.browser();
    let link = request_callback(&app, &alice, "alice@example.com").await;
    let transaction = cookie(&alice, "iv_tx");
    alice.bare(Method::GET, &link).expect(303).await;
    let replay = app
        .anonymous(Method::GET, &link)
        .header("Cookie", format!("iv_tx={transaction}"));
    replay.expect_problem(400, "sign-in-failed").await;
    alice
        .bare(Method::GET, &link)
        .expect_problem(400, "sign-in-failed")
        .await;
    alice.get(ME).expect(200).await;
}

#[tokio::test]
async fn invalid_provider_responses_are_rejected_with_the_same_problem() {
    let app = TestApp::start().await;
    let mut bodies = BTreeSet::new();
    for defect in IssuerDefect::TOKEN_DEFECTS {
        app.issuer.inject_defect(defect.clone());
        let answer = app.browser().sign_in("alice@example.com").await;
        assert!(app.issuer.is_defect_free(), "{defect:?} was not used");
        if defect == IssuerDefect::TokenError {
            problem(answer, 503, "sign-in-unavailable").await;
            continue;
        }
        let mut body = problem(answer, 400, "sign-in-failed").await;
        body["request_id"] = Value::Null;
        bodies.insert(body.to_string());
    }
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let reasons = "SELECT count(DISTINCT detail->>'reason') FROM auth.audit WHERE event = 'sign_in_failed'";
    assert!(count(&app, reasons).await >= 8);
    assert_eq!(count(&app, "SELECT count(*) FROM users.accounts").await, 0);
    app.sign_in("alice@example.com").await;
}

#[tokio::test]
async fn provider_errors_are_not_echoed() {
    let app = TestApp::start().await;
    let alice = app.browser();
    let link = request_callback(&app, &alice, "alice@example.com").await;
    let state = link
        .split(['?', '&'])
        .find(|part| part.starts_with("state="))
        .unwrap();
    let denied = format!("{CALLBACK}?error=access_denied&error_description=%3Cscript%3E&{state}");
    let body = alice
        .bare(Method::GET, &denied)
        .expect_problem(400, "sign-in-failed")
        .await;
    assert!(!body.to_string().contains("script") && !body.to_string().contains("access_denied"));

    let link = request_callback(&app, &alice, "alice@example.com").await;
    let (start, _) = link.split_once("&iss=").unwrap();
    let mixed_up = format!("{start}&iss=https%3A%2F%2Fevil.example");
    let body = alice
        .bare(Method::GET, &mixed_up)
        .expect_problem(400, "sign-in-failed")
        .await;
    assert!(!body.to_string().contains("evil"));
    for query in [
        "",
        "?code=x",
        "?state=x",
        "?state=%00&code=x",
        "?code=x&state=x&unknown=1",
    ] {
        let answer = app
            .anonymous(Method::GET, &format!("{CALLBACK}{query}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 400, "{query}");
    }
}

#[tokio::test]
async fn open_redirects_after_sign_in_are_rejected() {
    let app = TestApp::start().await;
    let invalid = [
        "//evil",
        "/\\evil",
        "https://evil",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:x",
        "/..//evil",
        "/a/../b",
        "",
        "evil",
        "/%2f%2fevil",
        "/a?b=c",
        "/a#b",
        "/%00",
        "/%09/evil",
    ];
    for path in invalid {
        let start = format!("/api/v1/auth/dev?return_to={}", path.replace('#', "%23"));
        let answer = app.anonymous(Method::GET, &start).send().await.unwrap();
        assert!(!answer.headers().contains_key("location"), "{path}");
        assert!(!answer.headers().contains_key("set-cookie"), "{path}");
        let code = if path == "/%00" {
            "invalid-parameter"
        } else {
            "invalid-return-to"
        };
        let body = problem(answer, 400, code).await;
        assert_eq!(body["field"], "return_to", "{path}");
    }
    for (query, expected) in [("", "/"), ("&return_to=/gallery/summer", "/gallery/summer")] {
        let browser = app.browser();
        let start = format!("/api/v1/auth/dev?login_hint=alice@example.com{query}");
        let start = browser.bare(Method::GET, &start).send().await.unwrap();
        let issuer = app.client().get(location(&start)).send().await.unwrap();
        let callback = location(&issuer).strip_prefix(&app.origin).unwrap().to_owned();
        let answer = browser.bare(Method::GET, &callback).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), location(&answer).as_str()),
            (303, expected)
        );
    }
}

#[tokio::test]
async fn another_subject_with_the_same_email_gets_another_account() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    app.issuer.inject_defect(IssuerDefect::OtherSubject);
    let other = app.sign_in("alice@example.com").await;
    assert_ne!(alice.account().await, other.account().await);
    // The first identity keeps its account.
    assert_eq!(
        alice.account().await,
        app.sign_in("alice@example.com").await.account().await
    );
    assert_eq!(count(&app, "SELECT count(*) FROM users.accounts").await, 2);
}

#[tokio::test]
async fn concurrent_first_sign_ins_create_one_account() {
    let app = TestApp::start().await;
    let browsers: Vec<_> = (0..4).map(|_| app.browser()).collect();
    let mut links = Vec::new();
    for browser in &browsers {
        links.push(request_callback(&app, browser, "alice@example.com").await);
    }
    let requests = browsers
        .iter()
        .zip(&links)
        .map(|(browser, link)| browser.bare(Method::GET, link).send());
    for answer in futures_util::future::join_all(requests).await {
        expect(answer.unwrap(), 303).await;
    }
    assert_eq!(count(&app, "SELECT count(*) FROM users.accounts").await, 1);
    assert_eq!(count(&app, "SELECT count(*) FROM auth.identities").await, 1);
}

#[tokio::test]
async fn login_csrf_does_not_change_the_session() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let before = alice.account().await;
    let link = request_callback(&app, &app.browser(), "mallory@example.com").await;
    alice
        .bare(Method::GET, &link)
        .expect_problem(400, "sign-in-failed")
        .await;
    assert_eq!(alice.account().await, before);
    assert_eq!(count(&app, "SELECT count(*) FROM auth.identities").await, 1);
}

#[tokio::test]
async fn redirect_uri_ignores_forwarding_headers() {
    let app = TestApp::start().await;
    let headers = [
        ("X-Forwarded-Host", "evil.example"),
        ("Forwarded", "host=evil.example;proto=https"),
        ("X-Forwarded-Proto", "https"),
        ("X-Original-URL", "/evil"),
        ("X-Forwarded-Prefix", "/evil"),
    ];
    for (name, value) in headers {
        let start = app
            .anonymous(Method::GET, "/api/v1/auth/dev")
            .header(name, value)
            .send()
            .await
            .unwrap();
        let to: reqwest::Url = location(&start).parse().unwrap();
        assert!(to.as_str().starts_with(app.issuer.url()), "{to}");
        let redirect = to
            .query_pairs()
            .find(|(name, _)| name == "redirect_uri")
            .unwrap()
            .1
            .into_owned();
        assert_eq!(redirect, app.url(CALLBACK), "{name}");
    }
    let forged = app
        .anonymous(Method::GET, "/api/v1/auth/dev")
        .header("Host", "evil.example");
    forged.expect_problem(421, "misdirected-request").await;
}

#[tokio::test]
async fn authorization_request_has_state_nonce_and_pkce() {
    let app = TestApp::start().await;
    let mut seen = BTreeSet::new();
    for _ in 0..2 {
        let start = app
            .anonymous(Method::GET, "/api/v1/auth/dev")
            .send()
            .await
            .unwrap();
        let to: reqwest::Url = location(&start).parse().unwrap();
        let parameter = |wanted: &str| {
            to.query_pairs()
                .find(|(name, _)| name == wanted)
                .unwrap()
                .1
                .into_owned()
        };
        assert_eq!(
            (
                parameter("response_type").as_str(),
                parameter("code_challenge_method").as_str()
            ),
            ("code", "S256")
        );
        assert_eq!(parameter("scope"), "openid email profile");
        for secret in ["state", "nonce", "code_challenge"] {
            assert_eq!(parameter(secret).len(), 43, "256 bits");
            seen.insert(parameter(secret));
        }
    }
    assert_eq!(seen.len(), 6);
    for path in ["/api/v1/auth/unknown", "/api/v1/auth/DEV", "/api/v1/auth/%00"] {
        app.anonymous(Method::GET, path)
            .expect_problem(404, "not-found")
            .await;
    }
    let hint = format!("/api/v1/auth/dev?login_hint={}", "a".repeat(400));
    app.anonymous(Method::GET, &hint)
        .expect_problem(400, "invalid-parameter")
        .await;
}

#[tokio::test]
async fn sessions_work_while_the_provider_is_down() {
    let app = TestApp::with(&[("OIDC_TIMEOUT", "500ms"), ("OIDC_DISCOVERY_TTL", "1ms")]).await;
    let alice = app.sign_in("alice@example.com").await;
    app.issuer.inject_defect(IssuerDefect::DiscoveryDown);
    let answer = app
        .anonymous(Method::GET, "/api/v1/auth/dev")
        .send()
        .await
        .unwrap();
    assert!(answer.headers().contains_key("retry-after"));
    problem(answer, 503, "sign-in-unavailable").await;
    alice.get(ME).expect(200).await;
    alice.post(super::REFRESH).expect(200).await;
    let providers = app
        .anonymous(Method::GET, "/api/v1/auth/providers")
        .send()
        .await
        .unwrap();
    let providers = expect(providers, 200).await;
    assert_eq!(providers["items"][0]["name"], "dev");
}
