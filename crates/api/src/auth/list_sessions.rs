//! `GET /auth/sessions`: the devices that are signed in.
use super::body::SessionBody;
use crate::{app::App, extract::RequestCtx, problem::Problem};
use actix_web::{HttpResponse, web};
use infravault_kernel::Credential;
use serde::Serialize;
use utoipa::ToSchema;

/// The live sessions of the caller, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionList)]
pub struct SessionListBody {
    /// The sessions.
    items: Vec<SessionBody>,
    /// Always null: there is one page.
    next_cursor: Option<String>,
}

/// The live sessions of the caller, newest first. API tokens cannot ask.
#[utoipa::path(
    get, path = "/api/v1/auth/sessions", tag = "auth",
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = SessionListBody))
)]
pub async fn list_sessions(app: web::Data<App>, ctx: RequestCtx) -> Result<HttpResponse, Problem> {
    let sessions = app.auth.list_sessions(&ctx).await?.into_iter();
    let items = sessions.map(|listed| {
        let current = matches!(ctx.credential, Credential::Session { session, .. } if session == listed.id);
        SessionBody::new(listed, current)
    });
    Ok(HttpResponse::Ok().json(SessionListBody {
        items: items.collect(),
        next_cursor: None,
    }))
}
