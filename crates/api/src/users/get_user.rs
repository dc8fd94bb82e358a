//! `GET /users/{id}`: one account, for administrators.
use super::body::{AccountBody, answer};
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::AccountId;

/// One account. Needs the role ADMIN.
#[utoipa::path(
    get, path = "/api/v1/users/{id}", tag = "users",
    params(("id" = Uuid, Path, description = "The account")),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = AccountBody, headers(("ETag" = String, description = "For `If-Match`"))))
)]
pub async fn get_user(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<AccountId>,
) -> Result<HttpResponse, Problem> {
    let account = app.users.get_account(&ctx, id.0).await?;
    Ok(answer(&account))
}
