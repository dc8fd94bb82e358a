//! The handle: one interface over both backends.
use crate::{
    Config, Error, ObjectKey, ObjectStream, Prefix, Spool, SpooledFile, StoreConfig, fs::Folder, s3::S3,
    spool::Budget, spool_dir::SpoolDir, stream::span,
};
use bytes::Bytes;
use futures_util::TryStreamExt;
use infravault_kernel::Sha256;
use slog::Logger;
use std::{fs::File, ops::RangeInclusive, sync::Arc, time::Duration};
use time::OffsetDateTime;

/// The object store. Clones share everything.
#[derive(Clone, Debug)]
pub struct Objects {
    backend: Backend,
    place: Arc<SpoolDir>,
    budget: Budget,
}

#[derive(Clone, Debug)]
enum Backend {
    Fs(Arc<Folder>),
    S3(Arc<S3>),
}

/// What is known of a stored object without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectStat {
    /// Its length in bytes.
    pub len: u64,
    /// Its SHA-256, where the store keeps it.
    pub sha256: Option<Sha256>,
}

/// One object of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedObject {
    /// Where it lies.
    pub path: String,
    /// Its key; `None` for what is not ours.
    pub key: Option<ObjectKey>,
    /// Its length in bytes.
    pub len: u64,
    /// When it was last written.
    pub modified: OffsetDateTime,
}

/// A page of a listing, in the order of paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The objects.
    pub items: Vec<ListedObject>,
    /// What to pass as `after` for the next page, unless this is the last.
    pub next: Option<String>,
}

/// What a browser is told when it fetches an object by a signed URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseOverrides {
    /// The `Content-Disposition` (RFC 6266), instead of the stored one.
    pub content_disposition: Option<String>,
    /// The `Content-Type`, instead of the stored one.
    pub content_type: Option<String>,
}

/// A request by which a browser stores one object in the store itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresignedPut {
    /// The address.
    pub url: String,
    /// The headers that must be sent with it, as they are; the length is sent by every client by itself.
    pub headers: Vec<(String, String)>,
}

/// What a signed PUT is bound to.
#[derive(Clone, Copy, Debug)]
pub struct PutConstraints<'a> {
    /// How many bytes there must be.
    pub len: u64,
    /// Their media type.
    pub media_type: &'a str,
    /// Their SHA-256.
    pub sha256: Sha256,
}

impl Objects {
    /// Opens the store. A folder is made where it does not exist; an S3 store is not asked yet. Call it inside the
    /// asynchronous runtime, once.
    pub fn open(config: &Config, log: &Logger) -> Result<Self, Error> {
        let (backend, place) = match &config.store {
            StoreConfig::Fs(fs) => {
                let folder = Folder::open(fs)?;
                let place = SpoolDir::open(folder.spool_dir(), config.unnamed_spool, true)?;
                (Backend::Fs(Arc::new(folder)), place)
            }
            StoreConfig::S3(s3) => {
                let place = SpoolDir::open(s3.spool_dir.clone(), config.unnamed_spool, false)?;
                (Backend::S3(Arc::new(S3::open(s3, log)?)), place)
            }
        };
        Ok(Self {
            backend,
            place: Arc::new(place),
            budget: Budget::new(config.spool_budget),
        })
    }

