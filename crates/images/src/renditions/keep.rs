//! How a rendition is kept: the object first, then its row.
use super::Rendition;
use crate::{
    Error, Image, Renditions,
    references::count_references,
    renditions::presets::variant,
    sql::{self, Params, number},
};
use infravault_imaging::{EncodedImage, Recipe};
use infravault_kernel::{Ctx, Id, ImageId, Sha256};
use infravault_objects::ObjectKey;

impl Renditions {
    /// Keeps what was made of an image by a recipe.
    pub(crate) async fn keep_rendition(
        &self,
        ctx: &Ctx,
        image: &Image,
        recipe: &Recipe,
        made: &EncodedImage,
    ) -> Result<(), Error> {
        self.keep(ctx, image.id, &variant(recipe), made).await.map(drop)
    }

    /// The object is stored before the row names it. Where the image was removed meanwhile nothing stays.
    pub(super) async fn keep(
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
        let params = sql::renditions::KeepParams {
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
        let kept = sql::renditions::keep().params(&*tx, &params).await?;
        tx.commit().await?;
        if kept == 0 {
            // Another size of the same image may have the same bytes.
            if count_references(&self.db, &key).await?.named == 0 {
                self.objects.delete(&key).await?;
            }
            return Err(Error::NotFound);
        }
        self.state.put(image, sha256, &made.bytes);
        Ok(Rendition {
            format: made.format,
            len: number(made.bytes.len())?,
            used_on: today,
            sha256,
        })
    }
}
