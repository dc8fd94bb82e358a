//! `DELETE /trash`: purges everything in the trash.
use crate::{app::App, extract::RequestCtx, problem::Problem};
use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

/// What became of the trash.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PurgedTrash)]
pub struct PurgedTrashBody {
    /// How many images were purged.
    purged: u64,
}

/// Purges all that is in the caller's trash now. Should it break off, what is left is still there, and it can be asked for
/// again.
#[utoipa::path(
    delete, path = "/api/v1/trash", tag = "images",
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = PurgedTrashBody))
)]
pub async fn purge_trash(
    app: web::Data<App>,
    ctx: RequestCtx,
) -> Result<web::Json<PurgedTrashBody>, Problem> {
    let purged = app.images.library.purge_all(&ctx).await?;
    Ok(web::Json(PurgedTrashBody { purged }))
}
