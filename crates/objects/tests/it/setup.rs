//! Stores for tests: a temporary folder, or a bucket on the S3 server from the environment.
use infravault_kernel::{Clock, Credential, Ctx, ImageId, Secret};
use infravault_objects::{Config, FsConfig, ObjectKey, Objects, S3Config, SpooledFile, StoreConfig};
use slog::{Discard, Logger, o};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// A temporary folder.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let dir = std::env::temp_dir().join(format!("infravault-objects-{}", new_id()));
        std::fs::create_dir(&dir).unwrap();
        Self(dir)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A store and the folder of its files.
pub(crate) struct Store {
    pub(crate) objects: Objects,
    pub(crate) folder: Folder,
}

/// The kinds of stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Fs,
    /// A folder on a file system without unnamed files.
    FsNamed,
    S3,
}

pub(crate) fn log() -> Logger {
    Logger::root(Discard, o!())
}

pub(crate) fn new_id() -> ImageId {
    Ctx::new(&log(), Credential::Anonymous, Clock::System).new_id()
}

pub(crate) fn new_key() -> ObjectKey {
    use infravault_kernel::Id;
    ObjectKey::Original {
        image: new_id(),
        attempt: new_id().uuid(),
    }
}

pub(crate) fn fs_config(dir: &Path) -> Config {
    Config {
        store: StoreConfig::Fs(FsConfig {
            dir: dir.join("store"),
            min_free: 0,
        }),
        spool_budget: 1 << 30,
        unnamed_spool: true,
    }
}

pub(crate) fn s3_config(endpoint: &str, dir: &Path) -> S3Config {
    let variable = |name: &str, default: &str| {
        std::env::var(format!("INFRAVAULT_TEST_S3_{name}")).unwrap_or_else(|_| default.to_owned())
    };
    S3Config {
        endpoint: endpoint.to_owned(),
        public_endpoint: None,
        region: variable("REGION", "us-east-1"),
        bucket: "infravault-contract".to_owned(),
        access_key: variable("ACCESS_KEY", "test"),
        secret_key: Secret::new(variable("SECRET_KEY", "test")),
        path_style: true,
        spool_dir: dir.join("spool"),
        connect_timeout: Duration::from_secs(2),
        idle_timeout: Duration::from_secs(5),
        retry_window: Duration::from_secs(20),
    }
}

/// The settings of a kind of store, or `None` without an S3 server. In CI this is a failure.
pub(crate) fn config(kind: Kind, dir: &Path) -> Option<Config> {
    let mut config = fs_config(dir);
    match kind {
        Kind::Fs => {}
        Kind::FsNamed => config.unnamed_spool = false,
        Kind::S3 => {
            let Ok(endpoint) = std::env::var("INFRAVAULT_TEST_S3_ENDPOINT") else {
                assert!(
                    std::env::var("CI").as_deref() != Ok("true"),
                    "INFRAVAULT_TEST_S3_ENDPOINT is not set"
                );
                println!("SKIPPED: INFRAVAULT_TEST_S3_ENDPOINT is not set");
                return None;
            };
            install_tls();
            config.store = StoreConfig::S3(s3_config(&endpoint, dir));
        }
    }
    Some(config)
}

/// Installs a TLS provider for the HTTP client.
pub(crate) fn install_tls() {
    // Another test of the same process may have installed it.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

pub(crate) async fn store(kind: Kind) -> Option<Store> {
    let folder = Folder::new();
    let config = config(kind, folder.path())?;
    let objects = Objects::open(&config, &log()).unwrap();
    objects.setup().await.unwrap();
    Some(Store { objects, folder })
}

/// Deterministic pseudorandom bytes.
pub(crate) fn pattern(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..len)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_be_bytes()[0]
        })
        .collect()
}

/// Receives bytes in uneven chunks, as from a network.
pub(crate) async fn spool(objects: &Objects, bytes: &[u8]) -> SpooledFile {
    let mut spool = objects.spool(u64::try_from(bytes.len()).unwrap()).unwrap();
    let mut rest = bytes;
    for size in [1, 100, 5_000, 16_384, 32_768].into_iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        spool.write(chunk.to_vec().into()).await.unwrap();
        rest = after;
    }
    spool.finish().await.unwrap()
}
