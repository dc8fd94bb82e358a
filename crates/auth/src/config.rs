//! Providers, keys and lifetimes.
use infravault_kernel::{Secret, config::Env};
use std::{path::PathBuf, time::Duration};

/// The issuer of Google accounts.
const GOOGLE: &str = "https://accounts.google.com";
/// Names that are paths below `/api/v1/auth/` already.
const RESERVED: [&str; 8] = [
    "providers",
    "callback",
    "refresh",
    "logout",
    "logout-all",
    "me",
    "sessions",
    "tokens",
];
/// No credential of ours lives longer, so that adding a lifetime to a time never overflows.
const LONGEST: Duration = Duration::from_hours(10 * 365 * 24);

/// Settings of sign-in, sessions and tokens.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where people can sign in, in the order they are offered.
    pub providers: Vec<ProviderConfig>,
    /// The folder of the signing keys.
    pub key_dir: PathBuf,
    /// How long an access token lives.
    pub access_token_ttl: Duration,
    /// Sessions.
    pub sessions: SessionConfig,
    /// API tokens.
    pub api_tokens: ApiTokenConfig,
    /// How long a sign-in may take at the provider.
    pub sign_in_ttl: Duration,
    /// How long a provider may take to answer.
    pub provider_timeout: Duration,
    /// For how long a provider's metadata is used before it is asked again.
    pub discovery_ttl: Duration,
}

/// How long sessions live and how many there are.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// How long a session lives unused.
    pub idle: Duration,
    /// How long a session lives at all.
    pub lifetime: Duration,
    /// How long a session of a moderator or administrator lives unused.
    pub privileged_idle: Duration,
    /// How long a session of a moderator or administrator lives at all.
    pub privileged_lifetime: Duration,
    /// Most sessions of one account; the oldest is ended when another begins.
    pub most: u32,
}

/// How long API tokens live and how many there are.
#[derive(Clone, Debug)]
pub struct ApiTokenConfig {
    /// How long an API token lives where nothing is said.
    pub ttl: Duration,
    /// How long an API token may live.
    pub max_ttl: Duration,
    /// Most API tokens of one account.
    pub most: u32,
    /// How fresh a sign-in must be to make one.
    pub step_up_max_age: Duration,
}

/// One provider of identities.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// Its name in paths: lower-case letters, digits and hyphens.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Its issuer identifier, exactly as its ID tokens carry it.
    pub issuer: String,
    /// Our name at the provider.
    pub client_id: String,
    /// Our secret at the provider; none for a public client.
    pub client_secret: Option<Secret<String>>,
    /// What is asked for, `openid` among it.
    pub scopes: Vec<String>,
}

impl Config {
    /// Reads the settings.
    pub fn from_env(env: &mut Env) -> Self {
        Self {
            providers: providers(env),
            key_dir: env.value(
                "AUTH_KEY_DIR",
                "./data/keys",
                "The folder of the signing keys; the first is made there.",
            ),
            access_token_ttl: span(
                env,
                "AUTH_ACCESS_TOKEN_TTL",
                "10m",
                "How long an access token lives.",
            ),
            sessions: SessionConfig::from_env(env),
            api_tokens: ApiTokenConfig::from_env(env),
            sign_in_ttl: span(
                env,
                "AUTH_SIGN_IN_TTL",
                "10m",
                "How long a sign-in may take at the provider.",
            ),
            provider_timeout: span(
                env,
                "OIDC_TIMEOUT",
                "10s",
                "How long a provider may take to answer.",
            ),
            discovery_ttl: span(
                env,
                "OIDC_DISCOVERY_TTL",
                "1h",
                "For how long a provider's metadata is trusted.",
            ),
        }
    }
}

