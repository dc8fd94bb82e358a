//! Copies an object from one store into another, and verifies its bytes on the way and where they arrived.
use crate::{Error, ObjectKey, Objects};
use futures_util::TryStreamExt;
use infravault_kernel::Sha256;

/// An object with what its bytes must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectMeta<'a> {
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
pub enum VerifyLevel {
    /// Its length is right.
    Length,
    /// Its checksum is right, too: the one that the store keeps, or else that of its bytes, which are read.
    Checksum,
}

/// How an object came to be where it was to be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyOutcome {
    /// It was copied, and read back.
    Copied,
    /// It was there.
    AlreadyPresent,
}

impl Objects {
    /// Reads an object to its end: [`Error::Missing`], or [`Error::Corrupt`] where its bytes are not those described.
    pub async fn verify(&self, object: &ObjectMeta<'_>) -> Result<(), Error> {
        let mut bytes = self.read(object.key, object.len, None).await?;
        let mut hasher = Sha256::hasher();
        while let Some(piece) = bytes.try_next().await? {
            hasher.update(&piece);
        }
        same_digest(object, hasher.finish())
    }

    /// Copies an object into another store, unless it is there. What lies there under its key and is something else is
    /// replaced, once the bytes from here have proved to be the ones described.
    pub async fn copy_to(
        &self,
        there: &Self,
        object: &ObjectMeta<'_>,
        level: VerifyLevel,
    ) -> Result<CopyOutcome, Error> {
        if there.contains(object, level).await? {
            return Ok(CopyOutcome::AlreadyPresent);
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
        verified.map(|()| CopyOutcome::Copied)
    }

    async fn contains(&self, object: &ObjectMeta<'_>, level: VerifyLevel) -> Result<bool, Error> {
        let Some(stat) = self.head(object.key).await? else {
            return Ok(false);
        };
        if stat.len != object.len {
            return Ok(false);
        }
        match (level, stat.sha256) {
            (VerifyLevel::Length, _) => Ok(true),
            (VerifyLevel::Checksum, Some(sha256)) => Ok(sha256 == object.sha256),
            (VerifyLevel::Checksum, None) => match self.verify(object).await {
                Ok(()) => Ok(true),
                Err(Error::Missing(_) | Error::Corrupt { .. }) => Ok(false),
                Err(error) => Err(error),
            },
        }
    }
}

fn same_digest(object: &ObjectMeta<'_>, found: Sha256) -> Result<(), Error> {
    if found == object.sha256 {
        return Ok(());
    }
    let fault = format!("has the SHA-256 {found} instead of {}", object.sha256);
    Err(Error::corrupt(&object.key.path(), fault))
}
