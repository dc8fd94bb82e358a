//! `GET /auth/tokens`: the API tokens of the caller.
use super::body::ApiTokenBody;
use crate::{app::App, extract::RequestCtx, problem::Problem};
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

/// The API tokens of the caller, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiTokenList)]
pub struct ApiTokenListBody {
    /// The API tokens.
    items: Vec<ApiTokenBody>,
    /// Always null: there is one page.
    next_cursor: Option<String>,
}

/// The API tokens of the caller that were not revoked, newest first, without their texts. API tokens cannot ask.
#[utoipa::path(
    get, path = "/api/v1/auth/tokens", tag = "auth",
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = ApiTokenListBody))
)]
pub async fn list_api_tokens(app: web::Data<App>, ctx: RequestCtx) -> Result<HttpResponse, Problem> {
    let tokens = app.auth.list_api_tokens(&ctx).await?;
    let items = tokens.into_iter().map(ApiTokenBody::from).collect();
    Ok(HttpResponse::Ok().json(ApiTokenListBody {
        items,
        next_cursor: None,
    }))
}
