//! Changing what people say about an image; its bytes never change.
use crate::{
    Description, Error, Etags, Image, Library, PreconditionError, Tags, Title, Visibility,
    library::find::find_in,
    policy,
    sql::{self, Params},
};
use infravault_kernel::{Ctx, Id, ImageId, Scope};

/// What is to be different; what is not given stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Another title.
    pub title: Option<Title>,
    /// Another description.
    pub description: Option<Description>,
    /// Other tags, all of them.
    pub tags: Option<Tags>,
    /// Another visibility.
    pub visibility: Option<Visibility>,
}

impl Library {
    /// Changes the image, if it is still of one of the versions named.
    pub async fn update(
        &self,
        ctx: &Ctx,
        id: ImageId,
        if_match: Option<&Etags>,
        change: &Change,
    ) -> Result<Image, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let person = actor.require_scope(Scope::ImagesWrite)?;
        let if_match = if_match.ok_or(PreconditionError::Required)?;
        let params = sql::images::ReplaceTextsParams {
            title: change.title.as_ref().map(Title::as_str),
            description: change.description.as_ref().map(Description::as_str),
            tags: change.tags.as_ref().map(Tags::as_slice),
            visibility: change.visibility.map(Into::into),
            now: ctx.now(),
            id: id.uuid(),
            owner: person.account.uuid(),
            any_version: *if_match == Etags::Any,
            versions: if_match.versions(),
        };
        let changed = sql::images::replace_texts()
            .params(&*tx, &params)
            .map(sql::image)
            .opt()
            .await?;
        let Some(image) = changed else {
            policy::may_change(&actor, &find_in(&tx, id).await?)?;
            return Err(PreconditionError::Failed.into());
        };
        tx.commit().await?;
        image
    }
}
