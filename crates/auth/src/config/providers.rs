//! Settings of the identity providers.
use crate::http::is_secure_url;
use infravault_kernel::{Secret, config::Env};
use openidconnect::url::Url;

const GOOGLE_ISSUER: &str = "https://accounts.google.com";
const GOOGLE_CLIENT_ID_EXAMPLE: &str = "123-abc.apps.googleusercontent.com";
const ISSUER_EXAMPLE: &str = "https://sign-in.example";
/// Paths below `/api/v1/auth/` that are not providers.
const RESERVED_NAMES: [&str; 8] = [
    "providers",
    "callback",
    "refresh",
    "logout",
    "logout-all",
    "me",
    "sessions",
    "tokens",
];

/// One identity provider.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// Name in paths: lower-case letters, digits and hyphens.
    pub name: String,
    /// Display name.
    pub label: String,
    /// Issuer identifier, exactly as in the provider's ID tokens.
    pub issuer: String,
    pub client_id: String,
    /// `None` for a public client.
    pub client_secret: Option<Secret<String>>,
    /// Requested scopes, including `openid`.
    pub scopes: Vec<String>,
}

/// Reads `OIDC_PROVIDERS` and the settings of each provider.
pub(super) fn read_providers(env: &mut Env) -> Vec<ProviderConfig> {
    let mut names = env.list(
        "OIDC_PROVIDERS",
        "",
        "Names of the sign-in providers, in display order.",
    );
    let google_id = env.optional::<String>(
        "GOOGLE_CLIENT_ID",
        GOOGLE_CLIENT_ID_EXAMPLE,
        "Client id at Google. Setting it enables the provider `google`.",
    );
    let google_secret = env.secret("GOOGLE_CLIENT_SECRET", "Client secret at Google.");
    // Documents the settings of every provider, under a name that no environment variable can have.
    read_provider(env, "<NAME>", false);
    if google_id.is_some() && !names.iter().any(|name| name == "google") {
        names.insert(0, "google".to_owned());
    }
    let mut providers: Vec<ProviderConfig> = Vec::new();
    let mut seen = Vec::new();
    for name in names {
        if !is_valid_name(&name) || seen.contains(&name) {
            let error = format!(
                "contains `{name}`: names are unique, consist of lower-case letters, digits and hyphens, and are none of {}",
                RESERVED_NAMES.join(", ")
            );
            env.reject("OIDC_PROVIDERS", &error, "google,dev");
            continue;
        }
        seen.push(name.clone());
        if name != "google" {
            providers.push(read_provider(env, &name, true));
        } else if let Some(client_id) = google_id.clone() {
            providers.push(google(client_id, google_secret.clone()));
        } else {
            env.reject("GOOGLE_CLIENT_ID", "must be set", GOOGLE_CLIENT_ID_EXAMPLE);
        }
    }
    providers
}

fn google(client_id: String, client_secret: Option<Secret<String>>) -> ProviderConfig {
    ProviderConfig {
        name: "google".to_owned(),
        label: "Google".to_owned(),
        issuer: GOOGLE_ISSUER.to_owned(),
        client_id,
        client_secret,
        scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
    }
}

/// Reads the settings `OIDC_<NAME>_…`; those without a default must be set if `required`.
fn read_provider(env: &mut Env, name: &str, required: bool) -> ProviderConfig {
    let upper = name.to_ascii_uppercase().replace('-', "_");
    let variable = |end: &str| format!("OIDC_{upper}_{end}");
    let mut read_required = |end: &str, example: &str, about: &'static str| -> String {
        let value = env.optional(&variable(end), example, about);
        if value.is_none() && required {
            env.reject(&variable(end), "must be set", example);
        }
        value.unwrap_or_default()
    };
    let issuer = read_required(
        "ISSUER",
        ISSUER_EXAMPLE,
        "Issuer identifier of the provider <NAME>, exactly as in its ID tokens.",
    );
    let client_id = read_required("CLIENT_ID", "infravault", "Client id at the provider <NAME>.");
    if required && !issuer.is_empty() && !is_valid_issuer(&issuer) {
        let error = "must be an https URL (http only for loopback) without query and fragment";
        env.reject(&variable("ISSUER"), error, ISSUER_EXAMPLE);
    }
    let client_secret = env.secret(
        &variable("CLIENT_SECRET"),
        "Client secret at the provider <NAME>.",
    );
    let label = env.value(&variable("LABEL"), name, "Display name of the provider <NAME>.");
    let scopes: String = env.value(
        &variable("SCOPES"),
        "openid email profile",
        "Scopes requested from the provider <NAME>.",
    );
    let mut scopes: Vec<String> = scopes.split_ascii_whitespace().map(str::to_owned).collect();
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

fn is_valid_name(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !RESERVED_NAMES.contains(&name)
}

fn is_valid_issuer(issuer: &str) -> bool {
    Url::parse(issuer).is_ok_and(|url| {
        let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        plain && is_secure_url(&url)
    })
}
