//! `GET /users/profile`: the caller's account.
use super::body::{AccountBody, answer};
use crate::{app::App, extract::RequestCtx, problem::Problem};
use actix_web::{HttpResponse, web};

/// The caller's account.
#[utoipa::path(
    get, path = "/api/v1/users/profile", tag = "users",
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = AccountBody, headers(("ETag" = String, description = "For `If-Match`"))))
)]
pub async fn get_profile(app: web::Data<App>, ctx: RequestCtx) -> Result<HttpResponse, Problem> {
    let account = app.users.get_profile(&ctx).await?;
    Ok(answer(&account))
}
