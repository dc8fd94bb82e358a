//! `GET /users/profile/usage`: quota usage of the caller.
use crate::{app::App, extract::RequestCtx, problem::Problem};
use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

/// Quota usage of an account, in bytes of originals.
#[derive(Debug, Serialize, ToSchema)]
pub struct Usage {
    /// Maximum total size of originals in bytes.
    #[schema(example = 10_737_418_240_i64)]
    quota_bytes: i64,
    /// Total size of the stored originals in bytes, including the trash.
    #[schema(example = 3_221_225_472_i64)]
    used_bytes: i64,
    /// Bytes reserved for uploads in progress.
    #[schema(example = 4_812_233)]
    reserved_bytes: i64,
    /// Bytes that can still be stored. 0 if the quota is exceeded.
    #[schema(example = 7_511_380_535_i64)]
    available_bytes: i64,
    /// Number of images, including the trash.
    #[schema(example = 742)]
    image_count: i64,
    /// Total size of the originals in the trash in bytes.
    #[schema(example = 57_746_796)]
    trashed_bytes: i64,
    /// Number of images in the trash.
    #[schema(example = 12)]
    trashed_count: i64,
}

/// Get your quota usage
///
/// Returns your quota and how much of it is used. Requires the scope `profile:read`.
#[utoipa::path(
    get, path = "/api/v1/users/profile/usage", tag = "users",
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The quota usage.", body = Usage))
)]
pub async fn get_usage(app: web::Data<App>, ctx: RequestCtx) -> Result<web::Json<Usage>, Problem> {
    let usage = app.images.library.usage(&ctx).await?;
    let taken = usage.used_bytes.saturating_add(usage.reserved_bytes);
    Ok(web::Json(Usage {
        quota_bytes: usage.quota_bytes,
        used_bytes: usage.used_bytes,
        reserved_bytes: usage.reserved_bytes,
        available_bytes: usage.quota_bytes.saturating_sub(taken).max(0),
        image_count: usage.image_count,
        trashed_bytes: usage.trashed_bytes,
        trashed_count: usage.trashed_count,
    }))
}
