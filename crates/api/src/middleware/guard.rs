//! Checks before the handler: host name, credential, rate limit, cross-site requests.
use super::{csrf::check_csrf, rate_limit::Decision};
use crate::{app::App, auth::cookies, problem::Problem};
use actix_web::{
    dev::ServiceRequest,
    http::{StatusCode, header},
};
use infravault_auth::PresentedToken;
use infravault_kernel::Credential;
use std::net::IpAddr;

/// The result of the checks for an accepted request.
pub(super) struct Admission {
    /// The verified credential, or the reason why it is invalid.
    pub(super) credential: Result<Credential, Problem>,
    pub(super) decision: Option<Decision>,
}

/// Checks whether the request may reach its handler.
pub(super) fn admit_request(
    app: &App,
    request: &ServiceRequest,
    ip: IpAddr,
) -> Result<Admission, (Problem, Option<Decision>)> {
    check_host(app, request).map_err(|problem| (problem, None))?;
    let credential = authenticate(app, request);
    let decision = app
        .rate_limits
        .count_request(request, credential.as_ref().ok(), ip);
    if let Some(decision) = decision.as_ref().filter(|decision| !decision.allowed) {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate-limited", decision.detail())
            .with_retry_after(decision.retry_after);
        return Err((problem, Some(decision.clone())));
    }
    check_csrf(request, &app.config.server).map_err(|problem| (problem, decision.clone()))?;
    Ok(Admission { credential, decision })
}

/// Accepts only configured host names, so that a forged one never becomes part of a link or a cache key. Health checks
/// are exempt: probes use IP addresses.
fn check_host(app: &App, request: &ServiceRequest) -> Result<(), Problem> {
    if request.path().starts_with("/health/") {
        return Ok(());
    }
    let mut hosts = request.headers().get_all(header::HOST);
    let host = request
        .uri()
        .authority()
        .map(actix_web::http::uri::Authority::as_str);
    let host = host
        .or_else(|| hosts.next().and_then(|value| value.to_str().ok()))
        .unwrap_or_default();
    let server = &app.config.server;
    let own = server
        .public_origin
        .split_once("://")
        .map_or("", |(_, host)| host);
    let loopback = server.insecure_dev && is_loopback(host);
    if host.eq_ignore_ascii_case(own)
        || loopback
        || server.allowed_hosts.iter().any(|allowed| allowed == host)
    {
        return Ok(());
    }
    let detail =
        "The server does not accept requests for this host name; see PUBLIC_ORIGIN and HTTP_ALLOWED_HOSTS.";
    Err(Problem::new(
        StatusCode::MISDIRECTED_REQUEST,
        "misdirected-request",
        detail,
    ))
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// Verifies the bearer token, or the access cookie without an `Authorization` header. An invalid bearer token never
/// falls back to the cookie.
fn authenticate(app: &App, request: &ServiceRequest) -> Result<Credential, Problem> {
    let mut bearers = request.headers().get_all(header::AUTHORIZATION);
    let invalid = |detail: &str| Problem::new(StatusCode::BAD_REQUEST, "invalid-request", detail);
    if let Some(value) = bearers.next() {
        if bearers.next().is_some() {
            return Err(invalid("Send only one `Authorization` header."));
        }
        let token = value.to_str().ok().and_then(|text| text.split_once(' '));
        let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let (_, token) = token.ok_or_else(|| invalid("Send `Authorization: Bearer <token>`."))?;
        return Ok(app
            .auth
            .authenticate(PresentedToken::Bearer(token.trim()), app.clock.now())?);
    }
    let name = cookies::access_name(app.config.server.insecure_dev);
    let all = request
        .cookies()
        .map_err(|_| invalid("The `Cookie` header is malformed."))?;
    let mut named = all.iter().filter(|cookie| cookie.name() == name);
    let Some(cookie) = named.next() else {
        return Ok(Credential::Anonymous);
    };
    if named.next().is_some() {
        return Err(invalid("Send the access cookie only once."));
    }
    Ok(app
        .auth
        .authenticate(PresentedToken::Cookie(cookie.value()), app.clock.now())?)
}
