//! Finding one image by its id.
use crate::{Error, Image, Library, Location, State, policy, sql};
use infravault_db::Tx;
use infravault_kernel::{Actor, Ctx, Id, ImageId};

impl Library {
    /// Returns the image if the caller may view it.
    pub async fn find(&self, ctx: &Ctx, id: ImageId) -> Result<Image, Error> {
        let (actor, image) = self.find_visible(ctx, id).await?;
        policy::may_view(&actor, &image)?;
        Ok(image)
    }

    /// Returns the image if the caller may view it, with its location if the caller is the owner and the location was kept.
    pub async fn find_with_location(
        &self,
        ctx: &Ctx,
        id: ImageId,
    ) -> Result<(Image, Option<Location>), Error> {
        let (actor, image) = self.find_visible(ctx, id).await?;
        policy::may_view(&actor, &image)?;
        if !image.keep_location || image.state != State::Ready || !policy::is_owner(&actor, &image) {
            return Ok((image, None));
        }
        let (_, location) = self
            .db
            .read(
                ctx,
                async |client| sql::process::find_location().prepare(client).await,
                async |client, find| find.bind(client, &id.uuid()).opt().await,
            )
            .await?;
        let location = location.map(|row| Location {
            latitude: row.latitude,
            longitude: row.longitude,
            altitude: row.altitude,
        });
        Ok((image, location))
    }

    /// Returns the caller, and the image if row-level security lets the caller see it. The caller of this function checks the
    /// policy.
    pub(crate) async fn find_visible(&self, ctx: &Ctx, id: ImageId) -> Result<(Actor, Image), Error> {
        let (actor, image) = self
            .db
            .read(
                ctx,
                async |client| sql::images::find_live().prepare(client).await,
                async |client, find| find.bind(client, &id.uuid()).map(sql::image).opt().await,
            )
            .await?;
        Ok((actor, image.ok_or(Error::NotFound)??))
    }
}

/// Finds an image that is visible to the transaction's role.
pub(crate) async fn find_in(tx: &Tx, id: ImageId) -> Result<Image, Error> {
    let image = sql::images::find_live()
        .bind(&**tx, &id.uuid())
        .map(sql::image)
        .opt()
        .await?;
    image.ok_or(Error::NotFound)?
}
