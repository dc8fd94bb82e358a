//! Tests of access tokens that are almost valid.
use super::*;
use crate::keys::KeyRing;
use infravault_kernel::{Clock, Credential, Id};
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};
use slog::{Discard, Logger, o};
use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};
use uuid::Uuid;

const ORIGIN: &str = "https://images.example";
const NOW: i64 = 1_800_000_000;

fn claims() -> Value {
    let claims = Claims {
        iss: ORIGIN.to_owned(),
        aud: format!("{ORIGIN}/api/v1"),
        sub: Uuid::from_u128(1).to_string(),
        sid: Uuid::from_u128(2).to_string(),
        jti: "x".to_owned(),
        iat: NOW,
        exp: NOW + 600,
        client_id: CLIENT_ID.to_owned(),
        scope: String::new(),
    };
    serde_json::to_value(claims).unwrap()
}

struct KeyFolder(PathBuf);

impl Drop for KeyFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Access tokens with a new key. The folder is deleted after loading.
fn tokens() -> AccessTokens {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "infravault-jwt-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let folder = KeyFolder(std::env::temp_dir().join(name));
    AccessTokens::new(KeyRing::open(&folder.0).unwrap(), ORIGIN, Duration::from_mins(10))
}

fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap()
}

fn ctx() -> Ctx {
    Ctx::new(
        &Logger::root(Discard, o!()),
        Credential::Anonymous,
        Clock::fixed(at(NOW)),
    )
}

fn valid_token(tokens: &AccessTokens) -> String {
    let (session, account) = (
        SessionId::from_uuid(Uuid::from_u128(2)),
        AccountId::from_uuid(Uuid::from_u128(1)),
    );
    tokens.sign(&ctx(), session, account).unwrap().expose().clone()
}

fn encoded(value: &str) -> String {
    URL_SAFE_NO_PAD.encode(value)
}

/// A token with this header and payload and a valid signature.
fn signed(tokens: &AccessTokens, header: &str, payload: &str) -> String {
    let message = format!("{}.{}", encoded(header), encoded(payload));
    let signature = crypto::sign(message.as_bytes(), tokens.keys.signing_key(), Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

fn header(tokens: &AccessTokens) -> Value {
    json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": tokens.keys.signing_kid() })
}

fn replace(mut object: Value, name: &str, value: Value) -> String {
    match value {
        Value::Null => drop(object.as_object_mut().unwrap().remove(name)),
        value => object[name] = value,
    }
    object.to_string()
}

#[test]
fn own_tokens_are_accepted_until_they_expire() {
    let tokens = tokens();
    let token = valid_token(&tokens);
    let (session, account) = tokens.verify(&token, at(NOW)).unwrap();
    assert_eq!(
        (session.uuid(), account.uuid()),
        (Uuid::from_u128(2), Uuid::from_u128(1))
    );
    assert!(tokens.verify(&token, at(NOW + 630)).is_ok(), "30 s of leeway");
    assert!(
        tokens.verify(&token, at(NOW + 631)).is_err(),
        "rejected at exp + 31 s"
    );
    assert!(
        tokens.verify(&token, at(NOW - 31)).is_err(),
        "issued in the future"
    );
    // Times are checked even if the signature is cached.
    assert!(tokens.verify(&token, at(NOW)).is_ok());
    assert!(tokens.verify(&token, at(NOW + 631)).is_err());
}

#[test]
fn tokens_have_no_role_and_no_email() {
    let tokens = tokens();
    let token = valid_token(&tokens);
    let payload: Value = decode_json(token.split('.').nth(1).unwrap()).unwrap();
    let mut names: Vec<_> = payload.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "aud",
            "client_id",
            "exp",
            "iat",
            "iss",
            "jti",
            "scope",
            "sid",
            "sub"
        ]
    );
    assert!(token.len() < 800, "{}", token.len());
}

#[test]
fn tokens_signed_by_the_tests_are_accepted() {
    // Otherwise the rejections below would prove nothing.
    let tokens = tokens();
    let token = signed(&tokens, &header(&tokens).to_string(), &claims().to_string());
    assert!(tokens.verify(&token, at(NOW)).is_ok());
}

