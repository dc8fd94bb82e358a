//! All settings of the server: its own and those of the contexts.
mod logging;
mod rate_limits;
mod sandbox;
mod server;

pub use logging::{LogConfig, LogFormat};
pub use rate_limits::RateLimitConfig;
pub use server::ServerConfig;

use infravault_kernel::config::{ConfigError, Env, Variable};

/// All settings, read once at start.
#[derive(Clone, Debug)]
pub struct Config {
    pub server: ServerConfig,
    pub rate_limits: RateLimitConfig,
    pub log: LogConfig,
    pub db: infravault_db::Config,
    pub objects: infravault_objects::Config,
    pub auth: infravault_auth::Config,
    pub users: infravault_users::Config,
    pub images: infravault_images::Config,
    pub sandbox: infravault_sandbox::Config,
    pub fetch: infravault_fetch::Config,
    pub jobs: infravault_jobs::Config,
}

impl Config {
    /// Reads the environment of the process. The error lists all invalid variables.
    pub fn from_process() -> Result<Self, ConfigError> {
        let mut env = Env::from_process();
        let config = Self::from_env(&mut env);
        env.finish().map(|()| config)
    }

    /// All variables, for the reference.
    pub fn variables() -> Vec<Variable> {
        let mut env = Env::default();
        Self::from_env(&mut env);
        env.variables().to_vec()
    }

    /// Reads the settings; errors are collected in `env`.
    pub fn from_env(env: &mut Env) -> Self {
        Self {
            server: ServerConfig::from_env(env),
            rate_limits: RateLimitConfig::from_env(env),
            log: LogConfig::from_env(env),
            db: infravault_db::Config::from_env(env),
            objects: infravault_objects::Config::from_env(env),
            auth: infravault_auth::Config::from_env(env),
            users: infravault_users::Config::from_env(env),
            images: infravault_images::Config::from_env(env),
            sandbox: sandbox::from_env(env),
            jobs: infravault_jobs::Config::from_env(env),
            fetch: infravault_fetch::Config::from_env(env),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(values: &[(&str, &str)]) -> String {
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
    fn plain_http_requires_loopback_development_mode() {
        assert!(errors(&[]).contains("PUBLIC_ORIGIN must use https"));
        let dev = ("INFRAVAULT_INSECURE_DEV", "1");
        assert!(!errors(&[dev]).contains("PUBLIC_ORIGIN"));
        assert!(errors(&[dev, ("HTTP_BIND", "0.0.0.0:80")]).contains("HTTP_BIND must be a loopback address"));
        assert!(errors(&[("PUBLIC_ORIGIN", "https://x.example/path")]).contains("PUBLIC_ORIGIN"));
        assert!(errors(&[dev, ("CORS_ORIGINS", "*")]).contains("CORS_ORIGINS"));
    }

    #[test]
    fn variables_are_documented_once() {
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
