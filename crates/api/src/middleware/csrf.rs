//! Rejects unsafe requests that a page of another site could have sent with the user's cookies.
use crate::{auth::cookies, config::ServerConfig, problem::Problem};
use actix_web::{
    dev::ServiceRequest,
    http::{Method, StatusCode, header},
};

/// Requires for an unsafe method with session cookies the header `X-IV-CSRF: 1`, which forces a CORS preflight, and
/// `Sec-Fetch-Site: same-origin`. Browsers that do not send `Sec-Fetch-Site` must send the server's own `Origin`; pages
/// of a configured CORS origin must send theirs.
pub(super) fn check_csrf(request: &ServiceRequest, server: &ServerConfig) -> Result<(), Problem> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let signed = *request.method() == Method::PUT && is_signed_part(request.path());
    if safe || signed || request.headers().contains_key(header::AUTHORIZATION) || !has_cookie(request, server)
    {
        return Ok(());
    }
    let value = |name: &str| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap_or("?"))
    };
    let origin = value("origin");
    let allowed_origin =
        origin.is_some_and(|origin| server.cors_origins.iter().any(|allowed| allowed == origin));
    let same_origin = match value("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => origin == Some(server.public_origin.as_str()),
    };
    if value("x-iv-csrf") == Some("1") && (same_origin || allowed_origin) {
        return Ok(());
    }
    let detail =
        "A request with cookies must have the header `X-IV-CSRF: 1` and come from the server's own origin.";
    Err(Problem::new(StatusCode::FORBIDDEN, "csrf-rejected", detail))
}

/// Whether the request is authorized by a signature in its URL, so that its cookies are ignored.
fn is_signed_part(path: &str) -> bool {
    path.strip_prefix("/api/v1/uploads/")
        .and_then(|rest| rest.split_once('/'))
        .is_some_and(|(_, rest)| rest.starts_with("parts/"))
}

fn has_cookie(request: &ServiceRequest, server: &ServerConfig) -> bool {
    let insecure = server.insecure_dev;
    [cookies::access_name(insecure), cookies::refresh_name(insecure)]
        .iter()
        .any(|name| request.cookie(name).is_some())
}
