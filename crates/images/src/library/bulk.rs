//! One operation on many images, each on its own: what is not there does not stop the others.
use crate::{
    Error, Library, Tags, Visibility,
    library::trash::restore_in,
    sql::{self, Params},
};
use infravault_db::Tx;
use infravault_kernel::{Ctx, FieldError, Id, ImageId, Scope};
use std::collections::{HashMap, HashSet};
use time::OffsetDateTime;
use uuid::Uuid;

/// What is done to many images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkAction {
    /// Tags and visibility are changed.
    Update(BulkChange),
    /// They move into the trash.
    Delete,
    /// They come back from the trash.
    Restore,
}

/// What is to be different of many images; what is not given stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BulkChange {
    /// What becomes of the tags.
    pub tags: Option<TagChange>,
    /// Another visibility.
    pub visibility: Option<Visibility>,
}

/// What becomes of the tags of many images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagChange {
    /// These and no others.
    Set(Tags),
    /// Some go, and some that are missing come behind the others.
    Edit {
        /// Those that come.
        add: Tags,
        /// Those that go.
        remove: Tags,
    },
}

/// The images of a bulk operation: 1 to 500, each named once, in the order of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkIds(Vec<ImageId>);

impl BulkIds {
    /// Most images of one operation.
    pub const MAX: usize = 500;

    /// Accepts the images.
    pub fn new(ids: Vec<ImageId>) -> Result<Self, FieldError> {
        if !(1..=Self::MAX).contains(&ids.len()) {
            return Err(FieldError::new("ids", "must name 1 to 500 images"));
        }
        let mut seen = HashSet::with_capacity(ids.len());
        match ids.iter().find(|id| !seen.insert(id.uuid())) {
            Some(twice) => Err(FieldError::new("ids", format!("names {twice} twice"))),
            None => Ok(Self(ids)),
        }
    }
}

/// What became of one image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkOutcome {
    /// It was done, or was so before.
    Done,
    /// There is no such image of the caller's where this operation looks for it.
    NotFound,
    /// It would have too many tags.
    TooManyTags,
}

impl Library {
    /// Does it, in one transaction. One outcome for each image, in the order given. There are no conditions: tags that are
    /// added or removed disturb nobody's change of others.
    pub async fn bulk(
        &self,
        ctx: &Ctx,
        ids: &BulkIds,
        action: &BulkAction,
    ) -> Result<Vec<(ImageId, BulkOutcome)>, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let scope = match action {
            BulkAction::Update(_) | BulkAction::Restore => Scope::ImagesWrite,
            BulkAction::Delete => Scope::ImagesDelete,
        };
        let owner = actor.require_scope(scope)?.account.uuid();
        let wanted: Vec<Uuid> = ids.0.iter().map(|id| id.uuid()).collect();
        let done = |ids: Vec<Uuid>| ids.into_iter().map(|id| (id, BulkOutcome::Done)).collect();
        let found: HashMap<Uuid, BulkOutcome> = match action {
            BulkAction::Update(change) => change_in(&tx, owner, &wanted, change, ctx.now()).await?,
            BulkAction::Delete => done(trash_in(&tx, owner, &wanted, ctx.now()).await?),
            BulkAction::Restore => done(restore_in(&tx, owner, &wanted).await?),
        };
        tx.commit().await?;
        if *action == BulkAction::Delete {
            self.hurry_if_kept_for_nothing();
        }
        let outcome = |id: &ImageId| found.get(&id.uuid()).copied().unwrap_or(BulkOutcome::NotFound);
        Ok(ids.0.iter().map(|id| (*id, outcome(id))).collect())
    }
}

async fn trash_in(tx: &Tx, owner: Uuid, ids: &[Uuid], now: OffsetDateTime) -> Result<Vec<Uuid>, Error> {
    let params = sql::bulk::TrashManyParams { ids, owner, now };
    Ok(sql::bulk::trash_many().params(&**tx, &params).all().await?)
}

async fn change_in(
    tx: &Tx,
    owner: Uuid,
    ids: &[Uuid],
    change: &BulkChange,
    now: OffsetDateTime,
) -> Result<HashMap<Uuid, BulkOutcome>, Error> {
    let (set, add, remove) = match &change.tags {
        None => (None, &Tags::default(), &Tags::default()),
        Some(TagChange::Set(tags)) => (Some(tags.as_slice()), &Tags::default(), &Tags::default()),
        Some(TagChange::Edit { add, remove }) => (None, add, remove),
    };
    let params = sql::bulk::ChangeManyParams {
        ids,
        owner,
        tags: set,
        added: add.as_slice(),
        removed: remove.as_slice(),
        most: sql::number(Tags::MAX)?,
        visibility: change.visibility.map(Into::into),
        now,
    };
    let rows = sql::bulk::change_many().params(&**tx, &params).all().await?;
    let outcome = |changed| {
        if changed {
            BulkOutcome::Done
        } else {
            BulkOutcome::TooManyTags
        }
    };
    Ok(rows
        .into_iter()
        .map(|row| (row.id, outcome(row.changed)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_image_once_and_not_too_many() {
        let ids = |numbers: &[u128]| -> Vec<ImageId> {
            let ids = numbers.iter().map(|number| Uuid::from_u128(*number));
            ids.map(ImageId::from_uuid).collect()
        };
        let many: Vec<u128> = (0..501).collect();
        for (numbers, good) in [
            (&[][..], false),
            (&[1], true),
            (&[2, 1, 3], true),
            (&[1, 2, 1], false),
            (&many, false),
            (&many[1..], true),
        ] {
            let parsed = BulkIds::new(ids(numbers));
            assert_eq!(parsed.is_ok(), good, "{}", numbers.len());
            assert!(parsed.map_or_else(|fault| fault.field == "ids", |parsed| parsed.0 == ids(numbers)));
        }
    }
}
