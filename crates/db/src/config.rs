//! Where PostgreSQL is and how many connections may be used.
use infravault_kernel::{Secret, config::Env};
use std::{path::PathBuf, time::Duration};

/// Settings of the database connections.
#[derive(Clone, Debug)]
pub struct Config {
    /// The connection URL. Its login owns the schema, migrates, and is a member of the three roles.
    pub url: Secret<String>,
    /// Most connections for people's requests.
    pub max_conns: usize,
    /// Connections made at start and kept.
    pub min_conns: usize,
    /// Most connections for sign-in and background work.
    pub worker_conns: usize,
    /// Connections that anonymous reads share, pipelined.
    pub anon_conns: usize,
    /// A connection older than this is replaced.
    pub max_lifetime: Duration,
    /// A connection unused for this long is closed.
    pub max_idle: Duration,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long one statement may run.
    pub statement_timeout: Duration,
    /// Whether `serve` migrates when it starts.
    pub migrate_on_start: bool,
    /// The folder of `pg_dump` and `pg_restore`, where they are not found by themselves.
    pub pg_bin: Option<PathBuf>,
}

impl Config {
    /// Reads the settings.
    #[expect(clippy::too_many_lines, reason = "a list of settings, one after the other")]
    pub fn from_env(env: &mut Env) -> Self {
        let url = env.secret(
            "DATABASE_URL",
            "PostgreSQL's address, as a URL or as `key=value` words.",
        );
        let config = Self {
            url: url.clone().unwrap_or_default(),
            max_conns: env.or("DB_MAX_CONNS", "25", "Most connections for people's requests."),
            min_conns: env.or("DB_MIN_CONNS", "5", "Connections that are made at start."),
            worker_conns: env.or(
                "DB_WORKER_MAX_CONNS",
                "4",
                "Most connections for sign-in and background work.",
            ),
            anon_conns: env.or(
                "DB_ANONYMOUS_CONNS",
                "2",
                "Connections that all anonymous reads share.",
            ),
            max_lifetime: env.duration("DB_MAX_CONN_LIFETIME", "1h", "An older connection is replaced."),
            max_idle: env.duration(
                "DB_MAX_CONN_IDLE_TIME",
                "30m",
                "A connection unused for so long is closed.",
            ),
            acquire_timeout: env.duration(
                "DB_ACQUIRE_TIMEOUT",
                "2s",
                "How long a request waits for a connection.",
            ),
            statement_timeout: env.duration("DB_STATEMENT_TIMEOUT", "5s", "How long one statement may run."),
            migrate_on_start: env.or(
                "DB_MIGRATE_ON_START",
                "false",
                "Whether `serve` migrates when it starts.",
            ),
            pg_bin: env.optional(
                "DB_BIN_DIR",
                "/usr/lib/postgresql/18/bin",
                "The folder of `pg_dump` and `pg_restore`, for `backup` and `restore`; looked for by default.",
            ),
        };
        let example = "postgres://infravault:secret@localhost/infravault";
        match &url {
            None => env.fault("DATABASE_URL", "must be set", example),
            Some(url) if url.expose().parse::<tokio_postgres::Config>().is_err() => {
                env.fault(
                    "DATABASE_URL",
                    "is no PostgreSQL address (its value is not shown)",
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
                env.fault(name, "must be at least 1", "4");
            }
        }
        config
    }
}
