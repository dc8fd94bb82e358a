//! The ID token of a sign-in, with or without a defect.
use super::{
    Grant, IssuerDefect, State,
    keys::{Keys, Signer, base64_url},
};
use aws_lc_rs::digest::{SHA256, digest};
use infravault_kernel::Clock;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// The lifetime of an ID token in seconds.
const LIFE: i64 = 300;

/// The subject of an email: stable, and different from the email.
pub(super) fn subject(email: &str) -> String {
    let digest = digest(&SHA256, email.as_bytes());
    digest
        .as_ref()
        .iter()
        .take(10)
        .fold(String::new(), |mut text, byte| {
            // Writing into a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The signed ID token of a sign-in.
pub(super) fn id_token(
    state: &State,
    grant: &Grant,
    access_token: &str,
    defect: Option<&IssuerDefect>,
) -> String {
    let mut claims = claims(state, grant, access_token);
    if let Some((claim, value)) = defect.and_then(|defect| defective_claim(defect, grant)) {
        claims.insert(claim.to_owned(), value);
    }
    match defect {
        Some(IssuerDefect::Expired) => shift(&mut claims, -LIFE - 600),
        Some(IssuerDefect::IssuedInFuture) => shift(&mut claims, 600),
        _ => {}
    }
    claims.retain(|_, value| !value.is_null());
    let pem = state.keys.public_pem();
    let signer = match defect {
        Some(IssuerDefect::AlgNone) => Signer::None,
        Some(IssuerDefect::HmacWithPublicKey) => Signer::Hmac(pem.as_bytes()),
        Some(IssuerDefect::HmacWithClientSecret) => Signer::Hmac(state.config.client_secret.as_bytes()),
        Some(IssuerDefect::UnknownKey) => Signer::Unpublished("unknown"),
        Some(IssuerDefect::WrongSignature) => Signer::Unpublished(Keys::published_id()),
        Some(IssuerDefect::AlgNotAdvertised) => Signer::Ed25519,
        _ => Signer::Published,
    };
    state.keys.sign(&Value::Object(claims), signer)
}

fn claims(state: &State, grant: &Grant, access_token: &str) -> Map<String, Value> {
    let now = Clock::System.now().unix_timestamp();
    let hash = digest(&SHA256, access_token.as_bytes());
    let claims = json!({
        "iss": state.url,
        "sub": subject(&grant.email),
        "aud": state.config.client_id,
        "iat": now,
        "exp": now + LIFE,
        "nonce": grant.nonce,
        "at_hash": hash.as_ref().get(..16).map(base64_url),
        "email": grant.email,
        "email_verified": true,
        "name": state.name_of(&grant.email),
    });
    claims.as_object().cloned().unwrap_or_default()
}

/// The claim that a defect replaces; null removes it.
fn defective_claim(defect: &IssuerDefect, grant: &Grant) -> Option<(&'static str, Value)> {
    match defect {
        IssuerDefect::WrongNonce => Some(("nonce", json!("another-nonce"))),
        IssuerDefect::NoNonce => Some(("nonce", Value::Null)),
        IssuerDefect::WrongAudience => Some(("aud", json!("another-client"))),
        IssuerDefect::WrongIssuer => Some(("iss", json!("https://issuer.example"))),
        IssuerDefect::WrongAuthorizedParty => Some(("azp", json!("another-client"))),
        IssuerDefect::EmailNotVerified => Some(("email_verified", json!(false))),
        IssuerDefect::EmailVerifiedIsText => Some(("email_verified", json!("false"))),
        IssuerDefect::EmailVerifiedAbsent => Some(("email_verified", Value::Null)),
        IssuerDefect::OtherSubject => Some(("sub", json!(subject(&format!("not {}", grant.email))))),
        _ => None,
    }
}

/// Shifts the times of issue and expiry.
fn shift(claims: &mut Map<String, Value>, seconds: i64) {
    for claim in ["iat", "exp"] {
        if let Some(time) = claims.get(claim).and_then(Value::as_i64) {
            claims.insert(claim.to_owned(), json!(time + seconds));
        }
    }
}
