//! Settings of sign-in, sessions and tokens.
mod providers;

use infravault_kernel::config::Env;
use std::{path::PathBuf, time::Duration};

pub use providers::ProviderConfig;

/// The upper limit of all lifetimes, so that adding one to a time never overflows.
const MAX_LIFETIME: Duration = Duration::from_hours(10 * 365 * 24);

/// Settings of the auth context.
#[derive(Clone, Debug)]
pub struct Config {
    /// Identity providers in display order.
    pub providers: Vec<ProviderConfig>,
    /// Folder of the signing keys.
    pub key_dir: PathBuf,
    pub access_token_ttl: Duration,
    pub sessions: SessionConfig,
    pub api_tokens: ApiTokenConfig,
    /// How long a sign-in at the provider may take.
    pub sign_in_ttl: Duration,
    /// Timeout of requests to a provider.
    pub provider_timeout: Duration,
    /// How long the metadata of a provider is cached.
    pub discovery_ttl: Duration,
}

/// Lifetimes and maximum number of sessions.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// Lifetime without use.
    pub idle_ttl: Duration,
    /// Absolute lifetime.
    pub max_ttl: Duration,
    /// Lifetime without use for moderators and administrators.
    pub privileged_idle_ttl: Duration,
    /// Absolute lifetime for moderators and administrators.
    pub privileged_max_ttl: Duration,
    /// Maximum number per account; a new session revokes the oldest.
    pub max_count: u32,
}

/// Lifetimes and maximum number of API tokens.
#[derive(Clone, Debug)]
pub struct ApiTokenConfig {
    /// Default lifetime.
    pub ttl: Duration,
    /// Maximum lifetime.
    pub max_ttl: Duration,
    /// Maximum number per account.
    pub max_count: u32,
    /// Maximum age of the sign-in when an API token is created.
    pub step_up_max_age: Duration,
}

impl Config {
    /// Reads the settings; errors are collected in `env`.
    pub fn from_env(env: &mut Env) -> Self {
        Self {
            providers: providers::read_providers(env),
            key_dir: env.value(
                "AUTH_KEY_DIR",
                "./data/keys",
                "Folder of the signing keys. The first key is created there.",
            ),
            access_token_ttl: read_ttl(
                env,
                "AUTH_ACCESS_TOKEN_TTL",
                "10m",
                "Lifetime of an access token.",
            ),
            sessions: SessionConfig::from_env(env),
            api_tokens: ApiTokenConfig::from_env(env),
            sign_in_ttl: read_ttl(
                env,
                "AUTH_SIGN_IN_TTL",
                "10m",
                "Maximum duration of a sign-in at the provider.",
            ),
            provider_timeout: read_ttl(env, "OIDC_TIMEOUT", "10s", "Timeout of requests to a provider."),
            discovery_ttl: read_ttl(
                env,
                "OIDC_DISCOVERY_TTL",
                "1h",
                "How long the metadata of a provider is cached.",
            ),
        }
    }
}

impl SessionConfig {
    fn from_env(env: &mut Env) -> Self {
        Self {
            idle_ttl: read_ttl(
                env,
                "AUTH_SESSION_IDLE_TTL",
                "7d",
                "Lifetime of an unused session.",
            ),
            max_ttl: read_ttl(
                env,
                "AUTH_SESSION_MAX_TTL",
                "30d",
                "Absolute lifetime of a session.",
            ),
            privileged_idle_ttl: read_ttl(
                env,
                "AUTH_PRIVILEGED_SESSION_IDLE_TTL",
                "1h",
                "Lifetime of an unused session of a moderator or administrator.",
            ),
            privileged_max_ttl: read_ttl(
                env,
                "AUTH_PRIVILEGED_SESSION_MAX_TTL",
                "12h",
                "Absolute lifetime of a session of a moderator or administrator.",
            ),
            max_count: read_count(
                env,
                "AUTH_SESSION_MAX_COUNT",
                "Maximum number of sessions per account. A new session revokes the oldest.",
            ),
        }
    }
}

