//! Storing a rendition: first the object, then its row.
use super::Rendition;
use crate::{
    Error, Renditions,
    references::count_references,
    sql::{self, Params, number},
};
use infravault_imaging::EncodedImage;
use infravault_kernel::{Ctx, Id, ImageId, Sha256};
use infravault_objects::ObjectKey;

impl Renditions {
    /// Stores a rendition. Returns [`Error::NotFound`] and leaves nothing behind if the image was removed meanwhile.
    pub(super) async fn store_rendition(
        &self,
        ctx: &Ctx,
        image: ImageId,
        variant: &[u8],
        made: &EncodedImage,
    ) -> Result<Rendition, Error> {
        let sha256 = Sha256::digest(&made.bytes);
        let key = ObjectKey::Rendition { image, sha256 };
        self.objects
            .store_derived(&key, made.bytes.clone(), made.format.media_type())
            .await?;
        let today = ctx.now().date();
        let params = sql::renditions::UpsertRenditionParams {
            variant,
            format: sql::stored_format(made.format),
            width: number(made.width)?,
            height: number(made.height)?,
            byte_size: number(made.bytes.len())?,
            today,
            sha256: sha256.bytes().as_slice(),
            image: image.uuid(),
        };
        let tx = self.db.begin_system().await?;
        let stored = sql::renditions::upsert_rendition().params(&*tx, &params).await?;
        tx.commit().await?;
        if stored == 0 {
            // Another variant of the same image may have the same bytes.
            if count_references(&self.db, &key).await?.total == 0 {
                self.objects.delete(&key).await?;
            }
            return Err(Error::NotFound);
        }
        self.state.cache_small(image, sha256, &made.bytes);
        Ok(Rendition {
            format: made.format,
            len: number(made.bytes.len())?,
            last_used: today,
            sha256,
        })
    }
}
