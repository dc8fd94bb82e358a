//! Library that look like another one, by their perceptual hashes.
use crate::{
    Error, Image, Library, policy,
    sql::{self, Params},
};
use infravault_kernel::{Ctx, Id, ImageId, Scope};

/// An image that looks like another one.
#[derive(Clone, Debug, PartialEq)]
pub struct Similar {
    /// The image.
    pub image: Image,
    /// In how many of 64 bits their hashes differ: 0 to 7.
    pub distance: u32,
}

impl Library {
    /// The images most like one that the caller may see, nearest first, then newest: among their own and the public ones,
    /// and never itself. None for an image without a perceptual hash, such as one that is not ready.
    pub async fn similar(&self, ctx: &Ctx, id: ImageId, limit: u32) -> Result<Vec<Similar>, Error> {
        let (actor, image) = self.look_up(ctx, id).await?;
        policy::may_view(&actor, &image)?;
        let Some(hash) = image.phash else {
            return Ok(Vec::new());
        };
        let (hash, besides, max) = (hash.cast_signed(), id.uuid(), i64::from(limit));
        // A credential that may not read its account's images finds public ones only.
        let (_, rows) = if actor.require_scope(Scope::ImagesRead).is_ok() {
            let params = sql::similar::SimilarSeenParams { hash, besides, max };
            self.db
                .read(
                    ctx,
                    async |client| sql::similar::similar_seen().prepare(client).await,
                    async |client, alike| alike.params(client, &params).map(sql::similar).all().await,
                )
                .await?
        } else {
            let params = sql::similar::SimilarPublicParams { hash, besides, max };
            self.db
                .read(
                    ctx,
                    async |client| sql::similar::similar_public().prepare(client).await,
                    async |client, alike| alike.params(client, &params).map(sql::similar).all().await,
                )
                .await?
        };
        rows.into_iter().collect()
    }
}
