//! `POST /auth/logout`: ends this session.
use super::{cookies, sign_in_request::SignInRequest};
use crate::{app::App, problem::Problem};
use actix_web::{HttpResponse, http::header, web};

/// Makes the browser delete stored data (Clear Site Data, W3C).
const CLEAR_SITE_DATA: (header::HeaderName, &str) = (
    header::HeaderName::from_static("clear-site-data"),
    "\"cache\", \"storage\"",
);

/// Sign out
///
/// Revokes the session of the request on all nodes and deletes its cookies. Idempotent: returns 204 without a session, too.
#[utoipa::path(
    post, path = "/api/v1/auth/logout", tag = "auth",
    security((), ("session" = []), ("api_token" = [])),
    responses((status = 204, description = "The session ended.", headers(
        ("Set-Cookie" = String, description = "Deletes the cookies of the session."))))
)]
pub async fn sign_out(app: web::Data<App>, caller: SignInRequest) -> Result<HttpResponse, Problem> {
    app.auth.sign_out(&caller.ctx, caller.refresh.as_ref()).await?;
    Ok(signed_out_response(app.config.server.insecure_dev))
}

/// Returns 204 and makes the browser delete its cookies and stored data.
pub(super) fn signed_out_response(insecure: bool) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response.insert_header(CLEAR_SITE_DATA);
    for cookie in cookies::expired_session_cookies(insecure) {
        response.cookie(cookie);
    }
    response.finish()
}
