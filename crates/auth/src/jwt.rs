//! Access tokens: JWTs after RFC 9068 that this installation signs with Ed25519 and that only it accepts.
use crate::{Error, PublicKey, keys::KeyRing, signatures::Signatures};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use infravault_kernel::{AccountId, Ctx, Scopes, Secret, SessionId, Sha256};
use jsonwebtoken::{Algorithm, Header, crypto, encode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::time::Duration;
use time::OffsetDateTime;

/// The media type of access tokens, which no ID token has (RFC 9068 section 2.1).
const TYPE: &str = "at+jwt";
/// Who asked for the token: our own server, on behalf of the browser.
const CLIENT: &str = "infravault";
/// How far clocks of our nodes may differ, in seconds.
const LEEWAY: i64 = 30;
/// No token of ours is longer.
const MAX_BYTES: usize = 2048;

/// Signs and checks access tokens.
#[derive(Debug)]
pub(crate) struct AccessTokens {
    keys: KeyRing,
    issuer: String,
    audience: String,
    ttl: Duration,
    signatures: Signatures,
}

/// What stands in an access token. Every claim is required and typed, no other is accepted. There is no role and no
/// e-mail in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Claims {
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

/// The header of an access token; any other field (`jku`, `x5u`, `jwk`, `crit` …) is a reason to refuse it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StrictHeader {
    alg: String,
    typ: String,
    kid: String,
}

impl AccessTokens {
    /// Tokens of the installation at this origin.
    pub(crate) fn new(keys: KeyRing, public_origin: &str, ttl: Duration) -> Self {
        Self {
            keys,
            issuer: public_origin.to_owned(),
            audience: format!("{public_origin}/api/v1"),
            ttl,
            signatures: Signatures::default(),
        }
    }

    /// The public halves of the keys.
    pub(crate) fn public_keys(&self) -> &[PublicKey] {
        self.keys.public_keys()
    }

    /// Keys for signed addresses, which the keys of the tokens stand behind.
    pub(crate) fn url_keys(&self) -> Vec<(String, Secret<[u8; 32]>)> {
        self.keys.url_keys()
    }

    /// A new token of a session.
    pub(crate) fn sign(
        &self,
        ctx: &Ctx,
        session: SessionId,
        account: AccountId,
    ) -> Result<Secret<String>, Error> {
        let issued = ctx.now().unix_timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: account.to_string(),
            sid: session.to_string(),
            jti: URL_SAFE_NO_PAD.encode(ctx.random::<16>()),
            iat: issued,
            exp: issued.saturating_add(i64::try_from(self.ttl.as_secs()).unwrap_or(i64::MAX)),
            client_id: CLIENT.to_owned(),
            scope: Scopes::all().to_string(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.keys.newest_kid().to_owned());
        encode(&header, &claims, self.keys.signing())
            .map(Secret::new)
            .map_err(|error| Error::setup("an access token cannot be signed", error))
    }

    /// The session and the account that a token proves, without asking anybody. A signature that was good a moment
    /// ago is not computed again; times and claims are checked every time.
    pub(crate) fn verify(&self, token: &str, now: OffsetDateTime) -> Result<(SessionId, AccountId), Error> {
        if token.len() > MAX_BYTES {
            return Err(Error::InvalidToken);
        }
        let hash = Sha256::digest(token.as_bytes());
        let claims = if let Some(claims) = self.signatures.find(&hash, now) {
            claims
        } else {
            let claims = self.signed_claims(token)?;
            self.signatures.remember(hash, claims.clone(), now);
            claims
        };
        self.check(&claims, now.unix_timestamp())
    }

    /// Only the compact form, only `EdDSA`, only `at+jwt`, only keys that were loaded at start (RFC 8725).
    fn signed_claims(&self, token: &str) -> Result<Claims, Error> {
        let (message, signature) = token.rsplit_once('.').ok_or(Error::InvalidToken)?;
        let (header, payload) = message.split_once('.').ok_or(Error::InvalidToken)?;
        if payload.contains('.') {
            return Err(Error::InvalidToken);
        }
        let header: StrictHeader = part(header)?;
        if header.alg != "EdDSA" || header.typ != TYPE {
            return Err(Error::InvalidToken);
        }
        let key = self.keys.verifying(&header.kid).ok_or(Error::InvalidToken)?;
        match crypto::verify(signature, message.as_bytes(), key, Algorithm::EdDSA) {
            Ok(true) => part(payload),
            Ok(false) | Err(_) => Err(Error::InvalidToken),
        }
    }

    fn check(&self, claims: &Claims, now: i64) -> Result<(SessionId, AccountId), Error> {
        let fits = claims.iss == self.issuer
            && claims.aud == self.audience
            && claims.client_id == CLIENT
            && !claims.jti.is_empty()
            && claims.iat <= now.saturating_add(LEEWAY)
            && claims.exp > claims.iat
            && now <= claims.exp.saturating_add(LEEWAY);
        match (fits, claims.sid.parse(), claims.sub.parse()) {
            (true, Ok(session), Ok(account)) => Ok((session, account)),
            _ => Err(Error::InvalidToken),
        }
    }
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Error::InvalidToken)?;
    serde_json::from_slice(&bytes).map_err(|_| Error::InvalidToken)
}

#[cfg(test)]
mod tests;
