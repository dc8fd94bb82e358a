//! Every setting of the server: its own and the sum of the contexts'.
use infravault_kernel::config::{ConfigError, Env, Variable};
use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
    time::Duration,
};

/// All settings, read once at start.
#[derive(Clone, Debug)]
pub struct Config {
    /// The HTTP server.
    pub server: Server,
    /// Limits per caller.
    pub rates: Rates,
    /// Logs.
    pub log: Log,
    /// PostgreSQL.
    pub db: infravault_db::Config,
    /// The object store.
    pub objects: infravault_objects::Config,
    /// Sign-in.
    pub auth: infravault_auth::Config,
    /// Accounts.
    pub users: infravault_users::Config,
    /// Images.
    pub images: infravault_images::Config,
    /// The processes that decode them.
    pub sandbox: infravault_sandbox::Config,
    /// Fetching images from other servers.
    pub fetch: infravault_fetch::Config,
    /// Background jobs.
    pub jobs: infravault_jobs::Config,
}

/// Settings of the HTTP server.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where it listens.
    pub bind: SocketAddr,
    /// The scheme, host and port that browsers use; links and redirects are made of it, never of the request.
    pub public_origin: String,
    /// Other host names that are answered for.
    pub allowed_hosts: Vec<String>,
    /// Origins whose pages may call this API with cookies.
    pub cors_origins: Vec<String>,
    /// Proxies whose forwarding headers count.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether cookies work over plain HTTP; loopback only.
    pub insecure_dev: bool,
    /// Threads that answer requests.
    pub workers: usize,
    /// A client that takes nothing of its answer for so long is cut off.
    pub stall_timeout: Duration,
    /// How long requests under way may take after the signal to stop.
    pub shutdown_timeout: Duration,
    /// How long it stays up, not ready, before it stops taking connections.
    pub shutdown_delay: Duration,
    /// Whether Swagger UI is served at `/docs`.
    pub docs_ui: bool,
}

/// Requests per minute; 0 is no limit.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Per address, nobody signed in.
    pub anonymous: u32,
    /// Per account or token.
    pub person: u32,
    /// Uploads per account or token.
    pub upload: u32,
    /// Renditions by name, per account, token or address.
    pub rendition: u32,
    /// Sign-ins per address.
    pub sign_in: u32,
}

/// Settings of the log.
#[derive(Clone, Debug)]
pub struct Log {
    /// JSON lines or text for a terminal.
    pub format: LogFormat,
    /// The least severe level that is written.
    pub level: slog::Level,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    #[default]
    Json,
    /// For people.
    Terminal,
}

impl FromStr for LogFormat {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "json" => Ok(Self::Json),
            "terminal" => Ok(Self::Terminal),
            _ => Err("must be json or terminal"),
        }
    }
}

#[derive(Clone, Copy)]
struct Level(slog::Level);

impl Default for Level {
    fn default() -> Self {
        Self(slog::Level::Info)
    }
}

impl FromStr for Level {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse()
            .map(Self)
            .map_err(|()| "must be one of error, warning, info, debug, trace")
    }
}

#[derive(Clone, Copy)]
struct Bind(SocketAddr);

impl Default for Bind {
    fn default() -> Self {
        Self(SocketAddr::from(([127, 0, 0, 1], 8080)))
    }
}

impl FromStr for Bind {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse()
            .map(Self)
            .map_err(|_| "must be an address and a port")
    }
}

impl Config {
    /// Reads the process's environment; the error names every variable that will not do.
    pub fn from_process() -> Result<Self, ConfigError> {
        let mut env = Env::of_process();
        let config = Self::from_env(&mut env);
        env.finish().map(|()| config)
    }

    /// Every variable there is, for the reference.
    pub fn variables() -> Vec<Variable> {
        let mut env = Env::default();
        Self::from_env(&mut env);
        env.variables().to_vec()
    }

