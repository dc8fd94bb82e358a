//! `DELETE /auth/sessions/{id}`: ends one session.
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_kernel::SessionId;

/// Ends one session of the caller, on every node with its next request. API tokens cannot.
#[utoipa::path(
    delete, path = "/api/v1/auth/sessions/{id}", tag = "auth",
    params(("id" = Uuid, Path, description = "The session")),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "Ended"))
)]
pub async fn revoke_session(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<SessionId>,
) -> Result<HttpResponse, Problem> {
    app.auth.revoke_session(&ctx, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
