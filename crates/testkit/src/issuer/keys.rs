//! The issuer's keys, and a JSON Web Signature encoder that can produce invalid signatures.
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

/// The ID of the published and advertised key.
const P256: &str = "p256";
/// The ID of the Ed25519 key, which is published but not advertised.
const ED25519: &str = "ed25519";

/// How a token is signed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Signer<'a> {
    /// ES256 with the published key.
    Published,
    /// ES256 with an unpublished key under this key ID.
    Unpublished(&'a str),
    /// Ed25519 with a published key.
    Ed25519,
    /// HS256 with this key.
    Hmac(&'a [u8]),
    /// Unsigned.
    None,
}

/// The keys of an issuer.
#[derive(Debug)]
pub(super) struct Keys {
    published: EcdsaKeyPair,
    unpublished: EcdsaKeyPair,
    ed25519: Ed25519KeyPair,
}

impl Keys {
    pub(super) fn new() -> Self {
        let p256 = || {
            EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a P-256 key can be generated")
        };
        Self {
            published: p256(),
            unpublished: p256(),
            ed25519: Ed25519KeyPair::generate().expect("an Ed25519 key can be generated"),
        }
    }

    /// The key set of RFC 7517.
    pub(super) fn jwks(&self) -> Value {
        // An uncompressed point: 04, then x and y of 32 bytes each.
        let point = self.published.public_key().as_ref();
        let half = |range| point.get(range).map(base64_url).unwrap_or_default();
        json!({ "keys": [
            { "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": P256, "x": half(1..33), "y": half(33..65) },
            { "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": ED25519,
              "x": base64_url(self.ed25519.public_key().as_ref()) },
        ] })
    }

    /// The public key as PEM.
    pub(super) fn public_pem(&self) -> String {
        let der: PublicKeyX509Der<'_> = self
            .published
            .public_key()
            .as_der()
            .expect("a public key has a DER form");
        let text = BASE64_STANDARD.encode(der.as_ref());
        format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
    }

    /// A compact JSON Web Signature (RFC 7515).
    pub(super) fn sign(&self, claims: &Value, signer: Signer<'_>) -> String {
        let (alg, kid) = match signer {
            Signer::Published => ("ES256", P256),
            Signer::Unpublished(kid) => ("ES256", kid),
            Signer::Ed25519 => ("EdDSA", ED25519),
            Signer::Hmac(_) => ("HS256", P256),
            Signer::None => ("none", P256),
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
            Signer::Published => ecdsa(&self.published),
            Signer::Unpublished(_) => ecdsa(&self.unpublished),
            Signer::Ed25519 => base64_url(self.ed25519.sign(text.as_bytes()).as_ref()),
            Signer::Hmac(key) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, key);
                base64_url(hmac::sign(&key, text.as_bytes()).as_ref())
            }
            Signer::None => String::new(),
        };
        format!("{text}.{signature}")
    }

    /// The ID of the published key.
    pub(super) fn published_id() -> &'static str {
        P256
    }
}

/// Base64url without padding, as in JOSE.
pub(super) fn base64_url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
