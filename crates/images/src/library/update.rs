//! Updating the metadata of an image.
use crate::{
    Description, Error, Image, Library, PreconditionError, Selection, Tags, Title, Visibility,
    library::find::find_in,
    policy,
    sql::{self, Params},
};
use infravault_kernel::{Ctx, Id, ImageId, Scope};

/// New metadata; `None` keeps a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetadataUpdate {
    pub title: Option<Title>,
    pub description: Option<Description>,
    pub tags: Option<Tags>,
    pub visibility: Option<Visibility>,
}

impl Library {
    /// Updates the metadata if `versions` contains the current version. Returns [`PreconditionError::Required`] without it.
    pub async fn update(
        &self,
        ctx: &Ctx,
        id: ImageId,
        versions: Option<&Selection<i32>>,
        update: &MetadataUpdate,
    ) -> Result<Image, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let person = actor.require_scope(Scope::ImagesWrite)?;
        let versions = versions.ok_or(PreconditionError::Required)?;
        let params = sql::images::UpdateMetadataParams {
            title: update.title.as_ref().map(Title::as_str),
            description: update.description.as_ref().map(Description::as_str),
            tags: update.tags.as_ref().map(Tags::as_slice),
            visibility: update.visibility.map(Into::into),
            now: ctx.now(),
            id: id.uuid(),
            owner: person.account.uuid(),
            any_version: *versions == Selection::All,
            versions: versions.to_vec(),
        };
        let updated = sql::images::update_metadata()
            .params(&*tx, &params)
            .map(sql::image)
            .opt()
            .await?;
        let Some(image) = updated else {
            policy::may_change(&actor, &find_in(&tx, id).await?)?;
            return Err(PreconditionError::Failed.into());
        };
        tx.commit().await?;
        image
    }
}
