//! Settings of the HTTP server.
use infravault_kernel::config::Env;
use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
    time::Duration,
};

#[derive(Clone, Debug)]
pub struct ServerConfig {
    pub bind: SocketAddr,
    /// Scheme, host and port that browsers use. Links and redirects are built from it, never from the request.
    pub public_origin: String,
    pub allowed_hosts: Vec<String>,
    pub cors_origins: Vec<String>,
    pub trusted_proxies: Vec<IpAddr>,
    /// Accept cookies over plain HTTP; requires a loopback address.
    pub insecure_dev: bool,
    pub workers: usize,
    pub stall_timeout: Duration,
    pub shutdown_timeout: Duration,
    pub shutdown_delay: Duration,
    pub docs_ui: bool,
}

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
            .map_err(|_| "expected an IP address and a port")
    }
}

#[derive(Default)]
struct Flag(bool);

impl FromStr for Flag {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "1" | "true" => Ok(Self(true)),
            "0" | "false" => Ok(Self(false)),
            _ => Err("expected true or false"),
        }
    }
}

impl ServerConfig {
    pub(super) fn from_env(env: &mut Env) -> Self {
        let config = Self {
            bind: env.value::<Bind>("HTTP_BIND", "127.0.0.1:8080", "IP address and port to listen on.")
                .0,
            public_origin: env.value(
                "PUBLIC_ORIGIN",
                "http://127.0.0.1:8080",
                "Scheme, host and port that browsers use. Links and redirects are built from it.",
            ),
            allowed_hosts: env.list(
                "HTTP_ALLOWED_HOSTS",
                "",
                "Additional accepted values of the `Host` header, with port, separated by commas.",
            ),
            cors_origins: env.list(
                "CORS_ORIGINS",
                "",
                "Origins whose pages may call the API with cookies, separated by commas.",
            ),
            trusted_proxies: read_trusted_proxies(env),
            insecure_dev: env.value::<Flag>(
                    "INFRAVAULT_INSECURE_DEV",
                    "false",
                    "Accept cookies over plain HTTP. For development; requires a loopback address.",
                )
                .0,
            workers: env.value(
                "HTTP_WORKERS",
                "0",
                "Number of threads that handle requests; 0 means one per core.",
            ),
            stall_timeout: env.duration(
                "HTTP_STALL_TIMEOUT",
                "20s",
                "Close a connection when the client receives nothing of the response for this long.",
            ),
            shutdown_timeout: env.duration(
                "SHUTDOWN_TIMEOUT",
                "30s",
                "Maximum time for requests in progress after a stop signal.",
            ),
            shutdown_delay: env.duration(
                "SHUTDOWN_DELAY",
                "0s",
                "Time between a stop signal and the end of accepting connections. The server is not ready during it.",
            ),
            docs_ui: env.value::<Flag>("DOCS_ENABLED", "true", "Serve Swagger UI at `/docs`.")
                .0,
        };
        config.check(env);
        config
    }

    fn check(&self, env: &mut Env) {
        let example = "https://images.example";
        if !is_origin(&self.public_origin) {
            let error = "must consist of a scheme (http or https), a host and an optional port";
            env.reject("PUBLIC_ORIGIN", error, example);
        } else if self.public_origin.starts_with("http:") && !self.insecure_dev {
            let error = "must use https, because browsers reject secure cookies over plain HTTP (for development on \
                         loopback, set INFRAVAULT_INSECURE_DEV=1)";
            env.reject("PUBLIC_ORIGIN", error, example);
        }
        if self.insecure_dev && !self.bind.ip().is_loopback() {
            let error = "must be a loopback address if INFRAVAULT_INSECURE_DEV is set";
            env.reject("HTTP_BIND", error, "127.0.0.1:8080");
        }
        for origin in self.cors_origins.iter().filter(|origin| !is_origin(origin)) {
            let error = format!("contains `{origin}`, which is not an origin");
            env.reject("CORS_ORIGINS", &error, "https://app.example");
        }
    }
}

fn is_origin(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
    })
}

fn read_trusted_proxies(env: &mut Env) -> Vec<IpAddr> {
    let addresses = env.list(
        "TRUSTED_PROXIES",
        "",
        "IP addresses of proxies whose `X-Forwarded-For` and `X-Request-Id` are trusted, separated by commas.",
    );
    let mut proxies = Vec::new();
    for address in addresses {
        if let Ok(proxy) = address.parse() {
            proxies.push(proxy);
        } else {
            let error = format!("contains `{address}`, which is not an IP address");
            env.reject("TRUSTED_PROXIES", &error, "10.0.0.2");
        }
    }
    proxies
}
