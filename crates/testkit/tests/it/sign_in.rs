//! The issuer follows the specification, except for injected defects.
use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use infravault_testkit::{
    install_crypto,
    issuer::{Issuer, IssuerDefect},
};
use reqwest::{Client, Response, StatusCode, redirect::Policy};
use serde_json::Value;
use std::collections::HashMap;
use url::Url;

/// Whether claims show a defect at a time.
type IsDefective = fn(&Value, i64) -> bool;

const REDIRECT: &str = "http://127.0.0.1:9/callback?fixed=1";
const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters";

struct Browser {
    issuer: Issuer,
    client: Client,
}

impl Browser {
    async fn new() -> Self {
        install_crypto();
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            issuer: Issuer::start().await,
            client,
        }
    }

    async fn authorize(&self, changes: &[(&str, &str)]) -> Response {
        let challenge = BASE64.encode(digest(&SHA256, VERIFIER.as_bytes()));
        let mut query = HashMap::from([
            ("response_type", "code"),
            ("client_id", &self.issuer.client_id),
            ("redirect_uri", REDIRECT),
            ("scope", "openid email profile"),
            ("state", "st"),
            ("nonce", "no"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("login_hint", "alice@example.com"),
        ]);
        query.extend(changes.iter().copied());
        let url = format!("{}/authorize", self.issuer.url());
        self.client.get(url).query(&query).send().await.unwrap()
    }

    async fn code(&self) -> String {
        redirect_parameters(&self.authorize(&[]).await)["code"].clone()
    }

    async fn redeem(&self, code: &str, changes: &[(&str, &str)]) -> Response {
        let mut form = HashMap::from([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
            ("client_id", &self.issuer.client_id),
            ("client_secret", &self.issuer.client_secret),
        ]);
        form.extend(changes.iter().copied());
        let url = format!("{}/token", self.issuer.url());
        self.client.post(url).form(&form).send().await.unwrap()
    }

    async fn json(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.issuer.url());
        self.client.get(url).send().await.unwrap().json().await.unwrap()
    }

    /// Signs in with a defect. Returns the header and claims of the ID token, and whether the key set verifies it.
    async fn id_token(&self, defect: Option<IssuerDefect>) -> (Value, Value, bool) {
        if let Some(defect) = defect {
            self.issuer.inject_defect(defect);
        }
        let tokens: Value = self.redeem(&self.code().await, &[]).await.json().await.unwrap();
        let token = tokens["id_token"].as_str().unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let parts: Vec<Value> = signed
            .split('.')
            .map(|part| serde_json::from_slice(&BASE64.decode(part).unwrap()).unwrap())
            .collect();
        let keys = self.json("/jwks").await;
        let verified = keys["keys"].as_array().unwrap().iter().any(|key| {
            let bytes = |name: &str| BASE64.decode(key[name].as_str().unwrap_or_default()).unwrap();
            let signature = BASE64.decode(signature).unwrap();
            let (algorithm, public): (&dyn VerificationAlgorithm, Vec<u8>) = match key["kty"].as_str() {
                Some("EC") => (
                    &ECDSA_P256_SHA256_FIXED,
                    [vec![4], bytes("x"), bytes("y")].concat(),
                ),
                _ => (&ED25519, bytes("x")),
            };
            UnparsedPublicKey::new(algorithm, public)
                .verify(signed.as_bytes(), &signature)
                .is_ok()
        });
        (parts[0].clone(), parts[1].clone(), verified)
    }
}

fn redirect_parameters(response: &Response) -> HashMap<String, String> {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let target = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    assert!(target.as_str().starts_with(REDIRECT), "{target}");
    target.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn login_hint_signs_in_without_interaction() {
    let browser = Browser::new().await;
    let issuer = browser.issuer.url();
    assert_eq!(
        browser.json("/.well-known/openid-configuration").await["issuer"],
        *issuer
    );
    browser.issuer.set_display_name("alice@example.com", "Alice");
    let back = redirect_parameters(&browser.authorize(&[]).await);
    assert_eq!((&*back["state"], &*back["iss"]), ("st", issuer));
    let (header, claims, verified) = browser.id_token(None).await;
    assert!(verified && header["alg"] == "ES256");
    let sub = browser.issuer.subject("alice@example.com");
    for (claim, value) in [
        ("iss", issuer),
        ("aud", "infravault"),
        ("nonce", "no"),
        ("email", "alice@example.com"),
        ("name", "Alice"),
        ("sub", &sub),
    ] {
        assert_eq!(claims[claim], *value, "{claim}");
    }
    assert_eq!(claims["email_verified"], true);

    let basic = (
        browser.issuer.client_id.as_str(),
        Some(browser.issuer.client_secret.as_str()),
    );
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &back["code"]),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let request = browser.client.post(format!("{issuer}/token")).form(&form);
    let tokens: Value = request
        .basic_auth(basic.0, basic.1)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let token = tokens["access_token"].as_str().unwrap();
    let request = browser
        .client
        .get(format!("{issuer}/userinfo"))
        .bearer_auth(token);
    let user: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(user["sub"], *sub);
}

#[tokio::test]
async fn page_lists_users_without_login_hint() {
    let browser = Browser::new().await;
    browser.issuer.set_display_name("eve@example.com", "<Eve>");
    let page = browser
        .authorize(&[("login_hint", "")])
        .await
        .text()
        .await
        .unwrap();
    let found = page.split("href=\"").filter_map(|part| part.split('"').next());
    let links: Vec<String> = found.skip(1).map(|link| link.replace("&amp;", "&")).collect();
    assert_eq!(links.len(), 4, "{page}");
    assert!(page.contains("Carol") && page.contains("&lt;Eve&gt;"));
    for link in links {
        let url = format!("{}{link}", browser.issuer.url());
        let response = browser.client.get(url).send().await.unwrap();
        assert!(!redirect_parameters(&response)["code"].is_empty());
    }
}