    /// Reads the settings.
    pub fn from_env(env: &mut Env) -> Self {
        Self {
            server: Server::from_env(env),
            rates: Rates::from_env(env),
            log: Log {
                format: env.or(
                    "LOG_FORMAT",
                    "json",
                    "`json` for machines or `terminal` for people.",
                ),
                level: env
                    .or::<Level>("LOG_LEVEL", "info", "error, warning, info, debug or trace.")
                    .0,
            },
            db: infravault_db::Config::from_env(env),
            objects: infravault_objects::Config::from_env(env),
            auth: infravault_auth::Config::from_env(env),
            users: infravault_users::Config::from_env(env),
            images: infravault_images::Config::from_env(env),
            sandbox: sandbox(env),
            jobs: infravault_jobs::Config::from_env(env),
            fetch: infravault_fetch::Config::from_env(env),
        }
    }
}

fn sandbox(env: &mut Env) -> infravault_sandbox::Config {
    let sandbox = infravault_sandbox::Config {
        children: env.or(
            "SANDBOX_WORKERS",
            "0",
            "Processes that decode images; 0 is one per core. One more makes AVIF.",
        ),
        queue: env.or(
            "SANDBOX_QUEUE_SIZE",
            "64",
            "Orders that may wait for such a process; what comes then is answered 503.",
        ),
        memory_bytes: env.bytes(
            "SANDBOX_MEMORY",
            "1GiB",
            "Most memory of such a process, on top of the program's own.",
        ),
        cpu: env.duration("SANDBOX_CPU_TIME", "10s", "Most processor time for one image."),
        wall: env.duration(
            "SANDBOX_TIMEOUT",
            "15s",
            "Most time for one image by the clock; AVIF may take four times as long.",
        ),
        ..infravault_sandbox::Config::default()
    };
    if sandbox.queue == 0 || sandbox.cpu.is_zero() || sandbox.wall.is_zero() {
        env.fault(
            "SANDBOX_QUEUE_SIZE",
            "and SANDBOX_CPU_TIME and SANDBOX_TIMEOUT must not be zero",
            "64",
        );
    }
    sandbox
}

impl Server {
    fn from_env(env: &mut Env) -> Self {
        let server = Self {
            bind: env
                .or::<Bind>(
                    "HTTP_BIND",
                    "127.0.0.1:8080",
                    "The address and port to listen on.",
                )
                .0,
            public_origin: env.or(
                "PUBLIC_ORIGIN",
                "http://127.0.0.1:8080",
                "The scheme, host and port that browsers use; links and redirects are made of it.",
            ),
            allowed_hosts: env.list(
                "HTTP_ALLOWED_HOSTS",
                "",
                "Other host names that are answered for, with their port.",
            ),
            cors_origins: env.list(
                "CORS_ORIGINS",
                "",
                "Origins whose pages may call this API with cookies.",
            ),
            trusted_proxies: trusted_proxies(env),
            insecure_dev: flag(
                env,
                "INFRAVAULT_INSECURE_DEV",
                "Cookies over plain HTTP; on loopback only.",
            ),
            workers: env.or(
                "HTTP_WORKERS",
                "0",
                "Threads that answer requests; 0 is one per core.",
            ),
            stall_timeout: env.duration(
                "HTTP_STALL_TIMEOUT",
                "20s",
                "A client that takes nothing of its answer for so long is cut off.",
            ),
            shutdown_timeout: env.duration(
                "SHUTDOWN_TIMEOUT",
                "30s",
                "How long requests under way may still take.",
            ),
            shutdown_delay: env.duration(
                "SHUTDOWN_DELAY",
                "0s",
                "How long it stays up, not ready, before stopping.",
            ),
            docs_ui: flag_or(
                env,
                "DOCS_ENABLED",
                "true",
                "Whether Swagger UI is served at /docs.",
            ),
        };
        server.check(env);
        server
    }

