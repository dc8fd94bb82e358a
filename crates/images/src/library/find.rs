//! One image by its id.
use crate::{Error, Image, Library, Location, State, policy, sql};
use infravault_db::Tx;
use infravault_kernel::{Actor, Ctx, Id, ImageId};

impl Library {
    /// The image, if the caller may see it.
    pub async fn find(&self, ctx: &Ctx, id: ImageId) -> Result<Image, Error> {
        let (actor, image) = self.look_up(ctx, id).await?;
        policy::may_view(&actor, &image)?;
        Ok(image)
    }

    /// The image, if the caller may see it; with the place where it was taken, if that was kept and it is the caller's.
    pub async fn find_with_location(
        &self,
        ctx: &Ctx,
        id: ImageId,
    ) -> Result<(Image, Option<Location>), Error> {
        let (actor, image) = self.look_up(ctx, id).await?;
        policy::may_view(&actor, &image)?;
        if !image.keep_location || image.state != State::Ready || !policy::is_owner(&actor, &image) {
            return Ok((image, None));
        }
        let (_, place) = self
            .db
            .read(
                ctx,
                async |client| sql::process::find_location().prepare(client).await,
                async |client, find| find.bind(client, &id.uuid()).opt().await,
            )
            .await?;
        let place = place.map(|row| Location {
            latitude: row.latitude,
            longitude: row.longitude,
            altitude: row.altitude,
        });
        Ok((image, place))
    }

    /// The image as far as row-level security shows it, and who asked.
    pub(crate) async fn look_up(&self, ctx: &Ctx, id: ImageId) -> Result<(Actor, Image), Error> {
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

/// The image within a transaction.
pub(crate) async fn find_in(tx: &Tx, id: ImageId) -> Result<Image, Error> {
    let image = sql::images::find_live()
        .bind(&**tx, &id.uuid())
        .map(sql::image)
        .opt()
        .await?;
    image.ok_or(Error::NotFound)?
}