#[tokio::test]
async fn invalid_requests_are_rejected() {
    let browser = Browser::new().await;
    for (name, value) in [
        ("client_id", "other"),
        ("redirect_uri", "https://evil.example/"),
        ("redirect_uri", "http://127.0.0.1.evil.example/"),
    ] {
        let response = browser.authorize(&[(name, value)]).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{name}={value}");
    }
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "email", "invalid_scope"),
        ("code_challenge_method", "plain", "invalid_request"),
    ] {
        let back = redirect_parameters(&browser.authorize(&[(name, value)]).await);
        assert_eq!(back["error"], error);
    }
    for (name, value, error) in [
        ("client_secret", "wrong", "invalid_client"),
        ("redirect_uri", "http://127.0.0.1:9/callback", "invalid_grant"),
        ("code_verifier", "wrong", "invalid_grant"),
        ("code", "wrong", "invalid_grant"),
        ("grant_type", "password", "unsupported_grant_type"),
    ] {
        let response = browser.redeem(&browser.code().await, &[(name, value)]).await;
        assert!(response.status().is_client_error());
        assert_eq!(response.json::<Value>().await.unwrap()["error"], error, "{name}");
    }
    let code = browser.code().await;
    assert_eq!(browser.redeem(&code, &[]).await.status(), StatusCode::OK);
    assert_eq!(browser.redeem(&code, &[]).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn claim_defect_is_signed_and_used_once() {
    let browser = Browser::new().await;
    let now = infravault_kernel::Clock::System.now().unix_timestamp();
    let cases: [(IssuerDefect, IsDefective); 9] = [
        (IssuerDefect::WrongNonce, |claims, _| claims["nonce"] != "no"),
        (IssuerDefect::NoNonce, |claims, _| claims.get("nonce").is_none()),
        (IssuerDefect::WrongAudience, |claims, _| {
            claims["aud"] == "another-client"
        }),
        (IssuerDefect::WrongIssuer, |claims, _| {
            claims["iss"] == "https://issuer.example"
        }),
        (IssuerDefect::WrongAuthorizedParty, |claims, _| {
            claims["azp"] == "another-client"
        }),
        (IssuerDefect::Expired, |claims, now| {
            claims["exp"].as_i64().unwrap() < now - 500
        }),
        (IssuerDefect::IssuedInFuture, |claims, now| {
            claims["iat"].as_i64().unwrap() >= now + 600
        }),
        (IssuerDefect::EmailVerifiedIsText, |claims, _| {
            claims["email_verified"] == "false"
        }),
        (IssuerDefect::EmailVerifiedAbsent, |claims, _| {
            claims.get("email_verified").is_none()
        }),
    ];
    for (defect, is_defective) in cases {
        let (_, claims, verified) = browser.id_token(Some(defect.clone())).await;
        assert!(verified && is_defective(&claims, now), "{defect:?}: {claims}");
        let (_, claims, _) = browser.id_token(None).await;
        assert!(
            browser.issuer.is_defect_free() && !is_defective(&claims, now),
            "{defect:?}: {claims}"
        );
    }
}

#[tokio::test]
async fn signature_defects_are_effective() {
    let browser = Browser::new().await;
    for (defect, alg, known, verifies) in [
        (IssuerDefect::AlgNone, "none", true, false),
        (IssuerDefect::HmacWithPublicKey, "HS256", true, false),
        (IssuerDefect::HmacWithClientSecret, "HS256", true, false),
        (IssuerDefect::UnknownKey, "ES256", false, false),
        (IssuerDefect::WrongSignature, "ES256", true, false),
        (IssuerDefect::AlgNotAdvertised, "EdDSA", true, true),
    ] {
        let (header, _, verified) = browser.id_token(Some(defect.clone())).await;
        assert_eq!(
            (header["alg"].as_str().unwrap(), verified),
            (alg, verifies),
            "{defect:?}"
        );
        assert_eq!(header["kid"] != "unknown", known, "{defect:?}");
    }
}

#[tokio::test]
async fn endpoint_defects_are_effective_and_issuer_stops() {
    let browser = Browser::new().await;
    browser.issuer.inject_defect(IssuerDefect::TokenError);
    assert_eq!(
        browser.redeem("any", &[]).await.status(),
        StatusCode::INTERNAL_SERVER_ERROR
    );
    browser.issuer.inject_defect(IssuerDefect::TokenGarbage);
    assert!(browser.redeem("any", &[]).await.json::<Value>().await.is_err());
    for (defect, path) in [
        (IssuerDefect::DiscoveryDown, "/.well-known/openid-configuration"),
        (IssuerDefect::JwksDown, "/jwks"),
    ] {
        let url = format!("{}{path}", browser.issuer.url());
        browser.issuer.inject_defect(defect);
        for _ in 0..2 {
            let status = browser.client.get(&url).send().await.unwrap().status();
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        }
        browser.issuer.clear_defect();
        assert_eq!(
            browser.client.get(&url).send().await.unwrap().status(),
            StatusCode::OK
        );
    }
    let url = browser.issuer.url().to_owned();
    browser.issuer.stop().await;
    assert!(
        Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .get(url)
            .send()
            .await
            .unwrap_err()
            .is_connect()
    );
}
