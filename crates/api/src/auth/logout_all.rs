//! `POST /auth/logout-all`: ends every session of the caller.
use super::logout::signed_out;
use crate::{app::App, extract::RequestCtx, problem::Problem};
use actix_web::{HttpResponse, web};

/// Ends every session of the caller, this one too. API tokens stay. API tokens cannot ask for it.
#[utoipa::path(
    post, path = "/api/v1/auth/logout-all", tag = "auth",
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "Signed out everywhere"))
)]
pub async fn logout_all(app: web::Data<App>, ctx: RequestCtx) -> Result<HttpResponse, Problem> {
    app.auth.logout_all(&ctx).await?;
    Ok(signed_out(app.config.server.insecure_dev))
}