    /// Makes what the store needs and lacks: the bucket, or the folders. It may be called again.
    pub async fn setup(&self) -> Result<(), Error> {
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).setup().await,
            Backend::S3(s3) => s3.setup().await,
        }
    }

    /// Whether the store would take and give bytes now; for readiness. It answers within about two seconds.
    pub async fn probe(&self) -> Result<(), Error> {
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).probe(Arc::clone(&self.place)).await,
            Backend::S3(s3) => s3.probe().await,
        }
    }

    /// Begins to receive an upload of at most `limit` bytes; [`Error::Busy`] where the spool has no room for that many.
    pub fn spool(&self, limit: u64) -> Result<Spool, Error> {
        Spool::new(&self.place, &self.budget, limit)
    }

    /// Stores an upload under its key and returns when it is durable. The same bytes again are a success, other bytes are
    /// [`Error::Conflict`] and the first stay.
    pub async fn store(&self, key: &ObjectKey, spooled: &SpooledFile, media_type: &str) -> Result<(), Error> {
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).store(*key, spooled.clone()).await,
            Backend::S3(s3) => s3.store(key, spooled, media_type).await,
        }
    }

    /// Stores bytes that can be made again under a key that names their content. It is visible when this returns, not
    /// yet durable: whoever finds it missing or damaged makes it again, and what is damaged is replaced.
    pub async fn store_derived(&self, key: &ObjectKey, bytes: Bytes, media_type: &str) -> Result<(), Error> {
        let mut spool = self.spool(u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
        spool.write(bytes).await?;
        let spooled = spool.finish().await?;
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).store_derived(*key, spooled).await,
            Backend::S3(s3) => match s3.store(key, &spooled, media_type).await {
                // The key is made of the bytes' own digest: what lies there and differs is damaged.
                Err(Error::Conflict(_)) => {
                    self.delete(key).await?;
                    s3.store(key, &spooled, media_type).await
                }
                outcome => outcome,
            },
        }
    }

    /// An object of which `len` bytes were stored as a file that another process can read: the folder's own, which must
    /// not be written to, or a copy without a name. Its position means nothing: read from offset 0.
    pub async fn open_file(&self, key: &ObjectKey, len: u64) -> Result<File, Error> {
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).open_file(*key, len).await,
            Backend::S3(_) => {
                let mut bytes = self.read(key, len, None).await?;
                let mut spool = self.spool(len)?;
                while let Some(piece) = bytes.try_next().await? {
                    spool.write(piece).await?;
                }
                spool.finish().await?.open_file()
            }
        }
    }

    /// What is known of an object, or `None` where there is none.
    pub async fn head(&self, key: &ObjectKey) -> Result<Option<ObjectStat>, Error> {
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).head(*key).await,
            Backend::S3(s3) => s3.head(&key.path()).await,
        }
    }

    /// Reads an object of which `len` bytes were stored, or the range of it. The range must lie inside; an object of
    /// another length is [`Error::Corrupt`].
    pub async fn read(
        &self,
        key: &ObjectKey,
        len: u64,
        range: Option<RangeInclusive<u64>>,
    ) -> Result<ObjectStream, Error> {
        let (start, count) = span(len, range.as_ref())?;
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).read(*key, len, start, count).await,
            Backend::S3(s3) => s3.read(&key.path(), len, start, count).await,
        }
    }

    /// Deletes an object; one that is not there counts as deleted.
    pub async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).delete(*key).await,
            Backend::S3(s3) => s3.delete(&key.path()).await,
        }
    }

    /// Lists up to `limit` objects of an prefix, in the order of their paths, those after `after` (a [`Listing::next`]).
    pub async fn list(&self, prefix: Prefix, after: Option<String>, limit: usize) -> Result<Listing, Error> {
        match &self.backend {
            Backend::Fs(folder) => Arc::clone(folder).list(prefix, after, limit).await,
            Backend::S3(s3) => s3.list(prefix, after, limit).await,
        }
    }

    /// A URL by which a browser can fetch the object from the store itself until `ttl` is over (at most a week), or
    /// `None` where the store is a folder or has no public endpoint.
    pub async fn presign_get(
        &self,
        key: &ObjectKey,
        ttl: Duration,
        shown_as: &ResponseOverrides,
    ) -> Result<Option<String>, Error> {
        match &self.backend {
            Backend::Fs(_) => Ok(None),
            Backend::S3(s3) => s3.presign_get(&key.path(), ttl, shown_as).await,
        }
    }

    /// A request by which a browser can store the object in the store itself until `ttl` is over, or `None` where the
    /// store is a folder or has no public endpoint. The store takes only what the signature is bound to, as far as it
    /// checks it: whoever reads the object later must not believe it.
    pub async fn presign_put(
        &self,
        key: &ObjectKey,
        ttl: Duration,
        bound: &PutConstraints<'_>,
    ) -> Result<Option<PresignedPut>, Error> {
        match &self.backend {
            Backend::Fs(_) => Ok(None),
            Backend::S3(s3) => s3.presign_put(key, ttl, bound).await,
        }
    }

    /// Lets pages of these origins use signed requests, where the store can be told so: whether it could.
    pub async fn allow_origins(&self, origins: &[String]) -> Result<bool, Error> {
        match &self.backend {
            Backend::Fs(_) => Ok(false),
            Backend::S3(s3) => s3.allow_origins(origins).await,
        }
    }
}
