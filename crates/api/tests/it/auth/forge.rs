//! Forges access tokens with a stolen signing key, or without one.
use crate::harness::TestApp;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

/// The stolen signing key of a server.
pub(crate) struct Forge {
    pair: Ed25519KeyPair,
    /// Header of a valid token.
    pub header: Value,
    /// Claims of a valid token.
    pub claims: Value,
}

impl Forge {
    /// Reads the server's key, and the header and claims of a valid token.
    pub(crate) fn new(app: &TestApp, valid: &str) -> Self {
        let pem = std::fs::read_to_string(app.folder.join("keys/0000-first.pem")).unwrap();
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&STANDARD.decode(body).unwrap()).unwrap();
        let mut parts = valid.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
        let mut json = || serde_json::from_slice(&parts.next().unwrap()).unwrap();
        Self {
            pair,
            header: json(),
            claims: json(),
        }
    }

    /// A token with a valid signature.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", encode(header), encode(claims));
        format!(
            "{message}.{}",
            URL_SAFE_NO_PAD.encode(self.pair.sign(message.as_bytes()).as_ref())
        )
    }

    /// A token with one header field replaced; null removes it.
    pub(crate) fn with_header(&self, name: &str, value: Value) -> String {
        self.sign(&with(&self.header, name, value), &self.claims)
    }

    /// A token with one claim replaced; null removes it.
    pub(crate) fn with_claim(&self, name: &str, value: Value) -> String {
        self.sign(&self.header, &with(&self.claims, name, value))
    }

    /// A token with an HMAC of the public key (algorithm confusion).
    pub(crate) fn hmac(&self, public_key: &str) -> String {
        use aws_lc_rs::hmac;
        let message = format!(
            "{}.{}",
            encode(&with(&self.header, "alg", json!("HS256"))),
            encode(&self.claims)
        );
        let key = hmac::Key::new(hmac::HMAC_SHA256, &URL_SAFE_NO_PAD.decode(public_key).unwrap());
        format!(
            "{message}.{}",
            URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_bytes()).as_ref())
        )
    }
}

fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    if value.is_null() {
        object.as_object_mut().unwrap().remove(name);
    } else {
        object[name] = value;
    }
    object
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
