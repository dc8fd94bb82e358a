//! `POST /images/bulk`: one operation on many images.
use super::{body::VisibilityWord, replace_image::keep};
use crate::{
    app::App,
    extract::{Json, RequestCtx},
    problem::Problem,
};
use actix_web::web;
use infravault_images::{BulkAction, BulkChange, BulkIds, BulkOutcome, Error, TagChange, Tags};
use infravault_kernel::{FieldError, Id as _, ImageId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What is done to many images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = BulkAction)]
pub enum ActionWord {
    /// Tags and visibility are changed, as `changes` says.
    Update,
    /// They move into the trash.
    Delete,
    /// They come back from the trash.
    Restore,
}

/// One operation on many images.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BulkRequest)]
pub struct BulkBody {
    /// The images, each once.
    #[schema(min_items = 1, max_items = 500)]
    ids: Vec<Uuid>,
    /// What is done to them.
    action: ActionWord,
    /// With `update`: what is to be different.
    changes: Option<BulkChangesBody>,
}

/// What is to be different of many images; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BulkChanges)]
pub struct BulkChangesBody {
    /// What becomes of the tags.
    tags: Option<TagChangesBody>,
    /// Another visibility.
    visibility: Option<VisibilityWord>,
}

/// What becomes of tags: either `set`, or `add` and `remove`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TagChanges)]
pub struct TagChangesBody {
    /// Tags that come behind the others, where they are missing.
    #[schema(max_items = 50)]
    add: Option<Vec<String>>,
    /// Tags that go.
    #[schema(max_items = 50)]
    remove: Option<Vec<String>>,
    /// These tags and no others.
    #[schema(max_items = 50)]
    set: Option<Vec<String>>,
}

/// What became of one image.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkResult)]
pub struct BulkResultBody {
    /// The image.
    id: Uuid,
    /// 200 or 204 where it was done; 404 where there is no such image of the caller's; 422 where it would have too many
    /// tags.
    status: u16,
    /// The code of the problem, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<&'static str>,
}

/// What became of the images.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkResults)]
pub struct BulkResultsBody {
    /// One for each image, in the order of `ids`.
    results: Vec<BulkResultBody>,
}

impl BulkBody {
    fn parse(self) -> Result<(BulkIds, BulkAction), Error> {
        let mut faults = Vec::new();
        let ids = self.ids.into_iter().map(ImageId::from_uuid).collect();
        let ids = BulkIds::new(ids).map_err(|fault| faults.push(fault)).ok();
        let action = match (self.action, self.changes) {
            (ActionWord::Update, Some(changes)) => changes.parse(&mut faults).map(BulkAction::Update),
            (ActionWord::Update, None) => {
                faults.push(FieldError::new("changes", "is missing"));
                None
            }
            (_, Some(_)) => {
                faults.push(FieldError::new("changes", "goes with the action `update` only"));
                None
            }
            (ActionWord::Delete, None) => Some(BulkAction::Delete),
            (ActionWord::Restore, None) => Some(BulkAction::Restore),
        };
        match (ids, action) {
            (Some(ids), Some(action)) if faults.is_empty() => Ok((ids, action)),
            _ => Err(Error::Invalid(faults)),
        }
    }
}

impl BulkChangesBody {
    fn parse(self, faults: &mut Vec<FieldError>) -> Option<BulkChange> {
        if self.tags.is_none() && self.visibility.is_none() {
            faults.push(FieldError::new("changes", "names nothing to change"));
            return None;
        }
        let tags = match self.tags {
            Some(tags) => Some(tags.parse(faults)?),
            None => None,
        };
        let visibility = self.visibility.map(Into::into);
        Some(BulkChange { tags, visibility })
    }
}

impl TagChangesBody {
    fn parse(self, faults: &mut Vec<FieldError>) -> Option<TagChange> {
        let mut parse = |field, texts: Option<Vec<String>>| {
            let tags = Tags::parse(texts.unwrap_or_default().iter().map(String::as_str));
            keep(faults, field, tags)
        };
        match (self.set, self.add, self.remove) {
            (set @ Some(_), None, None) => parse("changes.tags.set", set).map(TagChange::Set),
            (Some(_), ..) => {
                faults.push(FieldError::new(
                    "changes.tags",
                    "has either `set`, or `add` and `remove`",
                ));
                None
            }
            (None, None, None) => {
                faults.push(FieldError::new("changes.tags", "names nothing to change"));
                None
            }
            (None, add, remove) => {
                let add = parse("changes.tags.add", add);
                let remove = parse("changes.tags.remove", remove);
                let (add, remove) = (add?, remove?);
                if add.as_slice().iter().any(|tag| remove.as_slice().contains(tag)) {
                    faults.push(FieldError::new(
                        "changes.tags.remove",
                        "names a tag that `add` names, too",
                    ));
                    return None;
                }
                Some(TagChange::Edit { add, remove })
            }
        }
    }
}

/// Changes, deletes or restores up to 500 own images. Each is dealt with on its own: one that is not there stops none of
/// the others. There are no conditions; who must not overwrite anybody's change changes images one by one.
#[utoipa::path(
    post, path = "/api/v1/images/bulk", tag = "images",
    request_body = BulkBody,
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = BulkResultsBody))
)]
pub async fn change_images(
    app: web::Data<App>,
    ctx: RequestCtx,
    body: Json<BulkBody>,
) -> Result<web::Json<BulkResultsBody>, Problem> {
    let (ids, action) = body.0.parse()?;
    let outcomes = app.images.library.bulk(&ctx, &ids, &action).await?;
    let done = if action == BulkAction::Delete { 204 } else { 200 };
    let result = |(id, outcome): (ImageId, BulkOutcome)| {
        let (status, code) = match outcome {
            BulkOutcome::Done => (done, None),
            BulkOutcome::NotFound => (404, Some("not-found")),
            BulkOutcome::TooManyTags => (422, Some("validation-failed")),
        };
        let id = id.uuid();
        BulkResultBody { id, status, code }
    };
    let results = outcomes.into_iter().map(result).collect();
    Ok(web::Json(BulkResultsBody { results }))
}
