//! `POST /auth/logout-all`: ends every session of the caller.
use super::sign_out::signed_out_response;
use crate::{app::App, extract::RequestCtx, problem::Problem};
use actix_web::{HttpResponse, web};

/// Sign out everywhere
///
/// Revokes all your sessions, including the current one. API tokens stay valid. Requires a session.
#[utoipa::path(
    post, path = "/api/v1/auth/logout-all", tag = "auth",
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "All sessions ended.", headers(
        ("Set-Cookie" = String, description = "Deletes the cookies of the session."))))
)]
pub async fn sign_out_everywhere(app: web::Data<App>, ctx: RequestCtx) -> Result<HttpResponse, Problem> {
    app.auth.sign_out_everywhere(&ctx).await?;
    Ok(signed_out_response(app.config.server.insecure_dev))
}
