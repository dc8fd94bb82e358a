//! `POST /images/bulk`: one operation on many images.
use super::{body::Visibility, fields::FieldErrors};
use crate::{
    app::App,
    extract::{Json, RequestCtx},
    problem::Problem,
};
use actix_web::web;
use infravault_images::{BulkAction, BulkChange, BulkIds, BulkOutcome, Error, TagChange, Tags};
use infravault_kernel::{Id as _, ImageId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Bulk operation.
///
/// - `update`: change tags and visibility as given in `changes`.
/// - `delete`: move the images to the trash.
/// - `restore`: restore the images from the trash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = BulkAction)]
pub enum Action {
    Update,
    Delete,
    Restore,
}

/// One operation on many images.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// IDs of the images, 1 to 500, without duplicates.
    #[schema(min_items = 1, max_items = 500, example = json!(["01a1fda7-e040-7c11-9a3e-2b6f0d4c8e15", "01a1f2dd-7c60-7a4f-b1d6-0c9e58f7a233"]))]
    ids: Vec<Uuid>,
    /// Operation on the images.
    action: Action,
    /// Changes to make. Required for `update`, not allowed otherwise.
    changes: Option<BulkChanges>,
}

/// Changes to many images. Omitted fields stay unchanged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkChanges {
    /// Changes to the tags.
    tags: Option<TagChanges>,
    /// New visibility.
    visibility: Option<Visibility>,
}

/// Changes to tags: either `set`, or `add` and `remove`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "add": ["sea"], "remove": ["draft"] }))]
pub struct TagChanges {
    /// Tags to append, unless the image has them already.
    #[schema(max_items = 50)]
    add: Option<Vec<String>>,
    /// Tags to remove.
    #[schema(max_items = 50)]
    remove: Option<Vec<String>>,
    /// Tags that replace all existing tags.
    #[schema(max_items = 50)]
    set: Option<Vec<String>>,
}

/// Result of one image.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkResult {
    /// Image ID.
    #[schema(example = "01a1fda7-e040-7c11-9a3e-2b6f0d4c8e15")]
    id: Uuid,
    /// 200 or 204 on success, 404 if you do not own such an image, 422 if the image would have more than 50 tags.
    #[schema(example = 200)]
    status: u16,
    /// Problem code. Absent on success.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "not-found")]
    code: Option<&'static str>,
}

/// Results of a bulk operation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "results": [
    { "id": "01a1fda7-e040-7c11-9a3e-2b6f0d4c8e15", "status": 200 },
    { "id": "01a1f2dd-7c60-7a4f-b1d6-0c9e58f7a233", "status": 404, "code": "not-found" }
] }))]
pub struct BulkResults {
    /// One result for each image, in the order of `ids`.
    results: Vec<BulkResult>,
}

impl BulkRequest {
    fn parse(self) -> Result<(BulkIds, BulkAction), Error> {
        let mut errors = FieldErrors::default();
        let ids = self.ids.into_iter().map(ImageId::from_uuid).collect();
        let ids = BulkIds::new(ids)
            .map_err(|error| errors.push(&error.field, &error.detail))
            .ok();
        let action = match (self.action, self.changes) {
            (Action::Update, Some(changes)) => changes.parse(&mut errors).map(BulkAction::Update),
            (Action::Update, None) => {
                errors.push("changes", "is missing");
                None
            }
            (_, Some(_)) => {
                errors.push("changes", "is allowed only with the action `update`");
                None
            }
            (Action::Delete, None) => Some(BulkAction::Delete),
            (Action::Restore, None) => Some(BulkAction::Restore),
        };
        match (ids, action) {
            (Some(ids), Some(action)) => errors.into_result((ids, action)),
            _ => Err(errors.into_error()),
        }
    }
}

impl BulkChanges {
    fn parse(self, errors: &mut FieldErrors) -> Option<BulkChange> {
        if self.tags.is_none() && self.visibility.is_none() {
            errors.push("changes", "must have at least one change");
            return None;
        }
        let tags = match self.tags {
            Some(tags) => Some(tags.parse(errors)?),
            None => None,
        };
        let visibility = self.visibility.map(Into::into);
        Some(BulkChange { tags, visibility })
    }
}

impl TagChanges {
    fn parse(self, errors: &mut FieldErrors) -> Option<TagChange> {
        let mut parse = |field, texts: Option<Vec<String>>| {
            let tags = Tags::parse(texts.unwrap_or_default().iter().map(String::as_str));
            errors.check(field, tags)
        };
        match (self.set, self.add, self.remove) {
            (set @ Some(_), None, None) => parse("changes.tags.set", set).map(TagChange::Set),
            (Some(_), ..) => {
                errors.push("changes.tags", "must have either `set`, or `add` and `remove`");
                None
            }
            (None, None, None) => {
                errors.push("changes.tags", "must have at least one change");
                None
            }
            (None, add, remove) => {
                let add = parse("changes.tags.add", add);
                let remove = parse("changes.tags.remove", remove);
                let (add, remove) = (add?, remove?);
                if add.as_slice().iter().any(|tag| remove.as_slice().contains(tag)) {
                    errors.push("changes.tags.remove", "must not have a tag that `add` has");
                    return None;
                }
                Some(TagChange::Edit { add, remove })
            }
        }
    }
}

/// Apply one operation to many images
///
/// Updates, deletes or restores up to 500 images that you own. Each image succeeds or fails independently.
/// `If-Match` is not supported. To avoid overwriting concurrent changes, update images individually.
/// Requires the scope `images:delete` for `delete`, and `images:write` otherwise.
#[utoipa::path(
    post, path = "/api/v1/images/bulk", tag = "images",
    request_body(content = BulkRequest, description = "The images and the operation."),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "One result for each image.", body = BulkResults))
)]
pub async fn change_images(
    app: web::Data<App>,
    ctx: RequestCtx,
    body: Json<BulkRequest>,
) -> Result<web::Json<BulkResults>, Problem> {
    let (ids, action) = body.0.parse()?;
    let outcomes = app.images.library.apply_bulk_action(&ctx, &ids, &action).await?;
    let success = if action == BulkAction::Delete { 204 } else { 200 };
    let result = |(id, outcome): (ImageId, BulkOutcome)| {
        let (status, code) = match outcome {
            BulkOutcome::Done => (success, None),
            BulkOutcome::NotFound => (404, Some("not-found")),
            BulkOutcome::TooManyTags => (422, Some("validation-failed")),
        };
        let id = id.uuid();
        BulkResult { id, status, code }
    };
    let results = outcomes.into_iter().map(result).collect();
    Ok(web::Json(BulkResults { results }))
}
