//! Bulk operations: one outcome per image, independent of the others.
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

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkAction {
    Update(BulkChange),
    /// Moves images into the trash.
    Delete,
    /// Restores images from the trash.
    Restore,
}

/// New metadata; `None` keeps a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BulkChange {
    pub tags: Option<TagChange>,
    pub visibility: Option<Visibility>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagChange {
    Set(Tags),
    /// Removes tags and appends missing ones.
    Edit {
        add: Tags,
        remove: Tags,
    },
}

/// 1 to 500 different ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkIds(Vec<ImageId>);

impl BulkIds {
    pub const MAX: usize = 500;

    pub fn new(ids: Vec<ImageId>) -> Result<Self, FieldError> {
        if !(1..=Self::MAX).contains(&ids.len()) {
            return Err(FieldError::new("ids", "must contain 1 to 500 ids"));
        }
        let mut seen = HashSet::with_capacity(ids.len());
        match ids.iter().find(|id| !seen.insert(id.uuid())) {
            Some(duplicate) => Err(FieldError::new("ids", format!("contains {duplicate} twice"))),
            None => Ok(Self(ids)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkOutcome {
    /// Also if nothing had to be changed.
    Done,
    /// The caller has no such image, or it is not where the operation expects it: live or in the trash.
    NotFound,
    TooManyTags,
}

impl Library {
    /// Applies the action in one transaction. Returns one outcome per image, in the given order.
    pub async fn apply_bulk_action(
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
            BulkAction::Update(change) => update_in(&tx, owner, &wanted, change, ctx.now()).await?,
            BulkAction::Delete => done(trash_in(&tx, owner, &wanted, ctx.now()).await?),
            BulkAction::Restore => done(restore_in(&tx, owner, &wanted).await?),
        };
        tx.commit().await?;
        if *action == BulkAction::Delete {
            self.wake_sweeper_if_due();
        }
        let outcome = |id: &ImageId| found.get(&id.uuid()).copied().unwrap_or(BulkOutcome::NotFound);
        Ok(ids.0.iter().map(|id| (*id, outcome(id))).collect())
    }
}

async fn trash_in(tx: &Tx, owner: Uuid, ids: &[Uuid], now: OffsetDateTime) -> Result<Vec<Uuid>, Error> {
    let params = sql::bulk::TrashManyParams { ids, owner, now };
    Ok(sql::bulk::trash_many().params(&**tx, &params).all().await?)
}

async fn update_in(
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
    let params = sql::bulk::UpdateManyParams {
        ids,
        owner,
        tags: set,
        added: add.as_slice(),
        removed: remove.as_slice(),
        max_tags: sql::number(Tags::MAX)?,
        visibility: change.visibility.map(Into::into),
        now,
    };
    let rows = sql::bulk::update_many().params(&**tx, &params).all().await?;
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
    fn ids_are_unique_and_limited() {
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
            assert!(parsed.map_or_else(|error| error.field == "ids", |parsed| parsed.0 == ids(numbers)));
        }
    }
}
