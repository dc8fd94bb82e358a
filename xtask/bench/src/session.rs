//! Access tokens of sessions, signed with the server's own key as the server does after a sign-in (RFC 9068): the bench
//! has no provider to sign in at.

use crate::{Outcome, seed};
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::Deserialize;
use serde_json::json;
use std::{fs, path::Path};

/// How long the tokens live: longer than the longest bench.
const LIFETIME: i64 = 86_400;

/// The answer of `/.well-known/jwks.json`.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    kid: String,
}

/// A token for the session of each owner, at `now` seconds since 1970.
pub(crate) fn tokens(keys: &Path, key_set: &[u8], origin: &str, now: i64) -> Outcome<Vec<String>> {
    let key_set: KeySet = serde_json::from_slice(key_set)?;
    let kid = key_set
        .keys
        .last()
        .map(|key| key.kid.as_str())
        .ok_or("the server has no key")?;
    let pair = read_key(keys)?;
    let sign = |number| {
        let header = json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": kid });
        let claims = json!({
            "iss": origin, "aud": format!("{origin}/api/v1"), "sub": seed::owner(number), "sid": seed::session(number),
            "jti": format!("bench-{number}"), "iat": now, "exp": now + LIFETIME, "client_id": "infravault",
            "scope": "images:read images:write images:delete profile:read profile:write",
        });
        let encode = |part: serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = URL_SAFE_NO_PAD.encode(pair.sign(message.as_bytes()));
        format!("{message}.{signature}")
    };
    Ok((0..seed::OWNERS).map(sign).collect())
}

/// The newest of the server's keys, which lie in PEM files.
fn read_key(folder: &Path) -> Outcome<Ed25519KeyPair> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "pem") {
            files.push(path);
        }
    }
    files.sort();
    let text = fs::read_to_string(files.last().ok_or("the server has no key file")?)?;
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(body)?;
    Ok(Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)?)
}
