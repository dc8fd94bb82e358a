//! `GET /users/profile`: the account of the caller.
use super::body::{Account, account_response};
use crate::{app::App, extract::RequestCtx, problem::Problem};
use actix_web::{HttpResponse, web};

/// Get your profile
///
/// Returns your account. Requires the scope `profile:read`.
#[utoipa::path(
    get, path = "/api/v1/users/profile", tag = "users",
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "Your account.", body = Account, headers(
        ("ETag" = String, description = "Version of the account, for `If-Match`."))))
)]
pub async fn get_profile(app: web::Data<App>, ctx: RequestCtx) -> Result<HttpResponse, Problem> {
    let account = app.users.get_profile(&ctx).await?;
    Ok(account_response(&account))
}
