//! `GET /users/profile/usage`: how much of the quota is taken.
use crate::{app::App, extract::RequestCtx, problem::Problem};
use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

/// How much the account stores, in bytes of originals.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Usage)]
pub struct UsageBody {
    /// The most it may store.
    quota_bytes: i64,
    /// What it stores, with what is in the trash.
    used_bytes: i64,
    /// What uploads under way have been promised.
    reserved_bytes: i64,
    /// What is left; 0 where an administrator lowered the quota below what is stored.
    available_bytes: i64,
    /// How many images it stores, with those in the trash.
    image_count: i64,
    /// What is in the trash of that.
    trashed_bytes: i64,
    /// How many images are in the trash.
    trashed_count: i64,
}

/// The caller's quota and what is taken of it.
#[utoipa::path(
    get, path = "/api/v1/users/profile/usage", tag = "users",
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = UsageBody))
)]
pub async fn get_usage(app: web::Data<App>, ctx: RequestCtx) -> Result<web::Json<UsageBody>, Problem> {
    let usage = app.images.library.usage(&ctx).await?;
    let taken = usage.used_bytes.saturating_add(usage.reserved_bytes);
    Ok(web::Json(UsageBody {
        quota_bytes: usage.quota_bytes,
        used_bytes: usage.used_bytes,
        reserved_bytes: usage.reserved_bytes,
        available_bytes: usage.quota_bytes.saturating_sub(taken).max(0),
        image_count: usage.image_count,
        trashed_bytes: usage.trashed_bytes,
        trashed_count: usage.trashed_count,
    }))
}