#[test]
fn signed_tokens_with_other_headers_are_rejected() {
    let tokens = tokens();
    let (header, claims) = (header(&tokens), claims());
    let headers = [
        ("alg", json!("none")),
        ("alg", json!("noNE")),
        ("alg", json!("HS256")),
        ("alg", json!("RS256")),
        ("alg", json!("ES256")),
        ("alg", json!("eddsa")),
        ("alg", Value::Null),
        ("alg", json!(["EdDSA"])),
        ("typ", json!("JWT")),
        ("typ", json!("at+JWT")),
        ("typ", json!("id+jwt")),
        ("typ", Value::Null),
        ("kid", json!("../../dev/null")),
        ("kid", json!("' OR 1=1--")),
        ("kid", json!("x".repeat(8192))),
        ("kid", json!("unknown")),
        ("kid", Value::Null),
        ("kid", json!(1)),
        ("jku", json!("https://evil.example/jwks")),
        ("x5u", json!("https://evil.example/x5u")),
        ("x5c", json!(["MIIB"])),
        ("jwk", json!({ "kty": "OKP" })),
        ("crit", json!(["exp"])),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
        ("b64", json!(false)),
    ];
    for (name, value) in headers {
        let token = signed(
            &tokens,
            &replace(header.clone(), name, value.clone()),
            &claims.to_string(),
        );
        assert!(tokens.verify(&token, at(NOW)).is_err(), "header {name} = {value}");
    }
}

#[test]
fn signed_tokens_with_other_claims_are_rejected() {
    let tokens = tokens();
    let (header, claims) = (header(&tokens), claims());
    let payloads = [
        ("aud", Value::Null),
        ("aud", json!("https://images.example")),
        ("aud", json!("https://evil.example/api/v1")),
        ("aud", json!(["https://images.example/api/v1"])),
        ("iss", Value::Null),
        ("iss", json!("https://evil.example")),
        ("sub", Value::Null),
        ("sub", json!("alice")),
        ("sub", json!(1)),
        ("sid", Value::Null),
        ("sid", json!("x")),
        ("jti", Value::Null),
        ("jti", json!("")),
        ("client_id", Value::Null),
        ("client_id", json!("other")),
        ("scope", Value::Null),
        ("scope", json!([])),
        ("exp", Value::Null),
        ("exp", json!("1800000600")),
        ("exp", json!(1_800_000_600.5)),
        ("exp", json!(1e99)),
        ("exp", json!(-1)),
        ("exp", json!(0)),
        ("exp", json!(NOW - 31)),
        ("exp", json!(u64::MAX)),
        ("iat", Value::Null),
        ("iat", json!(NOW + 300)),
        ("iat", json!("1800000000")),
        ("nbf", json!("9999999999")),
        ("nbf", json!(9_999_999_999_u64)),
        ("role", json!("ADMIN")),
        ("nonce", json!("n")),
        ("email", json!("a@example.com")),
    ];
    for (name, value) in payloads {
        let token = signed(
            &tokens,
            &header.to_string(),
            &replace(claims.clone(), name, value.clone()),
        );
        assert!(tokens.verify(&token, at(NOW)).is_err(), "claim {name} = {value}");
    }
    let twice = claims
        .to_string()
        .replacen('{', &format!("{{\"sub\":\"{}\",", Uuid::from_u128(3)), 1);
    assert!(
        tokens
            .verify(&signed(&tokens, &header.to_string(), &twice), at(NOW))
            .is_err(),
        "a duplicate claim"
    );
}

#[test]
fn forged_signatures_and_other_forms_are_rejected() {
    let tokens = tokens();
    let token = valid_token(&tokens);
    let parts: Vec<&str> = token.split('.').collect();
    let (head, payload, signature) = (parts[0], parts[1], parts[2]);
    let hmac = {
        // Algorithm confusion: the public key as an HMAC secret.
        let head = encoded(&replace(header(&tokens), "alg", json!("HS256")));
        let key = EncodingKey::from_secret(tokens.keys.public_keys()[0].x.as_bytes());
        let message = format!("{head}.{payload}");
        let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
        format!("{message}.{signature}")
    };
    let mut forms = vec![
        String::new(),
        "x".to_owned(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        "....".to_owned(),
        format!("{head}.{payload}."),
        format!("{head}.{payload}"),
        format!("{head}..{signature}"),
        format!(".{payload}.{signature}"),
        format!("{token}."),
        format!("{token}.x"),
        format!(" {token}"),
        format!("{token} "),
        format!("{token}="),
        format!("{head}.{payload}.{signature}.a.b"),
        hmac,
        json!({ "payload": payload, "protected": head, "signature": signature }).to_string(),
        format!("{token}{}", "A".repeat(4096)),
    ];
    // Signed with the key of another installation.
    forms.push(valid_token(&self::tokens()));
    // Change every character of the signature and some of the others.
    for at in (0..token.len()).filter(|at| *at > token.len() - 86 || at % 17 == 0) {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        if changed != token {
            forms.push(changed);
        }
    }
    for form in forms {
        assert!(tokens.verify(&form, at(NOW)).is_err(), "{form:.80}");
    }
}

#[test]
fn token_of_another_origin_is_rejected() {
    // Same keys, other deployment: issuer and audience differ.
    let first = tokens();
    let token = valid_token(&first);
    let second = AccessTokens {
        issuer: "https://staging.example".to_owned(),
        ..first
    };
    assert!(second.verify(&token, at(NOW)).is_err());
}
