//! Deleting an image: moves it into the trash.
use crate::{
    Error, Library, PreconditionError, Selection,
    library::find::find_in,
    policy,
    sql::{self, Params},
};
use infravault_kernel::{Ctx, Id, ImageId, Scope};

/// Attempts to move an image that is restored concurrently.
const MAX_ATTEMPTS: u8 = 3;

impl Library {
    /// Moves an own image into the trash, if it has one of the versions. It counts towards the quota until it is purged.
    pub async fn delete(
        &self,
        ctx: &Ctx,
        id: ImageId,
        versions: Option<&Selection<i32>>,
    ) -> Result<(), Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let person = actor.require_scope(Scope::ImagesDelete)?;
        let versions = versions.unwrap_or(&Selection::All);
        let params = sql::trash::TrashOneParams {
            now: ctx.now(),
            id: id.uuid(),
            owner: person.account.uuid(),
            any_version: *versions == Selection::All,
            versions: versions.to_vec(),
        };
        let mut attempts = MAX_ATTEMPTS;
        while sql::trash::trash_one()
            .params(&*tx, &params)
            .opt()
            .await?
            .is_none()
        {
            policy::may_change(&actor, &find_in(&tx, id).await?)?;
            // The image may have been restored between the two statements.
            attempts -= 1;
            if attempts == 0 || *versions != Selection::All {
                return Err(PreconditionError::Failed.into());
            }
        }
        tx.commit().await?;
        self.wake_sweeper_if_due();
        Ok(())
    }

    /// Wakes the sweeper if the trash has no retention.
    pub(crate) fn wake_sweeper_if_due(&self) {
        if self.config.trash_retention.is_zero() {
            self.wake_sweeper.notify_one();
        }
    }
}
