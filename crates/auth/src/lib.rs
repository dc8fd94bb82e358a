//! Authentication: OpenID Connect, sessions, API tokens, signing keys and the audit trail.
#![doc = include_str!("../README.md")]

mod api_token_secret;
mod api_tokens;
mod audit;
mod authenticate;
mod begin_sign_in;
mod config;
mod delete_expired;
mod error;
mod get_me;
mod http;
mod identities;
mod jwt;
mod keys;
mod oidc;
mod opaque_token;
mod policy;
mod refresh_session;
mod return_to;
mod sessions;
mod sign_out;
mod signature_cache;
mod sql;
mod verify_callback;

use infravault_db::Db;
use infravault_kernel::Secret;
use jwt::AccessTokens;
use keys::KeyRing;
use oidc::Provider;
use slog::Logger;
use std::sync::Arc;

pub use api_tokens::{ApiToken, IssuedApiToken, NewApiToken};
pub use audit::AuditEvent;
pub use authenticate::PresentedToken;
pub use begin_sign_in::{ProviderInfo, SignInOptions, StartedSignIn};
pub use config::{ApiTokenConfig, Config, ProviderConfig, SessionConfig};
pub use error::{Error, SessionError};
pub use get_me::Me;
pub use keys::PublicKey;
pub use refresh_session::SessionTokens;
pub use return_to::ReturnTo;
pub use sessions::{Device, NewSession, Session};
pub use verify_callback::{Callback, VerifiedIdentity};

/// The auth context. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Auth(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    config: Config,
    public_origin: String,
    access_tokens: AccessTokens,
    providers: Vec<Provider>,
}

impl Auth {
    /// Loads the signing keys and creates the first one if the folder is empty. Does not contact any provider.
    ///
    /// `public_origin` is the scheme, host and port that browsers use, without a trailing slash. It is the issuer of
    /// access tokens, and providers redirect to `{public_origin}/api/v1/auth/callback`. The process must have
    /// installed a TLS crypto provider.
    pub fn new(db: Db, config: Config, public_origin: &str, log: &Logger) -> Result<Self, Error> {
        let keys = KeyRing::open(&config.key_dir)?;
        slog::info!(log, "signing keys loaded"; "newest" => keys.signing_kid(), "count" => keys.public_keys().len());
        let http = http::HttpClient::new(config.provider_timeout)?;
        let providers = config
            .providers
            .iter()
            .map(|provider| Provider::new(provider.clone(), http.clone(), config.discovery_ttl))
            .collect();
        let public_origin = public_origin.trim_end_matches('/').to_owned();
        let access_tokens = AccessTokens::new(keys, &public_origin, config.access_token_ttl);
        Ok(Self(Arc::new(Inner {
            db,
            config,
            public_origin,
            access_tokens,
            providers,
        })))
    }

    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Returns the public halves of the keys that access tokens are verified with.
    #[must_use]
    pub fn public_keys(&self) -> &[PublicKey] {
        self.0.access_tokens.keys().public_keys()
    }

    /// Returns one HMAC key for signed URLs per signing key, with its key ID. The last key signs, all verify.
    #[must_use]
    pub fn url_keys(&self) -> Vec<(String, Secret<[u8; 32]>)> {
        self.0.access_tokens.keys().url_keys()
    }

    fn db(&self) -> &Db {
        &self.0.db
    }
}
