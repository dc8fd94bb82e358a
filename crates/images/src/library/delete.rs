//! Deleting an image: out of sight at once, and in the trash until it is purged.
use crate::{
    Error, Library, PreconditionError, Selection,
    library::find::find_in,
    policy,
    sql::{self, Params},
};
use infravault_kernel::{Ctx, Id, ImageId, Scope};

/// How often an image is looked for that others restore meanwhile.
const LOOKS: u8 = 3;

impl Library {
    /// Moves the image into the trash; with a condition, only if it is still of one of the versions named. It counts in
    /// the quota until it is purged.
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
        let mut looks = LOOKS;
        while sql::trash::trash_one()
            .params(&*tx, &params)
            .opt()
            .await?
            .is_none()
        {
            policy::may_change(&actor, &find_in(&tx, id).await?)?;
            // It may lie in the trash when it is to be moved, and be restored when it is looked for.
            looks -= 1;
            if looks == 0 || *versions != Selection::All {
                return Err(PreconditionError::Failed.into());
            }
        }
        tx.commit().await?;
        self.hurry_if_kept_for_nothing();
        Ok(())
    }

    /// Wakes the sweeper where what is trashed is to be purged at once.
    pub(crate) fn hurry_if_kept_for_nothing(&self) {
        if self.config.trash_retention.is_zero() {
            self.wake_sweeper.notify_one();
        }
    }
}
