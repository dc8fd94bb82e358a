//! The issuer's keys, and JSON Web Signatures made by hand, so that they can be wrong in every way.
use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

/// The key id of the real key.
const REAL: &str = "p256";
/// The key id of the Ed25519 key, which is published but not advertised.
const ED25519: &str = "ed25519";

/// How a token is signed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Signer<'a> {
    /// ES256 with the published key.
    Real,
    /// ES256 with a key that nobody knows, under this key id.
    Stranger(&'a str),
    /// Ed25519 with a published key.
    Ed25519,
    /// HS256 with these bytes.
    Hmac(&'a [u8]),
    /// Not at all.
    None,
}

/// Keys that live as long as the issuer.
#[derive(Debug)]
pub(super) struct Keys {
    real: EcdsaKeyPair,
    stranger: EcdsaKeyPair,
    ed25519: Ed25519KeyPair,
}

impl Keys {
    pub(super) fn new() -> Self {
        let p256 =
            || EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a P-256 key can be made");
        Self {
            real: p256(),
            stranger: p256(),
            ed25519: Ed25519KeyPair::generate().expect("an Ed25519 key can be made"),
        }
    }

    /// The key set of RFC 7517.
    pub(super) fn jwks(&self) -> Value {
        // An uncompressed point: 04, then x and y of 32 bytes each.
        let point = self.real.public_key().as_ref();
        let half = |range| point.get(range).map(base64_url).unwrap_or_default();
        json!({ "keys": [
            { "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": REAL, "x": half(1..33), "y": half(33..65) },
            { "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": ED25519,
              "x": base64_url(self.ed25519.public_key().as_ref()) },
        ] })
    }

    /// The public key as PEM.
    pub(super) fn public_pem(&self) -> String {
        let der: PublicKeyX509Der<'_> = self
            .real
            .public_key()
            .as_der()
            .expect("a public key has a DER form");
        let text = BASE64_STANDARD.encode(der.as_ref());
        format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
    }

    /// A compact JSON Web Signature (RFC 7515).
    pub(super) fn sign(&self, claims: &Value, signer: Signer<'_>) -> String {
        let (alg, kid) = match signer {
            Signer::Real => ("ES256", REAL),
            Signer::Stranger(kid) => ("ES256", kid),
            Signer::Ed25519 => ("EdDSA", ED25519),
            Signer::Hmac(_) => ("HS256", REAL),
            Signer::None => ("none", REAL),
        };
        let header = json!({ "alg": alg, "typ": "JWT", "kid": kid });
        let text = format!(
            "{}.{}",
            base64_url(header.to_string().as_bytes()),
            base64_url(claims.to_string().as_bytes())
        );
        let ecdsa = |key: &EcdsaKeyPair| {
            let signature = key.sign(&SystemRandom::new(), text.as_bytes());
            base64_url(signature.expect("a P-256 key signs").as_ref())
        };
        let signature = match signer {
            Signer::Real => ecdsa(&self.real),
            Signer::Stranger(_) => ecdsa(&self.stranger),
            Signer::Ed25519 => base64_url(self.ed25519.sign(text.as_bytes()).as_ref()),
            Signer::Hmac(key) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, key);
                base64_url(hmac::sign(&key, text.as_bytes()).as_ref())
            }
            Signer::None => String::new(),
        };
        format!("{text}.{signature}")
    }

    /// The key id that [`Signer::Stranger`] uses to pass for the real key.
    pub(super) fn real_id() -> &'static str {
        REAL
    }
}

/// Base64url without padding, as everything in JOSE is written.
pub(super) fn base64_url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
