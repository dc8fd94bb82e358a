//! Copies an object to another store and verifies its bytes in both.
use crate::{Error, ObjectKey, Objects};
use futures_util::TryStreamExt;
use infravault_kernel::Sha256;

/// The recorded metadata of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectMeta<'a> {
    /// The key, the same in both stores.
    pub key: &'a ObjectKey,
    /// The length in bytes.
    pub len: u64,
    /// The SHA-256 of the bytes.
    pub sha256: Sha256,
    /// The media type. Only S3 stores it.
    pub media_type: &'a str,
}

/// The check of an object that exists in the target store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyLevel {
    /// Compare the length.
    Length,
    /// Also compare the SHA-256: the stored checksum, or else that of the bytes.
    Checksum,
}

/// The result of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyOutcome {
    /// The object was copied and verified.
    Copied,
    /// The object already existed.
    AlreadyPresent,
}

impl Objects {
    /// Reads a whole object and verifies it. Returns [`Error::Missing`] or [`Error::Corrupt`].
    pub async fn verify(&self, object: &ObjectMeta<'_>) -> Result<(), Error> {
        let mut bytes = self.read_verified(object.key, object.len, object.sha256).await?;
        while bytes.try_next().await?.is_some() {}
        Ok(())
    }

    /// Copies an object to another store unless it exists target. Different bytes under the same key are replaced, after the
    /// bytes of this store have been verified.
    pub async fn copy_to(
        &self,
        target: &Self,
        object: &ObjectMeta<'_>,
        level: VerifyLevel,
    ) -> Result<CopyOutcome, Error> {
        if target.contains(object, level).await? {
            return Ok(CopyOutcome::AlreadyPresent);
        }
        let mut bytes = self.read_verified(object.key, object.len, object.sha256).await?;
        let mut spool = target.spool(object.len)?;
        while let Some(chunk) = bytes.try_next().await? {
            spool.write(chunk).await?;
        }
        let spooled = spool.finish().await?;
        match target.store(object.key, &spooled, object.media_type).await {
            Err(Error::Conflict(_)) => {
                target.delete(object.key).await?;
                target.store(object.key, &spooled, object.media_type).await?;
            }
            outcome => outcome?,
        }
        let verified = target.verify(object).await;
        if let Err(Error::Corrupt { .. }) = &verified {
            // The next copy must not find it.
            target.delete(object.key).await?;
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
