//! Downloads of originals.
use crate::{Error, Image, Library, policy};
use infravault_kernel::{Ctx, ImageId};
use infravault_objects::{ObjectStream, Objects};
use std::ops::RangeInclusive;

/// The original of an image. No bytes have been read yet.
#[derive(Debug)]
pub struct Original<'a> {
    pub image: Image,
    objects: &'a Objects,
}

impl Library {
    /// Opens the original for its owner.
    pub async fn open_original(&self, ctx: &Ctx, id: ImageId) -> Result<Original<'_>, Error> {
        let (actor, image) = self.find_visible(ctx, id).await?;
        policy::may_download_original(&actor, &image)?;
        Ok(Original {
            image,
            objects: &self.objects,
        })
    }
}

impl Original<'_> {
    /// Reads a range of bytes, or all of them.
    pub async fn read(&self, range: Option<RangeInclusive<u64>>) -> Result<ObjectStream, Error> {
        let key = self.image.original();
        Ok(self.objects.read(&key, self.image.byte_size, range).await?)
    }
}
