//! The handle of the object store: one interface over both backends.
use crate::{
    Config, Error, ObjectKey, ObjectStream, Prefix, Spool, SpooledFile, StoreConfig, fs::Folder, s3::S3,
    spool::Budget, spool_dir::SpoolDir, stream::resolve_range,
};
use bytes::Bytes;
use futures_util::TryStreamExt;
use infravault_kernel::Sha256;
use slog::Logger;
use std::{fs::File, ops::RangeInclusive, sync::Arc, time::Duration};
use time::OffsetDateTime;

/// The object store. Clones share their state.
#[derive(Clone, Debug)]
pub struct Objects {
    backend: Backend,
    spool_dir: Arc<SpoolDir>,
    budget: Budget,
}

#[derive(Clone, Debug)]
enum Backend {
    Fs(Arc<Folder>),
    S3(Arc<S3>),
}

/// Information about a stored object, without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectStat {
    /// The length in bytes.
    pub len: u64,
    /// The SHA-256, if the store keeps it.
    pub sha256: Option<Sha256>,
}

/// One object of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedObject {
    /// The path.
    pub path: String,
    /// The key; `None` for foreign objects.
    pub key: Option<ObjectKey>,
    /// The length in bytes.
    pub len: u64,
    /// The time of the last write.
    pub modified: OffsetDateTime,
}

/// A page of a listing, in the order of paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The objects.
    pub items: Vec<ListedObject>,
    /// The value of `after` for the next page; `None` on the last page.
    pub next: Option<String>,
}

/// Response headers of a presigned GET that replace the stored ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseOverrides {
    /// The `Content-Disposition` (RFC 6266).
    pub content_disposition: Option<String>,
    /// The `Content-Type`.
    pub content_type: Option<String>,
}

/// A presigned PUT request for one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresignedPut {
    /// The URL.
    pub url: String,
    /// The headers that the client must send unchanged, besides `Content-Length`.
    pub headers: Vec<(String, String)>,
}

/// The constraints of a presigned PUT.
#[derive(Clone, Copy, Debug)]
pub struct PutConstraints<'a> {
    /// The length in bytes.
    pub len: u64,
    /// The media type.
    pub media_type: &'a str,
    /// The SHA-256 of the bytes.
    pub sha256: Sha256,
}

impl Objects {
    /// Opens the store. Creates the folder of a folder store; does not contact an S3 store. Call it once, inside the
    /// asynchronous runtime.
    pub fn open(config: &Config, log: &Logger) -> Result<Self, Error> {
        let (backend, spool_dir) = match &config.store {
            StoreConfig::Fs(fs) => {
                let folder = Folder::open(fs)?;
                let spool_dir = SpoolDir::open(folder.spool_dir(), config.unnamed_spool, true)?;
                (Backend::Fs(Arc::new(folder)), spool_dir)
            }
            StoreConfig::S3(s3) => {
                let spool_dir = SpoolDir::open(s3.spool_dir.clone(), config.unnamed_spool, false)?;
                (Backend::S3(Arc::new(S3::open(s3, log)?)), spool_dir)
            }
        };
        Ok(Self {
            backend,
            spool_dir: Arc::new(spool_dir),
            budget: Budget::new(config.spool_budget),
        })
    }

