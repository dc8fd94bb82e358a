//! `GET /users/{id}`: one account, for administrators.
use super::body::{Account, account_response};
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::AccountId;

/// Get an account
///
/// Returns an account. Requires the role `ADMIN`.
#[utoipa::path(
    get, path = "/api/v1/users/{id}", tag = "users",
    params(("id" = Uuid, Path, description = "Account ID.")),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The account.", body = Account, headers(
        ("ETag" = String, description = "Version of the account, for `If-Match`.")))),
    extensions(("x-problems" = json!("forbidden")))
)]
pub async fn get_user(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<AccountId>,
) -> Result<HttpResponse, Problem> {
    let account = app.users.get_account(&ctx, id.0).await?;
    Ok(account_response(&account))
}
