//! Copies an object from one store into another, and verifies its bytes on the way and where they arrived.
use crate::{Error, ObjectKey, Objects};
use futures_util::TryStreamExt;
use infravault_kernel::Sha256;

/// An object with what its bytes must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Described<'a> {
    /// Where it lies, in both stores.
    pub key: &'a ObjectKey,
    /// Its length in bytes.
    pub len: u64,
    /// The SHA-256 of its bytes.
    pub sha256: Sha256,
    /// Its media type, for the store that keeps one.
    pub media_type: &'a str,
}

/// When an object that is there already counts as copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Its length is right.
    Length,
    /// Its checksum is right, too: the one that the store keeps, or else that of its bytes, which are read.
    Checksum,
}

/// How an object came to be where it was to be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// It was copied, and read back.
    Now,
    /// It was there.
    Before,
}

impl Objects {
    /// Reads an object to its end: [`Error::Missing`], or [`Error::Corrupt`] where its bytes are not those described.
    pub async fn verify(&self, object: &Described<'_>) -> Result<(), Error> {
        let mut bytes = self.read(object.key, object.len, None).await?;
        let mut hasher = Sha256::hasher();
        while let Some(piece) = bytes.try_next().await? {
            hasher.update(&piece);
        }
        same_digest(object, hasher.finish())
    }

    /// Copies an object into another store, unless it is there. What lies there under its key and is something else is
    /// replaced, once the bytes from here have proved to be the ones described.
    pub async fn copy_to(&self, there: &Self, object: &Described<'_>, trust: Trust) -> Result<Copied, Error> {
        if there.holds(object, trust).await? {
            return Ok(Copied::Before);
        }
        let mut bytes = self.read(object.key, object.len, None).await?;
        let mut spool = there.spool(object.len)?;
        while let Some(piece) = bytes.try_next().await? {
            spool.write(piece).await?;
        }
        let spooled = spool.finish().await?;
        same_digest(object, spooled.sha256())?;
        match there.store(object.key, &spooled, object.media_type).await {
            Err(Error::Conflict(_)) => {
                there.delete(object.key).await?;
                there.store(object.key, &spooled, object.media_type).await?;
            }
            outcome => outcome?,
        }
        let verified = there.verify(object).await;
        if let Err(Error::Corrupt { .. }) = &verified {
            // Whoever copies again must not find it there.
            there.delete(object.key).await?;
        }
        verified.map(|()| Copied::Now)
    }

    async fn holds(&self, object: &Described<'_>, trust: Trust) -> Result<bool, Error> {
        let Some(stat) = self.head(object.key).await? else {
            return Ok(false);
        };
        if stat.len != object.len {
            return Ok(false);
        }
        match (trust, stat.sha256) {
            (Trust::Length, _) => Ok(true),
            (Trust::Checksum, Some(sha256)) => Ok(sha256 == object.sha256),
            (Trust::Checksum, None) => match self.verify(object).await {
                Ok(()) => Ok(true),
                Err(Error::Missing(_) | Error::Corrupt { .. }) => Ok(false),
                Err(error) => Err(error),
            },
        }
    }
}

fn same_digest(object: &Described<'_>, found: Sha256) -> Result<(), Error> {
    if found == object.sha256 {
        return Ok(());
    }
    let fault = format!("has the SHA-256 {found} instead of {}", object.sha256);
    Err(Error::corrupt(&object.key.path(), fault))
}
