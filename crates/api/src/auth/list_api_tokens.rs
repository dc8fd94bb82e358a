//! `GET /auth/tokens`: the API tokens of the caller.
use super::body::ApiToken;
use crate::{app::App, extract::RequestCtx, page::Page, problem::Problem};
use actix_web::{HttpResponse, web};

type ApiTokenPage = Page<ApiToken>;

/// List your API tokens
///
/// Returns your API tokens without their secrets, newest first. Revoked tokens are not included. There is only one page.
/// Requires a session.
#[utoipa::path(
    get, path = "/api/v1/auth/tokens", tag = "auth",
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The API tokens.", body = ApiTokenPage))
)]
pub async fn list_api_tokens(app: web::Data<App>, ctx: RequestCtx) -> Result<HttpResponse, Problem> {
    let tokens = app.auth.list_api_tokens(&ctx).await?;
    let items = tokens.into_iter().map(ApiToken::from);
    Ok(HttpResponse::Ok().json(Page::single(items)))
}
