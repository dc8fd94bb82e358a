//! Which store, where, and its limits; read from the environment once, at start.
use infravault_kernel::{Secret, config::Env};
use std::{path::PathBuf, str::FromStr, time::Duration};

const EXAMPLE_ENDPOINT: &str = "http://objectstore:9000";
const MUST_BE_SET: &str = "must be set when STORE_BACKEND=s3";

/// The object store's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which store, and where.
    pub store: StoreConfig,
    /// How many bytes all uploads in progress may take in the spool.
    pub spool_budget: u64,
    /// Whether spool files may be files without a name (`O_TMPFILE`). Where the file system cannot make them the
    /// named form is taken by itself; tests turn this off to walk that path.
    pub unnamed_spool: bool,
}

/// Which store, and where.
#[derive(Clone, Debug)]
pub enum StoreConfig {
    /// A folder on this machine.
    Fs(FsConfig),
    /// An S3-compatible store.
    S3(S3Config),
}

/// A folder as a store.
#[derive(Clone, Debug)]
pub struct FsConfig {
    /// The folder; it is made where it does not exist.
    pub dir: PathBuf,
    /// With fewer free bytes on its file system the store counts as not ready.
    pub min_free: u64,
}

/// An S3-compatible store.
#[derive(Clone, Debug)]
pub struct S3Config {
    /// Where this process reaches the store: scheme, host and port.
    pub endpoint: String,
    /// Where browsers reach it; without it no URL is signed for them.
    pub public_endpoint: Option<String>,
    /// The region that signatures name.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// The access key.
    pub access_key: String,
    /// The secret key.
    pub secret_key: Secret<String>,
    /// Whether the bucket is part of the path instead of the host name.
    pub path_style: bool,
    /// Where uploads wait before they are stored.
    pub spool_dir: PathBuf,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long nothing may move while a request runs.
    pub idle_timeout: Duration,
    /// Until when after the first one a request is tried again.
    pub retry_window: Duration,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Backend {
    #[default]
    Fs,
    S3,
}

impl FromStr for Backend {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "fs" => Ok(Self::Fs),
            "s3" => Ok(Self::S3),
            _ => Err("expected fs or s3"),
        }
    }
}

impl Config {
    /// Reads the variables of the store. What only an S3 store needs is a fault only with `STORE_BACKEND=s3`.
    pub fn from_env(env: &mut Env) -> Self {
        let backend = env.value::<Backend>(
            "STORE_BACKEND",
            "fs",
            "Where bytes are kept: `fs` (a folder) or `s3` (an S3-compatible store).",
        );
        let fs = FsConfig::from_env(env);
        let spool_budget = env.bytes(
            "SPOOL_MAX_BYTES",
            "2GiB",
            "How many bytes all uploads in progress may take on disk; beyond it uploads get 503.",
        );
        if spool_budget == 0 {
            env.reject("SPOOL_MAX_BYTES", "must not be zero", "2GiB");
        }
        let s3 = S3Config::from_env(env, backend == Backend::S3);
        Self {
            store: match backend {
                Backend::Fs => StoreConfig::Fs(fs),
                Backend::S3 => StoreConfig::S3(s3),
            },
            spool_budget,
            unnamed_spool: true,
        }
    }
}

impl FsConfig {
    fn from_env(env: &mut Env) -> Self {
        Self {
            dir: env.value(
                "STORE_DIR",
                "./data/objects",
                "The folder of the `fs` store; uploads in progress lie in its subfolder `spool`.",
            ),
            min_free: env.bytes(
                "STORE_MIN_FREE_BYTES",
                "256MiB",
                "With fewer free bytes in the `fs` store's file system the server is not ready.",
            ),
        }
    }
}

impl S3Config {
    fn from_env(env: &mut Env, wanted: bool) -> Self {
        let endpoint = origin(
            env,
            wanted,
            "S3_ENDPOINT",
            "Where this server reaches the S3 store: scheme, host and port. Must be set with `STORE_BACKEND=s3`.",
        );
        let public_endpoint = origin(
            env,
            wanted,
            "S3_PUBLIC_ENDPOINT",
            "Where browsers reach the S3 store: signed uploads go straight there, and through this server without it. Downloads always go through this server.",
        );
        let (access_key, secret_key) = keys(env, wanted);
        if wanted && endpoint.is_none() {
            env.reject("S3_ENDPOINT", MUST_BE_SET, EXAMPLE_ENDPOINT);
        }
        Self {
            endpoint: endpoint.unwrap_or_default(),
            public_endpoint,
            access_key,
            secret_key,
            region: env.value("S3_REGION", "us-east-1", "The region of the S3 store."),
            bucket: env.value(
                "S3_BUCKET",
                "infravault",
                "The bucket; it is made where it does not exist.",
            ),
            path_style: env.value(
                "S3_PATH_STYLE",
                "true",
                "Whether the bucket is part of the path (`true`) or of the host name (`false`).",
            ),
            spool_dir: env
                .optional(
                    "SPOOL_DIR",
                    "/var/spool/infravault",
                    "Where uploads wait before they go to the S3 store; the system's temporary folder by default.",
                )
                .unwrap_or_else(std::env::temp_dir),
            connect_timeout: env.duration(
                "S3_CONNECT_TIMEOUT",
                "2s",
                "How long connecting to the S3 store may take.",
            ),
            idle_timeout: env.duration(
                "S3_IDLE_TIMEOUT",
                "5s",
                "How long nothing may move while a request to the S3 store runs.",
            ),
            retry_window: env.duration(
                "S3_RETRY_WINDOW",
                "20s",
                "How long after its first try a request to the S3 store may be tried again, at most twice.",
            ),
        }
    }
}

