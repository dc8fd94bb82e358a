//! Access tokens: JWTs (RFC 9068) that this installation signs with Ed25519 and that only it accepts.
use crate::{Error, keys::KeyRing, signature_cache::SignatureCache};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use infravault_kernel::{AccountId, Ctx, Scopes, Secret, SessionId, Sha256};
use jsonwebtoken::{Algorithm, Header, crypto, encode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::time::Duration;
use time::OffsetDateTime;

/// The media type of access tokens, which no ID token has (RFC 9068 section 2.1).
const TOKEN_TYPE: &str = "at+jwt";
/// The OAuth client of every token: this server, on behalf of the browser.
const CLIENT_ID: &str = "infravault";
/// Accepted clock difference between nodes, in seconds.
const LEEWAY_SECONDS: i64 = 30;
const MAX_TOKEN_BYTES: usize = 2048;

/// Signs and verifies access tokens.
#[derive(Debug)]
pub(crate) struct AccessTokens {
    keys: KeyRing,
    issuer: String,
    audience: String,
    ttl: Duration,
    verified: SignatureCache<Claims>,
}

/// The claims of an access token. Every claim is required and no other is accepted; role and e-mail address are not
/// included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    jti: String,
    iat: i64,
    exp: i64,
    client_id: String,
    scope: String,
}

/// The header of an access token. Tokens with other fields (`jku`, `x5u`, `jwk`, `crit`, …) are rejected.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StrictHeader {
    alg: String,
    typ: String,
    kid: String,
}

impl AccessTokens {
    /// `public_origin` becomes the issuer and the base of the audience.
    pub(crate) fn new(keys: KeyRing, public_origin: &str, ttl: Duration) -> Self {
        Self {
            keys,
            issuer: public_origin.to_owned(),
            audience: format!("{public_origin}/api/v1"),
            ttl,
            verified: SignatureCache::default(),
        }
    }

    pub(crate) fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// Issues an access token for a session.
    pub(crate) fn sign(
        &self,
        ctx: &Ctx,
        session: SessionId,
        account: AccountId,
    ) -> Result<Secret<String>, Error> {
        let iat = ctx.now().unix_timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: account.to_string(),
            sid: session.to_string(),
            jti: URL_SAFE_NO_PAD.encode(ctx.random::<16>()),
            iat,
            exp: iat.saturating_add(i64::try_from(self.ttl.as_secs()).unwrap_or(i64::MAX)),
            client_id: CLIENT_ID.to_owned(),
            scope: Scopes::all().to_string(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TOKEN_TYPE.to_owned());
        header.kid = Some(self.keys.signing_kid().to_owned());
        encode(&header, &claims, self.keys.signing_key())
            .map(Secret::new)
            .map_err(|error| Error::setup("cannot sign an access token", error))
    }

    /// Verifies a token without the database and returns its session and account. The signature is cached for
    /// 30 seconds; times and claims are checked every time.
    pub(crate) fn verify(&self, token: &str, now: OffsetDateTime) -> Result<(SessionId, AccountId), Error> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Error::InvalidToken);
        }
        let hash = Sha256::digest(token.as_bytes());
        let claims = if let Some(claims) = self.verified.get(&hash, now) {
            claims
        } else {
            let claims = self.verify_signature(token)?;
            self.verified.insert(hash, claims.clone(), now);
            claims
        };
        self.check_claims(&claims, now.unix_timestamp())
    }

    /// Accepts only the compact form, `EdDSA`, `at+jwt` and keys that were loaded at startup (RFC 8725).
    fn verify_signature(&self, token: &str) -> Result<Claims, Error> {
        let (message, signature) = token.rsplit_once('.').ok_or(Error::InvalidToken)?;
        let (header, payload) = message.split_once('.').ok_or(Error::InvalidToken)?;
        if payload.contains('.') {
            return Err(Error::InvalidToken);
        }
        let header: StrictHeader = decode_json(header)?;
        if header.alg != "EdDSA" || header.typ != TOKEN_TYPE {
            return Err(Error::InvalidToken);
        }
        let key = self
            .keys
            .verification_key(&header.kid)
            .ok_or(Error::InvalidToken)?;
        match crypto::verify(signature, message.as_bytes(), key, Algorithm::EdDSA) {
            Ok(true) => decode_json(payload),
            Ok(false) | Err(_) => Err(Error::InvalidToken),
        }
    }

    fn check_claims(&self, claims: &Claims, now: i64) -> Result<(SessionId, AccountId), Error> {
        let valid = claims.iss == self.issuer
            && claims.aud == self.audience
            && claims.client_id == CLIENT_ID
            && !claims.jti.is_empty()
            && claims.iat <= now.saturating_add(LEEWAY_SECONDS)
            && claims.exp > claims.iat
            && now <= claims.exp.saturating_add(LEEWAY_SECONDS);
        match (valid, claims.sid.parse(), claims.sub.parse()) {
            (true, Ok(session), Ok(account)) => Ok((session, account)),
            _ => Err(Error::InvalidToken),
        }
    }
}

fn decode_json<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Error::InvalidToken)?;
    serde_json::from_slice(&bytes).map_err(|_| Error::InvalidToken)
}

#[cfg(test)]
mod tests;
