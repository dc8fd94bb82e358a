//! Settings of image import.
use infravault_kernel::config::Env;
use ipnet::IpNet;
use std::time::Duration;

/// Settings of image import from URLs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether import is enabled.
    pub enabled: bool,
    /// Maximum duration of one import, from the DNS lookup to the last byte.
    pub timeout: Duration,
    /// Allowed ports.
    pub ports: Vec<u16>,
    /// Allowed networks besides public ones.
    pub allowed_networks: Vec<IpNet>,
}

impl Config {
    pub fn from_env(env: &mut Env) -> Self {
        let enabled = env.value(
            "IMPORT_ENABLED",
            "false",
            "Enable `POST /images/from-url`, which imports images from other servers: `true` or `false`.",
        );
        let timeout = env.duration(
            "IMPORT_TIMEOUT",
            "15s",
            "Maximum duration of an import from another server.",
        );
        let ports = env.list(
            "IMPORT_ALLOWED_PORTS",
            "80,443",
            "Ports of other servers that images may be imported from.",
        );
        let networks = env.list(
            "IMPORT_ALLOWED_NETWORKS",
            "",
            "Networks besides public ones that images may be imported from, such as `10.1.0.0/16`.",
        );
        Self {
            enabled,
            timeout,
            ports: parse_all(env, "IMPORT_ALLOWED_PORTS", &ports, "80,443"),
            allowed_networks: parse_all(env, "IMPORT_ALLOWED_NETWORKS", &networks, "10.1.0.0/16"),
        }
    }
}

fn parse_all<T: std::str::FromStr>(env: &mut Env, name: &str, entries: &[String], example: &str) -> Vec<T> {
    let parsed: Vec<T> = entries.iter().filter_map(|entry| entry.parse().ok()).collect();
    if parsed.len() != entries.len() {
        env.reject(name, "has an invalid entry", example);
    }
    parsed
}
