//! Settings of the PostgreSQL connections.
use infravault_kernel::{Secret, config::Env};
use std::{path::PathBuf, time::Duration};

/// Settings of the database connections.
#[derive(Clone, Debug)]
pub struct Config {
    /// The connection URL. Its login owns the schemas, runs the migrations and is a member of the three roles.
    pub url: Secret<String>,
    /// Maximum number of connections for requests of users.
    pub max_conns: usize,
    /// Number of connections that are opened at start and kept.
    pub min_conns: usize,
    /// Maximum number of connections for sign-in and background work.
    pub worker_conns: usize,
    /// Number of connections that anonymous reads share through pipelining.
    pub anon_conns: usize,
    /// Maximum age of a connection.
    pub max_lifetime: Duration,
    /// Maximum idle time of a connection.
    pub max_idle: Duration,
    /// Maximum time that a request waits for a connection.
    pub acquire_timeout: Duration,
    /// Maximum duration of one statement.
    pub statement_timeout: Duration,
    /// Whether `serve` applies migrations at start.
    pub migrate_on_start: bool,
    /// The folder of `pg_dump` and `pg_restore`; detected by default.
    pub pg_bin: Option<PathBuf>,
}

impl Config {
    /// Reads the settings.
    #[expect(clippy::too_many_lines, reason = "a list of settings, one after the other")]
    pub fn from_env(env: &mut Env) -> Self {
        let url = env.secret(
            "DATABASE_URL",
            "PostgreSQL connection string: a URL or `key=value` pairs.",
        );
        let config = Self {
            url: url.clone().unwrap_or_default(),
            max_conns: env.value(
                "DB_MAX_CONNS",
                "25",
                "Maximum number of connections for requests of users.",
            ),
            min_conns: env.value(
                "DB_MIN_CONNS",
                "5",
                "Number of connections that are opened at start.",
            ),
            worker_conns: env.value(
                "DB_WORKER_MAX_CONNS",
                "4",
                "Maximum number of connections for sign-in and background work.",
            ),
            anon_conns: env.value(
                "DB_ANONYMOUS_CONNS",
                "2",
                "Number of connections that anonymous reads share.",
            ),
            max_lifetime: env.duration("DB_MAX_CONN_LIFETIME", "1h", "Maximum age of a connection."),
            max_idle: env.duration(
                "DB_MAX_CONN_IDLE_TIME",
                "30m",
                "Maximum idle time of a connection.",
            ),
            acquire_timeout: env.duration(
                "DB_ACQUIRE_TIMEOUT",
                "2s",
                "Maximum time that a request waits for a connection.",
            ),
            statement_timeout: env.duration(
                "DB_STATEMENT_TIMEOUT",
                "5s",
                "Maximum duration of one statement.",
            ),
            migrate_on_start: env.value(
                "DB_MIGRATE_ON_START",
                "false",
                "Apply migrations when `serve` starts.",
            ),
            pg_bin: env.optional(
                "DB_BIN_DIR",
                "/usr/lib/postgresql/18/bin",
                "The folder of `pg_dump` and `pg_restore`, for `backup` and `restore`. Detected by default.",
            ),
        };
        let example = "postgres://infravault:secret@localhost/infravault";
        match &url {
            None => env.reject("DATABASE_URL", "must be set", example),
            Some(url) if url.expose().parse::<tokio_postgres::Config>().is_err() => {
                env.reject(
                    "DATABASE_URL",
                    "is not a PostgreSQL connection string (the value is not shown)",
                    example,
                );
            }
            Some(_) => {}
        }
        for (name, count) in [
            ("DB_MAX_CONNS", config.max_conns),
            ("DB_WORKER_MAX_CONNS", config.worker_conns),
            ("DB_ANONYMOUS_CONNS", config.anon_conns),
        ] {
            if count == 0 {
                env.reject(name, "must be at least 1", "4");
            }
        }
        config
    }
}
