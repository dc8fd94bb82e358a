//! Deduplication: an owner's identical bytes are stored once.
use super::{
    finalize::{IngestError, Received},
    reserve::Cleanup,
};
use crate::{
    Error, Uploads,
    model::Uploaded,
    sql::{self, Params},
};
use infravault_kernel::{AccountId, Ctx, Id, ImageId, Sha256, crash_point};
use infravault_objects::ObjectKey;

/// Another image of the same owner with the same bytes.
struct Duplicate {
    id: ImageId,
    /// The object that holds its bytes.
    object: ObjectKey,
}

impl Uploads {
    /// Returns an image that has the same bytes, or stores them. Always stores without `lookup`.
    pub(super) async fn deduplicate_or_store(
        &self,
        ctx: &Ctx,
        received: &Received,
        lookup: bool,
    ) -> Result<Option<ImageId>, IngestError> {
        if lookup {
            let duplicate = self.find_intact_duplicate(ctx, received).await;
            let duplicate = duplicate.map_err(IngestError::with(Cleanup::Row))?;
            if duplicate.is_some() {
                return Ok(duplicate);
            }
        }
        let media_type = received.facts.media_type.as_str();
        self.objects
            .store(&received.reservation.object(), &received.spooled, media_type)
            .await
            .map_err(IngestError::with(Cleanup::Object))?;
        crash_point("after-store");
        Ok(None)
    }

    /// Checks that the object exists: the same bytes may be uploaded because they were lost.
    async fn find_intact_duplicate(&self, ctx: &Ctx, received: &Received) -> Result<Option<ImageId>, Error> {
        let (reservation, spooled) = (&received.reservation, &received.spooled);
        let found = self
            .find_duplicate(ctx, reservation.owner, spooled.sha256(), reservation.image)
            .await?;
        let Some(duplicate) = found else {
            return Ok(None);
        };
        let stat = self.objects.head(&duplicate.object).await?;
        let intact = stat.is_some_and(|stat| stat.len == spooled.len());
        Ok(intact.then_some(duplicate.id))
    }

    /// The image that an earlier upload became, as that upload was answered.
    pub(super) async fn find_uploaded(&self, ctx: &Ctx, id: ImageId) -> Result<Uploaded, Error> {
        let image = self.library.find(ctx, id).await?;
        let duplicate = self
            .find_duplicate(ctx, image.owner, image.sha256, image.id)
            .await?;
        let duplicate_of = duplicate.map(|duplicate| duplicate.id);
        Ok(Uploaded { image, duplicate_of })
    }

    /// The owner's oldest other image with these bytes.
    async fn find_duplicate(
        &self,
        ctx: &Ctx,
        owner: AccountId,
        sha256: Sha256,
        image: ImageId,
    ) -> Result<Option<Duplicate>, Error> {
        let params = sql::upload::FindDuplicateParams {
            sha256: sha256.bytes().as_slice(),
            owner: owner.uuid(),
            image: image.uuid(),
        };
        let (_, found) = self
            .db
            .read(
                ctx,
                async |client| sql::upload::find_duplicate().prepare(client).await,
                async |client, find| find.params(client, &params).opt().await,
            )
            .await?;
        Ok(found.map(|row| Duplicate {
            id: ImageId::from_uuid(row.id),
            object: ObjectKey::Original {
                image: ImageId::from_uuid(row.stored_as),
                attempt: row.attempt,
            },
        }))
    }
}