    /// Creates the bucket or the folders if missing. Calling it again is safe.
    pub async fn setup(&self) -> Result<(), Error> {
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).setup().await,
            Backend::S3(s3) => s3.setup().await,
        }
    }

    /// Checks that the store can be read and written, for readiness. Returns within about two seconds.
    pub async fn probe(&self) -> Result<(), Error> {
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).probe(Arc::clone(&self.spool_dir)).await,
            Backend::S3(s3) => s3.probe().await,
        }
    }

    /// Starts receiving an upload of at most `limit` bytes. Returns [`Error::Busy`] if the spool has too little space.
    pub fn spool(&self, limit: u64) -> Result<Spool, Error> {
        Spool::new(&self.spool_dir, &self.budget, limit)
    }

    /// Stores an upload under its key and returns when it is durable. Storing the same bytes again succeeds; other bytes are
    /// an [`Error::Conflict`].
    pub async fn store(&self, key: &ObjectKey, spooled: &SpooledFile, media_type: &str) -> Result<(), Error> {
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).store(*key, spooled.clone()).await,
            Backend::S3(s3) => s3.store(key, spooled, media_type).await,
        }
    }

    /// Stores bytes that can be regenerated under a key that contains their digest. They are visible when this returns, but
    /// not yet durable: callers regenerate missing or damaged objects. A damaged object is replaced.
    pub async fn store_derived(&self, key: &ObjectKey, bytes: Bytes, media_type: &str) -> Result<(), Error> {
        let mut spool = self.spool(u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
        spool.write(bytes).await?;
        let spooled = spool.finish().await?;
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).store_derived(*key, spooled).await,
            Backend::S3(s3) => match s3.store(key, &spooled, media_type).await {
                // The key contains the digest, so different bytes are damaged.
                Err(Error::Conflict(_)) => {
                    self.delete(key).await?;
                    s3.store(key, &spooled, media_type).await
                }
                outcome => outcome,
            },
        }
    }

    /// Opens an object of `len` bytes as a file for another process: the stored file itself, which must not be written to, or
    /// an unnamed copy. The file position is undefined; read from offset 0.
    pub async fn open_file(&self, key: &ObjectKey, len: u64) -> Result<File, Error> {
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).open_file(*key, len).await,
            Backend::S3(_) => {
                let mut bytes = self.read(key, len, None).await?;
                let mut spool = self.spool(len)?;
                while let Some(chunk) = bytes.try_next().await? {
                    spool.write(chunk).await?;
                }
                spool.finish().await?.open_file()
            }
        }
    }

    /// Returns information about an object, or `None` if it does not exist.
    pub async fn head(&self, key: &ObjectKey) -> Result<Option<ObjectStat>, Error> {
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).head(*key).await,
            Backend::S3(s3) => s3.head(&key.path()).await,
        }
    }

    /// Reads an object of `len` bytes or a range of it. An object of another length is an [`Error::Corrupt`].
    pub async fn read(
        &self,
        key: &ObjectKey,
        len: u64,
        range: Option<RangeInclusive<u64>>,
    ) -> Result<ObjectStream, Error> {
        let (start, count) = resolve_range(len, range.as_ref())?;
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).read(*key, len, start, count).await,
            Backend::S3(s3) => s3.read(&key.path(), len, start, count).await,
        }
    }

    /// Reads a whole object of `len` bytes and verifies its SHA-256 while streaming. If it differs, the stream ends with
    /// [`Error::Corrupt`] instead of its last chunk.
    pub async fn read_verified(
        &self,
        key: &ObjectKey,
        len: u64,
        sha256: Sha256,
    ) -> Result<ObjectStream, Error> {
        Ok(self.read(key, len, None).await?.with_expected_digest(sha256))
    }

    /// Deletes an object. Succeeds if it does not exist.
    pub async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).delete(*key).await,
            Backend::S3(s3) => s3.delete(&key.path()).await,
        }
    }

    /// Lists up to `limit` objects of a prefix in path order, starting after `after` (a [`Listing::next`]).
    pub async fn list(&self, prefix: Prefix, after: Option<String>, limit: usize) -> Result<Listing, Error> {
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).list(prefix, after, limit).await,
            Backend::S3(s3) => s3.list(prefix, after, limit).await,
        }
    }

    /// Presigns a GET request for browsers, valid for `ttl` (at most a week). Returns `None` for a folder store and without a
    /// public endpoint.
    pub async fn presign_get(
        &self,
        key: &ObjectKey,
        ttl: Duration,
        overrides: &ResponseOverrides,
    ) -> Result<Option<String>, Error> {
        match &self.backend {
            Backend::Fs(_) => Ok(None),
            Backend::S3(s3) => s3.presign_get(&key.path(), ttl, overrides).await,
        }
    }

    /// Presigns a PUT request for browsers, valid for `ttl`. Returns `None` for a folder store and without a public endpoint.
    /// Not every store enforces the constraints, so verify the object after the upload.
    pub async fn presign_put(
        &self,
        key: &ObjectKey,
        ttl: Duration,
        constraints: &PutConstraints<'_>,
    ) -> Result<Option<PresignedPut>, Error> {
        match &self.backend {
            Backend::Fs(_) => Ok(None),
            Backend::S3(s3) => s3.presign_put(key, ttl, constraints).await,
        }
    }

    /// Allows presigned requests from these web origins. Returns `false` if the store has no CORS settings.
    pub async fn allow_origins(&self, origins: &[String]) -> Result<bool, Error> {
        match &self.backend {
            Backend::Fs(_) => Ok(false),
            Backend::S3(s3) => s3.allow_origins(origins).await,
        }
    }
}