impl ApiTokenConfig {
    fn from_env(env: &mut Env) -> Self {
        let config = Self {
            ttl: read_ttl(
                env,
                "AUTH_API_TOKEN_TTL",
                "90d",
                "Default lifetime of an API token.",
            ),
            max_ttl: read_ttl(
                env,
                "AUTH_API_TOKEN_MAX_TTL",
                "365d",
                "Maximum lifetime of an API token.",
            ),
            max_count: read_count(
                env,
                "AUTH_API_TOKEN_MAX_COUNT",
                "Maximum number of API tokens per account.",
            ),
            step_up_max_age: read_ttl(
                env,
                "AUTH_STEP_UP_MAX_AGE",
                "10m",
                "Maximum age of the sign-in when an API token is created.",
            ),
        };
        if config.ttl > config.max_ttl {
            let error = "is longer than AUTH_API_TOKEN_MAX_TTL";
            env.reject("AUTH_API_TOKEN_TTL", error, "90d");
        }
        config
    }
}

fn read_ttl(env: &mut Env, name: &str, default: &str, about: &'static str) -> Duration {
    let ttl = env.duration(name, default, about);
    if ttl.is_zero() || ttl > MAX_LIFETIME {
        env.reject(name, "must be more than 0 and at most ten years", default);
        return MAX_LIFETIME;
    }
    ttl
}

fn read_count(env: &mut Env, name: &str, about: &'static str) -> u32 {
    let count = env.value(name, "20", about);
    if count == 0 {
        env.reject(name, "must be at least 1", "20");
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[(&str, &str)]) -> (Config, String) {
        let mut env: Env = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let config = Config::from_env(&mut env);
        let errors = env
            .finish()
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        (config, errors)
    }

    #[test]
    fn google_and_other_providers_are_read() {
        let (config, errors) = read(&[
            ("OIDC_PROVIDERS", "dev, auth0-eu"),
            ("GOOGLE_CLIENT_ID", "g"),
            ("OIDC_DEV_ISSUER", "http://127.0.0.1:9000"),
            ("OIDC_DEV_CLIENT_ID", "infravault"),
            ("OIDC_DEV_LABEL", "Development"),
            ("OIDC_AUTH0_EU_ISSUER", "https://x.eu.auth0.com/"),
            ("OIDC_AUTH0_EU_CLIENT_ID", "a"),
            ("OIDC_AUTH0_EU_SCOPES", "email"),
        ]);
        assert_eq!(errors, "");
        let names: Vec<_> = config
            .providers
            .iter()
            .map(|provider| provider.name.as_str())
            .collect();
        assert_eq!(names, ["google", "dev", "auth0-eu"]);
        assert_eq!(config.providers[1].label, "Development");
        assert_eq!(config.providers[2].scopes, ["openid", "email"]);
    }

    #[test]
    fn invalid_settings_are_rejected() {
        let cases: [(&[(&str, &str)], &str); 7] = [
            (&[("OIDC_PROVIDERS", "google")], "GOOGLE_CLIENT_ID must be set"),
            (&[("OIDC_PROVIDERS", "dev")], "OIDC_DEV_ISSUER must be set"),
            (&[("OIDC_PROVIDERS", "sessions")], "contains `sessions`"),
            (&[("OIDC_PROVIDERS", "Dev!")], "contains `Dev!`"),
            (
                &[
                    ("OIDC_PROVIDERS", "dev"),
                    ("OIDC_DEV_ISSUER", "http://sign-in.example"),
                    ("OIDC_DEV_CLIENT_ID", "x"),
                ],
                "OIDC_DEV_ISSUER must be an https URL",
            ),
            (
                &[("AUTH_SESSION_IDLE_TTL", "99999999d")],
                "AUTH_SESSION_IDLE_TTL must be",
            ),
            (
                &[("AUTH_API_TOKEN_TTL", "400d")],
                "longer than AUTH_API_TOKEN_MAX_TTL",
            ),
        ];
        for (values, part) in cases {
            let (_, errors) = read(values);
            assert!(errors.contains(part), "{part} is missing in: {errors}");
        }
    }
}