impl SessionConfig {
    fn from_env(env: &mut Env) -> Self {
        Self {
            idle: span(
                env,
                "AUTH_SESSION_IDLE_TTL",
                "7d",
                "How long a session lives unused.",
            ),
            lifetime: span(
                env,
                "AUTH_SESSION_MAX_TTL",
                "30d",
                "How long a session lives at all.",
            ),
            privileged_idle: span(
                env,
                "AUTH_PRIVILEGED_SESSION_IDLE_TTL",
                "1h",
                "How long a session of a moderator or administrator lives unused.",
            ),
            privileged_lifetime: span(
                env,
                "AUTH_PRIVILEGED_SESSION_MAX_TTL",
                "12h",
                "How long a session of a moderator or administrator lives at all.",
            ),
            most: count(
                env,
                "AUTH_SESSION_MAX_COUNT",
                "Most sessions of one account; the oldest gives way.",
            ),
        }
    }
}

impl ApiTokenConfig {
    fn from_env(env: &mut Env) -> Self {
        let config = Self {
            ttl: span(
                env,
                "AUTH_API_TOKEN_TTL",
                "90d",
                "How long an API token lives where nothing is said.",
            ),
            max_ttl: span(
                env,
                "AUTH_API_TOKEN_MAX_TTL",
                "365d",
                "How long an API token may live.",
            ),
            most: count(env, "AUTH_API_TOKEN_MAX_COUNT", "Most API tokens of one account."),
            step_up_max_age: span(
                env,
                "AUTH_STEP_UP_MAX_AGE",
                "10m",
                "How fresh a sign-in must be to make an API token.",
            ),
        };
        if config.ttl > config.max_ttl {
            env.reject(
                "AUTH_API_TOKEN_TTL",
                "is longer than AUTH_API_TOKEN_MAX_TTL",
                "90d",
            );
        }
        config
    }
}

fn span(env: &mut Env, name: &str, default: &str, about: &'static str) -> Duration {
    let span = env.duration(name, default, about);
    if span.is_zero() || span > LONGEST {
        env.reject(name, "must be more than nothing and less than ten years", default);
        return LONGEST;
    }
    span
}

fn count(env: &mut Env, name: &str, about: &'static str) -> u32 {
    let count = env.value(name, "20", about);
    if count == 0 {
        env.reject(name, "must be at least 1", "20");
    }
    count
}

fn providers(env: &mut Env) -> Vec<ProviderConfig> {
    let mut names = env.list(
        "OIDC_PROVIDERS",
        "",
        "Names of the sign-in providers, in the order they are offered.",
    );
    let google_id = env.optional::<String>(
        "GOOGLE_CLIENT_ID",
        "123-abc.apps.googleusercontent.com",
        "The client id at Google; setting it offers the provider `google`.",
    );
    let google_secret = env.secret("GOOGLE_CLIENT_SECRET", "The client secret at Google.");
    // Read under a name that nobody can set, so that the reference table describes every provider.
    by_issuer(env, "<NAME>", false);
    if google_id.is_some() && !names.iter().any(|name| name == "google") {
        names.insert(0, "google".to_owned());
    }
    let mut seen = Vec::new();
    let mut providers = Vec::new();
    for name in names {
        if !is_name(&name) || RESERVED.contains(&name.as_str()) || seen.contains(&name) {
            let fault = format!(
                "holds `{name}`: a name is lower-case letters, digits and hyphens, once, and none of {}",
                RESERVED.join(", ")
            );
            env.reject("OIDC_PROVIDERS", &fault, "google,dev");
            continue;
        }
        seen.push(name.clone());
        if name != "google" {
            providers.push(by_issuer(env, &name, true));
        } else if let Some(client_id) = &google_id {
            providers.push(google(client_id, google_secret.clone()));
        } else {
            env.reject(
                "GOOGLE_CLIENT_ID",
                "must be set",
                "123-abc.apps.googleusercontent.com",
            );
        }
    }
    providers
}

fn google(client_id: &str, client_secret: Option<Secret<String>>) -> ProviderConfig {
    ProviderConfig {
        name: "google".to_owned(),
        label: "Google".to_owned(),
        issuer: GOOGLE.to_owned(),
        client_id: client_id.to_owned(),
        client_secret,
        scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
    }
}

