//! Refuses unsafe requests that a page of another site could have made with our cookies.
use crate::{auth::cookies, config::Server, problem::Problem};
use actix_web::{
    dev::ServiceRequest,
    http::{Method, StatusCode, header},
};

/// For requests with our cookies and an unsafe method: the header `X-IV-CSRF: 1` (which makes browsers ask first)
/// and `Sec-Fetch-Site: same-origin`, or, where a browser does not send that, our own `Origin`. A page of a
/// configured CORS origin may call with its `Origin`.
pub(super) fn check(request: &ServiceRequest, server: &Server) -> Result<(), Problem> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let signed = *request.method() == Method::PUT && is_piece(request.path());
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
    let detail = "A request with cookies needs the header `X-IV-CSRF: 1` and must come from our own origin.";
    Err(Problem::new(StatusCode::FORBIDDEN, "csrf-rejected", detail))
}

/// Requests that carry a signature, whatever cookies a browser sends along: nobody looks at those.
fn is_piece(path: &str) -> bool {
    path.strip_prefix("/api/v1/uploads/")
        .and_then(|rest| rest.split_once('/'))
        .is_some_and(|(_, rest)| rest.starts_with("pieces/"))
}

fn has_cookie(request: &ServiceRequest, server: &Server) -> bool {
    let insecure = server.insecure_dev;
    [cookies::access_name(insecure), cookies::refresh_name(insecure)]
        .iter()
        .any(|name| request.cookie(name).is_some())
}