fn origin(env: &mut Env, wanted: bool, name: &str, about: &'static str) -> Option<String> {
    let value = env.optional::<String>(name, EXAMPLE_ENDPOINT, about)?;
    if wanted && !is_origin(&value) {
        env.reject(
            name,
            "must be http:// or https:// with a host and no path",
            EXAMPLE_ENDPOINT,
        );
    }
    Some(value.trim_end_matches('/').to_owned())
}

fn keys(env: &mut Env, wanted: bool) -> (String, Secret<String>) {
    let access_key = env.optional::<String>(
        "S3_ACCESS_KEY",
        "infravault",
        "The access key of the S3 store. Must be set with `STORE_BACKEND=s3`.",
    );
    if wanted && access_key.is_none() {
        env.reject("S3_ACCESS_KEY", MUST_BE_SET, "infravault");
    }
    let secret_key = env.secret(
        "S3_SECRET_KEY",
        "The secret key of the S3 store. Must be set with `STORE_BACKEND=s3`.",
    );
    if wanted && secret_key.is_none() {
        env.reject("S3_SECRET_KEY", MUST_BE_SET, "a-long-random-secret");
    }
    (access_key.unwrap_or_default(), secret_key.unwrap_or_default())
}

fn is_origin(text: &str) -> bool {
    reqwest::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.path() == "/"
            && url.query().is_none()
            && url.username().is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[(&str, &str)]) -> (Config, Result<(), String>) {
        let mut env: Env = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let config = Config::from_env(&mut env);
        (config, env.finish().map_err(|error| error.to_string()))
    }

    #[test]
    fn the_default_is_a_folder() {
        let (config, outcome) = read(&[]);
        assert_eq!(outcome, Ok(()));
        assert_eq!(config.spool_budget, 2 << 30);
        let StoreConfig::Fs(fs) = config.store else {
            panic!("expected a folder")
        };
        assert_eq!(fs.dir, PathBuf::from("./data/objects"));
    }

    #[test]
    fn an_s3_store_names_everything_it_lacks() {
        let faults = read(&[("STORE_BACKEND", "s3")]).1.unwrap_err();
        for part in [
            "3 error",
            "S3_ENDPOINT must be set",
            "S3_ACCESS_KEY must be set",
            "S3_SECRET_KEY must be set",
        ] {
            assert!(faults.contains(part), "{part} is missing in: {faults}");
        }
        let good = [
            ("STORE_BACKEND", "s3"),
            ("S3_ENDPOINT", "http://127.0.0.1:9000/"),
            ("S3_ACCESS_KEY", "key"),
            ("S3_SECRET_KEY", "hunter2"),
        ];
        let (config, outcome) = read(&good);
        assert_eq!(outcome, Ok(()));
        assert!(!format!("{config:?}").contains("hunter2"));
        let StoreConfig::S3(s3) = config.store else {
            panic!("expected S3")
        };
        assert_eq!(
            (s3.endpoint.as_str(), s3.path_style),
            ("http://127.0.0.1:9000", true)
        );
    }

    #[test]
    fn bad_values_are_faults() {
        for (name, value) in [
            ("STORE_BACKEND", "ftp"),
            ("SPOOL_MAX_BYTES", "0"),
            ("S3_ENDPOINT", "localhost:9000"),
            ("S3_PUBLIC_ENDPOINT", "https://host/path"),
        ] {
            let mut values = vec![
                ("STORE_BACKEND", "s3"),
                ("S3_ENDPOINT", "http://h:1"),
                ("S3_ACCESS_KEY", "key"),
                ("S3_SECRET_KEY", "secret"),
            ];
            values.retain(|(known, _)| *known != name);
            values.push((name, value));
            let faults = read(&values).1.unwrap_err();
            assert!(
                faults.contains("1 error") && faults.contains(name),
                "{name}: {faults}"
            );
        }
    }
}
