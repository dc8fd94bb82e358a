//! Settings of the object store.
use infravault_kernel::{Secret, config::Env};
use std::{path::PathBuf, str::FromStr, time::Duration};

const EXAMPLE_ENDPOINT: &str = "http://objectstore:9000";
const MUST_BE_SET: &str = "must be set when STORE_BACKEND=s3";

/// The settings of the object store.
#[derive(Clone, Debug)]
pub struct Config {
    /// The backend.
    pub store: StoreConfig,
    /// Maximum number of bytes of all uploads in the spool.
    pub spool_budget: u64,
    /// Whether spool files may be unnamed (`O_TMPFILE`). File systems without support fall back to named files; tests
    /// disable this to cover the fallback.
    pub unnamed_spool: bool,
}

/// The backend and its settings.
#[derive(Clone, Debug)]
pub enum StoreConfig {
    /// A folder on this machine.
    Fs(FsConfig),
    /// An S3-compatible store.
    S3(S3Config),
}

/// The settings of a folder store.
#[derive(Clone, Debug)]
pub struct FsConfig {
    /// The folder; created if missing.
    pub dir: PathBuf,
    /// Minimum number of free bytes on the file system. With less, the store is not ready.
    pub min_free: u64,
}

/// The settings of an S3-compatible store.
#[derive(Clone, Debug)]
pub struct S3Config {
    /// The endpoint for this process: scheme, host and port.
    pub endpoint: String,
    /// The endpoint for browsers. Without it, no URL is presigned.
    pub public_endpoint: Option<String>,
    /// The region.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// The access key.
    pub access_key: String,
    /// The secret key.
    pub secret_key: Secret<String>,
    /// Whether the bucket is part of the path instead of the host name.
    pub path_style: bool,
    /// The folder for uploads before they are stored.
    pub spool_dir: PathBuf,
    /// Connect timeout.
    pub connect_timeout: Duration,
    /// Idle timeout of a request.
    pub idle_timeout: Duration,
    /// Time after the first attempt in which a request may be retried.
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
    /// Reads the settings. Variables of the S3 store are required only with `STORE_BACKEND=s3`.
    pub fn from_env(env: &mut Env) -> Self {
        let backend = env.value::<Backend>(
            "STORE_BACKEND",
            "fs",
            "The object store: `fs` (a folder) or `s3` (an S3-compatible store).",
        );
        let fs = FsConfig::from_env(env);
        let spool_budget = env.bytes(
            "SPOOL_MAX_BYTES",
            "2GiB",
            "Maximum number of bytes of all uploads in progress on disk. Further uploads get 503.",
        );
        if spool_budget == 0 {
            env.reject("SPOOL_MAX_BYTES", "must not be 0", "2GiB");
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
                "The folder of the `fs` store. Uploads in progress are in its subfolder `spool`.",
            ),
            min_free: env.bytes(
                "STORE_MIN_FREE_BYTES",
                "256MiB",
                "Minimum free space on the file system of the `fs` store. With less, the server is not ready.",
            ),
        }
    }
}

impl S3Config {
    fn from_env(env: &mut Env, required: bool) -> Self {
        let endpoint = read_origin(
            env,
            required,
            "S3_ENDPOINT",
            "The endpoint of the S3 store for this server: scheme, host and port. Required with `STORE_BACKEND=s3`.",
        );
        let public_endpoint = read_origin(
            env,
            required,
            "S3_PUBLIC_ENDPOINT",
            "The endpoint of the S3 store for browsers. If set, presigned uploads go directly to the store. Downloads always go through this server.",
        );
        let (access_key, secret_key) = read_keys(env, required);
        if required && endpoint.is_none() {
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
                "The bucket. Created if missing.",
            ),
            path_style: env.value(
                "S3_PATH_STYLE",
                "true",
                "Use the bucket as part of the path (`true`) or of the host name (`false`).",
            ),
            spool_dir: env
                .optional(
                    "SPOOL_DIR",
                    "/var/spool/infravault",
                    "The folder for uploads before they go to the S3 store. Default: the system's temporary folder.",
                )
                .unwrap_or_else(std::env::temp_dir),
            connect_timeout: env.duration(
                "S3_CONNECT_TIMEOUT",
                "2s",
                "Connect timeout of the S3 store.",
            ),
            idle_timeout: env.duration(
                "S3_IDLE_TIMEOUT",
                "5s",
                "Idle timeout of a request to the S3 store.",
            ),
            retry_window: env.duration(
                "S3_RETRY_WINDOW",
                "20s",
                "Time after the first attempt in which a request to the S3 store may be retried, at most twice.",
            ),
        }
    }
}

fn read_origin(env: &mut Env, required: bool, name: &str, about: &'static str) -> Option<String> {
    let value = env.optional::<String>(name, EXAMPLE_ENDPOINT, about)?;
    if required && !is_origin(&value) {
        env.reject(
            name,
            "must be http:// or https:// with a host and no path",
            EXAMPLE_ENDPOINT,
        );
    }
    Some(value.trim_end_matches('/').to_owned())
}

fn read_keys(env: &mut Env, required: bool) -> (String, Secret<String>) {
    let access_key = env.optional::<String>(
        "S3_ACCESS_KEY",
        "infravault",
        "The access key of the S3 store. Required with `STORE_BACKEND=s3`.",
    );
    if required && access_key.is_none() {
        env.reject("S3_ACCESS_KEY", MUST_BE_SET, "infravault");
    }
    let secret_key = env.secret(
        "S3_SECRET_KEY",
        "The secret key of the S3 store. Required with `STORE_BACKEND=s3`.",
    );
    if required && secret_key.is_none() {
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
    fn default_store_is_a_folder() {
        let (config, outcome) = read(&[]);
        assert_eq!(outcome, Ok(()));
        assert_eq!(config.spool_budget, 2 << 30);
        let StoreConfig::Fs(fs) = config.store else {
            panic!("expected a folder")
        };
        assert_eq!(fs.dir, PathBuf::from("./data/objects"));
    }

    #[test]
    fn every_missing_s3_setting_is_reported() {
        let errors = read(&[("STORE_BACKEND", "s3")]).1.unwrap_err();
        for part in [
            "3 error",
            "S3_ENDPOINT must be set",
            "S3_ACCESS_KEY must be set",
            "S3_SECRET_KEY must be set",
        ] {
            assert!(errors.contains(part), "{part} is missing in: {errors}");
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
    fn invalid_values_are_rejected() {
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
            let errors = read(&values).1.unwrap_err();
            assert!(
                errors.contains("1 error") && errors.contains(name),
                "{name}: {errors}"
            );
        }
    }
}