    fn check(&self, env: &mut Env) {
        let origin = url::Url::parse(&self.public_origin).ok();
        let plain = origin.as_ref().is_some_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.origin().ascii_serialization() == self.public_origin
        });
        if !plain {
            env.fault(
                "PUBLIC_ORIGIN",
                "must be a scheme, a host and perhaps a port, nothing else",
                "https://images.example",
            );
        } else if self.public_origin.starts_with("http:") && !self.insecure_dev {
            env.fault(
                "PUBLIC_ORIGIN",
                "must be https, because browsers refuse our cookies over plain http (set INFRAVAULT_INSECURE_DEV=1 to develop on loopback)",
                "https://images.example",
            );
        }
        if self.insecure_dev && !self.bind.ip().is_loopback() {
            env.fault(
                "HTTP_BIND",
                "must be a loopback address while INFRAVAULT_INSECURE_DEV is set",
                "127.0.0.1:8080",
            );
        }
        for origin in &self.cors_origins {
            let fits = url::Url::parse(origin).is_ok_and(|url| url.origin().ascii_serialization() == *origin);
            if !fits {
                env.fault(
                    "CORS_ORIGINS",
                    &format!("holds `{origin}`, which is no origin"),
                    "https://app.example",
                );
            }
        }
    }
}

impl Rates {
    fn from_env(env: &mut Env) -> Self {
        Self {
            anonymous: env.or(
                "RATE_LIMIT_ANONYMOUS",
                "600",
                "Requests per minute and address of nobody; 0 is no limit.",
            ),
            person: env.or(
                "RATE_LIMIT_ACCOUNT",
                "1200",
                "Requests per minute and account or token; 0 is no limit.",
            ),
            upload: env.or(
                "RATE_LIMIT_UPLOAD",
                "120",
                "Uploads per minute and account or token; 0 is no limit.",
            ),
            rendition: env.or(
                "RATE_LIMIT_RENDITION",
                "6000",
                "Renditions by name per minute and caller, which a page shows many of; 0 is no limit.",
            ),
            sign_in: env.or(
                "RATE_LIMIT_SIGN_IN",
                "20",
                "Sign-ins per minute and address; 0 is no limit.",
            ),
        }
    }

    /// No limits at all.
    pub fn off() -> Self {
        Self {
            anonymous: 0,
            person: 0,
            upload: 0,
            rendition: 0,
            sign_in: 0,
        }
    }
}

fn flag(env: &mut Env, name: &str, about: &'static str) -> bool {
    flag_or(env, name, "false", about)
}

fn flag_or(env: &mut Env, name: &str, default: &str, about: &'static str) -> bool {
    let text: String = env.or(name, default, about);
    match text.as_str() {
        "1" | "true" => true,
        "0" | "false" => false,
        _ => {
            env.fault(
                name,
                &format!("is `{text}`, which is neither true nor false"),
                "true",
            );
            false
        }
    }
}

fn trusted_proxies(env: &mut Env) -> Vec<IpAddr> {
    let texts = env.list(
        "TRUSTED_PROXIES",
        "",
        "Addresses of proxies whose X-Forwarded-For counts.",
    );
    let mut proxies = Vec::new();
    for text in texts {
        match text.parse() {
            Ok(proxy) => proxies.push(proxy),
            Err(_) => env.fault(
                "TRUSTED_PROXIES",
                &format!("holds `{text}`, which is no IP address"),
                "10.0.0.2",
            ),
        }
    }
    proxies
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(values: &[(&str, &str)]) -> String {
        let mut env: Env = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Config::from_env(&mut env);
        env.finish()
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn plain_http_is_for_loopback_development_only() {
        assert!(faults(&[]).contains("PUBLIC_ORIGIN must be https"));
        let dev = ("INFRAVAULT_INSECURE_DEV", "1");
        assert!(!faults(&[dev]).contains("PUBLIC_ORIGIN"));
        assert!(faults(&[dev, ("HTTP_BIND", "0.0.0.0:80")]).contains("HTTP_BIND must be a loopback address"));
        assert!(faults(&[("PUBLIC_ORIGIN", "https://x.example/path")]).contains("PUBLIC_ORIGIN"));
        assert!(faults(&[dev, ("CORS_ORIGINS", "*")]).contains("CORS_ORIGINS"));
    }

    #[test]
    fn every_variable_is_documented_once() {
        let mut names: Vec<String> = Config::variables()
            .into_iter()
            .map(|variable| variable.name)
            .collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
