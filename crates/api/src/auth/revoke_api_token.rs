//! `DELETE /auth/tokens/{id}`: revokes an API token.
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::ApiTokenId;

/// Revoke an API token
///
/// Revokes one of your API tokens on all nodes. Requires a session.
#[utoipa::path(
    delete, path = "/api/v1/auth/tokens/{id}", tag = "auth",
    params(("id" = Uuid, Path, description = "API token ID.")),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "The API token was revoked."))
)]
pub async fn revoke_api_token(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<ApiTokenId>,
) -> Result<HttpResponse, Problem> {
    app.auth.revoke_api_token(&ctx, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