fn by_issuer(env: &mut Env, name: &str, configured: bool) -> ProviderConfig {
    let upper = name.to_ascii_uppercase().replace('-', "_");
    let variable = |end: &str| format!("OIDC_{upper}_{end}");
    let mut must = |end: &str, example: &str, about: &'static str| -> String {
        let value = env.optional(&variable(end), example, about);
        if value.is_none() && configured {
            env.reject(&variable(end), "must be set", example);
        }
        value.unwrap_or_default()
    };
    let issuer = must(
        "ISSUER",
        "https://sign-in.example",
        "The issuer identifier of the provider <NAME>, exactly as its ID tokens carry it.",
    );
    let client_id = must("CLIENT_ID", "infravault", "The client id at the provider <NAME>.");
    if configured && !issuer.is_empty() && !is_acceptable(&issuer) {
        let fault = "must be an https address (http is for loopback only), without query and fragment";
        env.reject(&variable("ISSUER"), fault, "https://sign-in.example");
    }
    let client_secret = env.secret(
        &variable("CLIENT_SECRET"),
        "The client secret at the provider <NAME>.",
    );
    let label = env.value(&variable("LABEL"), name, "What people call the provider <NAME>.");
    let mut scopes: Vec<String> = env
        .value::<String>(
            &variable("SCOPES"),
            "openid email profile",
            "What is asked of the provider <NAME>.",
        )
        .split_ascii_whitespace()
        .map(str::to_owned)
        .collect();
    if !scopes.iter().any(|scope| scope == "openid") {
        scopes.insert(0, "openid".to_owned());
    }
    ProviderConfig {
        name: name.to_owned(),
        label,
        issuer,
        client_id,
        client_secret,
        scopes,
    }
}

fn is_name(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Whether secrets may be sent to this address: over TLS, or to this machine itself.
pub(crate) fn is_acceptable(address: &str) -> bool {
    let Ok(url) = openidconnect::url::Url::parse(address) else {
        return false;
    };
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    plain && is_private_enough(&url)
}

/// Whether nobody on the way can read what is sent there.
pub(crate) fn is_private_enough(url: &openidconnect::url::Url) -> bool {
    use openidconnect::url::Host;
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => address.is_loopback(),
        ("http", Some(Host::Domain(name))) => name == "localhost",
        _ => false,
    }
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
        let faults = env
            .finish()
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        (config, faults)
    }

    #[test]
    fn reads_google_and_any_number_of_others() {
        let (config, faults) = read(&[
            ("OIDC_PROVIDERS", "dev, auth0-eu"),
            ("GOOGLE_CLIENT_ID", "g"),
            ("OIDC_DEV_ISSUER", "http://127.0.0.1:9000"),
            ("OIDC_DEV_CLIENT_ID", "infravault"),
            ("OIDC_DEV_LABEL", "Development"),
            ("OIDC_AUTH0_EU_ISSUER", "https://x.eu.auth0.com/"),
            ("OIDC_AUTH0_EU_CLIENT_ID", "a"),
            ("OIDC_AUTH0_EU_SCOPES", "email"),
        ]);
        assert_eq!(faults, "");
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
    fn refuses_what_cannot_work() {
        let cases: [(&[(&str, &str)], &str); 7] = [
            (&[("OIDC_PROVIDERS", "google")], "GOOGLE_CLIENT_ID must be set"),
            (&[("OIDC_PROVIDERS", "dev")], "OIDC_DEV_ISSUER must be set"),
            (&[("OIDC_PROVIDERS", "sessions")], "holds `sessions`"),
            (&[("OIDC_PROVIDERS", "Dev!")], "holds `Dev!`"),
            (
                &[
                    ("OIDC_PROVIDERS", "dev"),
                    ("OIDC_DEV_ISSUER", "http://sign-in.example"),
                    ("OIDC_DEV_CLIENT_ID", "x"),
                ],
                "OIDC_DEV_ISSUER must be an https address",
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
            let (_, faults) = read(values);
            assert!(faults.contains(part), "{part} is missing in: {faults}");
        }
    }
}
