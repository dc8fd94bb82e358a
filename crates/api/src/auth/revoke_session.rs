//! `DELETE /auth/sessions/{id}`: revokes a session.
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::SessionId;

/// Revoke a session
///
/// Revokes one of your sessions on all nodes. Requires a session.
#[utoipa::path(
    delete, path = "/api/v1/auth/sessions/{id}", tag = "auth",
    params(("id" = Uuid, Path, description = "Session ID.")),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "The session was revoked."))
)]
pub async fn revoke_session(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<SessionId>,
) -> Result<HttpResponse, Problem> {
    app.auth.revoke_session(&ctx, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
