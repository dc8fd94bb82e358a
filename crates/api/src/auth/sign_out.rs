//! `POST /auth/logout`: ends this session.
use super::{cookies, sign_in_request::SignInRequest};
use crate::{app::App, problem::Problem};
use actix_web::{HttpResponse, http::header, web};

/// Makes the browser delete its cache and storage of this site (W3C Clear Site Data).
pub(super) const CLEAR_SITE_DATA: (header::HeaderName, &str) = (
    header::HeaderName::from_static("clear-site-data"),
    "\"cache\", \"storage\"",
);

/// Ends this session, on every node with the next request. Again, or without a session, is fine.
#[utoipa::path(
    post, path = "/api/v1/auth/logout", tag = "auth",
    security((), ("session" = []), ("api_token" = [])),
    responses((status = 204, description = "Signed out"))
)]
pub async fn sign_out(app: web::Data<App>, caller: SignInRequest) -> Result<HttpResponse, Problem> {
    app.auth.sign_out(&caller.ctx, caller.refresh.as_ref()).await?;
    Ok(signed_out_response(app.config.server.insecure_dev))
}

/// 204 that deletes the cookies, the cache and the storage.
pub(super) fn signed_out_response(insecure: bool) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response.insert_header(CLEAR_SITE_DATA);
    for cookie in cookies::expired_session_cookies(insecure) {
        response.cookie(cookie);
    }
    response.finish()
}
