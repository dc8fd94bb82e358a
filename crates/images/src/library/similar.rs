//! Images that look similar to another one, by their perceptual hashes.
use crate::{
    Error, Image, Library, policy,
    sql::{self, Params, image_from_row},
};
use infravault_kernel::{Ctx, Id, ImageId, Scope};

#[derive(Clone, Debug, PartialEq)]
pub struct SimilarImage {
    pub image: Image,
    /// Number of different bits of the two 64-bit hashes, 0 to 7.
    pub distance: u32,
}

impl Library {
    /// Returns the caller's own and public images that are most similar to an image the caller may view: nearest first,
    /// then newest. Returns none for an image without a perceptual hash, e.g. one that is not ready.
    pub async fn find_similar(&self, ctx: &Ctx, id: ImageId, limit: u32) -> Result<Vec<SimilarImage>, Error> {
        let (actor, image) = self.find_visible(ctx, id).await?;
        policy::may_view(&actor, &image)?;
        let Some(hash) = image.phash else {
            return Ok(Vec::new());
        };
        let (hash, besides, max) = (hash.cast_signed(), id.uuid(), i64::from(limit));
        // Without permission to read the account's images, only public ones are searched.
        let (_, rows) = if actor.require_scope(Scope::ImagesRead).is_ok() {
            let params = sql::similar::FindSimilarParams { hash, besides, max };
            self.db
                .read(
                    ctx,
                    async |client| sql::similar::find_similar().prepare(client).await,
                    async |client, find| find.params(client, &params).map(similar_image).all().await,
                )
                .await?
        } else {
            let params = sql::similar::FindSimilarPublicParams { hash, besides, max };
            self.db
                .read(
                    ctx,
                    async |client| sql::similar::find_similar_public().prepare(client).await,
                    async |client, find| find.params(client, &params).map(similar_image).all().await,
                )
                .await?
        };
        rows.into_iter().collect()
    }
}

fn similar_image(row: sql::similar::SimilarRowBorrowed<'_>) -> Result<SimilarImage, Error> {
    Ok(SimilarImage {
        distance: sql::number(row.distance)?,
        image: image_from_row!(row),
    })
}
