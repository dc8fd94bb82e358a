//! `POST /auth/logout`: ends this session.
use super::{cookies, visitor::Visitor};
use crate::{app::App, problem::Problem};
use actix_web::{HttpResponse, http::header, web};

/// What a browser forgets of us (Clear Site Data, W3C).
pub(super) const FORGET: (header::HeaderName, &str) = (
    header::HeaderName::from_static("clear-site-data"),
    "\"cache\", \"storage\"",
);

/// Ends this session, on every node with the next request. Again, or without a session, is fine.
#[utoipa::path(
    post, path = "/api/v1/auth/logout", tag = "auth",
    security((), ("session" = []), ("api_token" = [])),
    responses((status = 204, description = "Signed out"))
)]
pub async fn logout(app: web::Data<App>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    app.auth.logout(&visitor.ctx, visitor.refresh.as_ref()).await?;
    Ok(signed_out(app.config.server.insecure_dev))
}

/// 204, without cookies and what pages have kept.
pub(super) fn signed_out(insecure: bool) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response.insert_header(FORGET);
    for cookie in cookies::no_session(insecure) {
        response.cookie(cookie);
    }
    response.finish()
}
