//! Deleting a picture: invisible and off the account at once, its bytes a little later.
use crate::{
    Error, Etags, Images, PreconditionFault,
    find::find_in,
    policy,
    sql::{self, Params},
};
use infravault_kernel::{Ctx, Id, ImageId, Scope};

impl Images {
    /// Deletes the picture; with a condition, only if it is still of one of the versions named.
    pub async fn delete(&self, ctx: &Ctx, id: ImageId, if_match: Option<&Etags>) -> Result<(), Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let person = actor.with_scope(Scope::ImagesDelete)?;
        let owner = person.account.uuid();
        let if_match = if_match.unwrap_or(&Etags::Any);
        let params = sql::change::RemoveParams {
            now: ctx.now(),
            id: id.uuid(),
            owner,
            any_version: *if_match == Etags::Any,
            versions: if_match.versions(),
        };
        let Some(freed) = sql::change::remove().params(&*tx, &params).opt().await? else {
            policy::may_change(&actor, &find_in(&tx, id).await?)?;
            return Err(PreconditionFault::Failed.into());
        };
        let params = sql::change::ReturnBytesParams { freed, owner };
        sql::change::return_bytes().params(&*tx, &params).await?;
        tx.commit().await?;
        self.nudge.notify_one();
        Ok(())
    }
}
