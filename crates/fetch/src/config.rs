//! Whether and from where images are fetched.
use infravault_kernel::config::Env;
use ipnet::IpNet;
use std::time::Duration;

/// Settings of fetching by URL.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether it is done at all.
    pub enabled: bool,
    /// How long one may take, from the look-up to the last byte.
    pub timeout: Duration,
    /// The ports that may be connected to.
    pub ports: Vec<u16>,
    /// Networks that may be reached although they are not public.
    pub allowed_networks: Vec<IpNet>,
}

impl Config {
    /// Reads the settings; faults are noted in `env`.
    pub fn from_env(env: &mut Env) -> Self {
        let enabled = env.value(
            "IMPORT_ENABLED",
            "false",
            "Whether `POST /images/from-url` fetches images from other servers: `true` or `false`.",
        );
        let timeout = env.duration(
            "IMPORT_TIMEOUT",
            "15s",
            "How long fetching an image from another server may take.",
        );
        let ports = env.list(
            "IMPORT_ALLOWED_PORTS",
            "80,443",
            "The ports of other servers that images may be fetched from.",
        );
        let networks = env.list(
            "IMPORT_ALLOWED_NETWORKS",
            "",
            "Networks that images may be fetched from although they are not public, such as `10.1.0.0/16`.",
        );
        Self {
            enabled,
            timeout,
            ports: all(env, "IMPORT_ALLOWED_PORTS", &ports, "80,443"),
            allowed_networks: all(env, "IMPORT_ALLOWED_NETWORKS", &networks, "10.1.0.0/16"),
        }
    }
}

fn all<T: std::str::FromStr>(env: &mut Env, name: &str, words: &[String], example: &str) -> Vec<T> {
    let parsed: Vec<T> = words.iter().filter_map(|word| word.parse().ok()).collect();
    if parsed.len() != words.len() {
        env.reject(name, "has an entry that cannot be read", example);
    }
    parsed
}
