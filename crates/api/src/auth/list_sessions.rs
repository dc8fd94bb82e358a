//! `GET /auth/sessions`: the active sessions of the caller.
use super::body::Session;
use crate::{app::App, extract::RequestCtx, page::Page, problem::Problem};
use actix_web::{HttpResponse, web};
use infravault_kernel::Credential;

type SessionPage = Page<Session>;

/// List your sessions
///
/// Returns your active sessions, newest first. There is only one page. Requires a session.
#[utoipa::path(
    get, path = "/api/v1/auth/sessions", tag = "auth",
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The sessions.", body = SessionPage))
)]
pub async fn list_sessions(app: web::Data<App>, ctx: RequestCtx) -> Result<HttpResponse, Problem> {
    let sessions = app.auth.list_sessions(&ctx).await?;
    let items = sessions.into_iter().map(|listed| {
        let current = matches!(ctx.credential, Credential::Session { session, .. } if session == listed.id);
        Session::new(listed, current)
    });
    Ok(HttpResponse::Ok().json(Page::single(items)))
}
