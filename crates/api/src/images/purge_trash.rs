//! `DELETE /trash`: permanently deletes all images in the trash.
use crate::{app::App, extract::RequestCtx, problem::Problem};
use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

/// Result of emptying the trash.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurgedTrash {
    /// Number of images that were purged.
    #[schema(example = 12)]
    purged: u64,
}

/// Empty the trash
///
/// Purges all images that are in your trash now. This cannot be undone. If it is interrupted, the remaining images stay in the
/// trash and the request can be repeated. Requires the scope `images:delete`.
#[utoipa::path(
    delete, path = "/api/v1/trash", tag = "trash",
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The trash is empty.", body = PurgedTrash))
)]
pub async fn purge_trash(app: web::Data<App>, ctx: RequestCtx) -> Result<web::Json<PurgedTrash>, Problem> {
    let purged = app.images.library.purge_all(&ctx).await?;
    Ok(web::Json(PurgedTrash { purged }))
}
