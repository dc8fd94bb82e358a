//! Proving who you are: OpenID Connect, sessions, API tokens, signing keys, audit.
#![doc = include_str!("../README.md")]

mod api_tokens;
mod audit;
mod authenticate;
mod config;
mod error;
mod http;
mod identities;
mod jwt;
mod keys;
mod logout;
mod me;
mod oidc;
mod opaque;
mod policy;
mod refresh;
mod return_to;
mod sessions;
mod sign_in;
mod sign_in_callback;
mod signatures;
mod sql;
mod tidy_up;
mod token_text;

use infravault_db::Db;
use infravault_kernel::Secret;
use jwt::AccessTokens;
use keys::KeyRing;
use oidc::Provider;
use slog::Logger;
use std::sync::Arc;

pub use api_tokens::{ApiToken, IssuedApiToken, NewApiToken};
pub use audit::Event;
pub use authenticate::Presented;
pub use config::{ApiTokenConfig, Config, ProviderConfig, SessionConfig};
pub use error::{Error, SessionError};
pub use keys::PublicKey;
pub use me::Me;
pub use refresh::Tokens;
pub use return_to::ReturnTo;
pub use sessions::{Device, NewSession, Session};
pub use sign_in::{NewSignIn, ProviderInfo, SignInStarted};
pub use sign_in_callback::{Callback, VerifiedIdentity};

/// Everything about proving who you are; cheap to clone.
#[derive(Clone, Debug)]
pub struct Auth(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    db: Db,
    config: Config,
    public_origin: String,
    access_tokens: AccessTokens,
    providers: Vec<Provider>,
}

impl Auth {
    /// Loads the signing keys, making the first one where there is none. No provider is asked yet, so this works
    /// while they are away.
    ///
    /// `public_origin` is the scheme, host and port that browsers use, without a slash at its end: tokens name it
    /// as their issuer, and providers send browsers back to `{public_origin}/api/v1/auth/callback`. The process
    /// must have installed a TLS crypto provider before.
    pub fn new(db: Db, config: Config, public_origin: &str, log: &Logger) -> Result<Self, Error> {
        let keys = KeyRing::open(&config.key_dir)?;
        slog::info!(log, "signing keys are loaded"; "newest" => keys.newest_kid(), "count" => keys.public_keys().len());
        let http = http::Http::new(config.provider_timeout)?;
        let providers = config
            .providers
            .iter()
            .map(|provider| Provider::new(provider.clone(), http.clone(), config.discovery_ttl))
            .collect();
        let public_origin = public_origin.trim_end_matches('/').to_owned();
        let access_tokens = AccessTokens::new(keys, &public_origin, config.access_token_ttl);
        Ok(Self(Arc::new(Parts {
            db,
            config,
            public_origin,
            access_tokens,
            providers,
        })))
    }

    /// The settings that this was made with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The public halves of all keys that may have signed a living access token.
    #[must_use]
    pub fn public_keys(&self) -> &[PublicKey] {
        self.0.access_tokens.public_keys()
    }

    /// A key for signed addresses from each signing key, by its name; the last signs, all verify.
    #[must_use]
    pub fn url_keys(&self) -> Vec<(String, Secret<[u8; 32]>)> {
        self.0.access_tokens.url_keys()
    }

    fn db(&self) -> &Db {
        &self.0.db
    }
}
