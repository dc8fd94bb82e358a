//! `DELETE /auth/tokens/{id}`: revokes an API token.
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::ApiTokenId;

/// Revokes an API token of the caller, on every node with its next request. API tokens cannot.
#[utoipa::path(
    delete, path = "/api/v1/auth/tokens/{id}", tag = "auth",
    params(("id" = Uuid, Path, description = "The API token")),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "Revoked"))
)]
pub async fn revoke_api_token(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<ApiTokenId>,
) -> Result<HttpResponse, Problem> {
    app.auth.revoke_api_token(&ctx, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
