//! Cookies: names, exact attributes and strict reading.
use crate::problem::Problem;
use actix_web::{
    HttpRequest, HttpResponseBuilder,
    cookie::{Cookie, SameSite, time::Duration},
    http::StatusCode,
};
use infravault_auth::SessionTokens;
use infravault_kernel::Secret;

/// Name of the cookie with the access token. Without the `__Host-` prefix only over plain HTTP in development.
pub fn access_name(insecure: bool) -> &'static str {
    if insecure { "iv_at" } else { "__Host-iv_at" }
}

/// Name of the cookie with the refresh token.
pub fn refresh_name(insecure: bool) -> &'static str {
    if insecure { "iv_rt" } else { "__Host-iv_rt" }
}

/// Name of the cookie that binds a started sign-in to its browser.
pub fn transaction_name(insecure: bool) -> &'static str {
    if insecure { "iv_tx" } else { "__Host-iv_tx" }
}

/// The cookies of a session. `SameSite=Strict`: browsers do not send them with requests from other sites.
fn session_cookies(tokens: &SessionTokens, insecure: bool) -> [Cookie<'static>; 2] {
    let access = (access_name(insecure), &tokens.access, tokens.access_ttl);
    let refresh = (refresh_name(insecure), &tokens.refresh, tokens.refresh_ttl);
    [access, refresh].map(|(name, value, ttl)| {
        build_cookie(
            name,
            value.expose().clone(),
            ttl.as_secs(),
            SameSite::Strict,
            insecure,
        )
    })
}

pub(super) fn insert_session(response: &mut HttpResponseBuilder, tokens: &SessionTokens, insecure: bool) {
    for cookie in session_cookies(tokens, insecure) {
        response.cookie(cookie);
    }
}

/// The cookie of a started sign-in. `SameSite=Lax`: browsers send it with the redirect from the provider.
pub(super) fn transaction_cookie(
    id: &Secret<String>,
    ttl: std::time::Duration,
    insecure: bool,
) -> Cookie<'static> {
    let name = transaction_name(insecure);
    build_cookie(name, id.expose().clone(), ttl.as_secs(), SameSite::Lax, insecure)
}

/// Deletes the cookies of a session.
pub(super) fn expired_session_cookies(insecure: bool) -> [Cookie<'static>; 2] {
    [access_name(insecure), refresh_name(insecure)]
        .map(|name| expired_cookie(name, SameSite::Strict, insecure))
}

/// Deletes the cookie of a started sign-in.
pub(super) fn expired_transaction_cookie(insecure: bool) -> Cookie<'static> {
    expired_cookie(transaction_name(insecure), SameSite::Lax, insecure)
}

/// Returns the value of a cookie. Duplicate cookies are an error, because an attacker can add one.
pub(super) fn read_cookie(request: &HttpRequest, name: &str) -> Result<Option<Secret<String>>, Problem> {
    let invalid = |detail: &str| Problem::new(StatusCode::BAD_REQUEST, "invalid-request", detail);
    let all = request
        .cookies()
        .map_err(|_| invalid("The cookies are malformed."))?;
    let mut named = all.iter().filter(|cookie| cookie.name() == name);
    let first = named.next().map(|cookie| Secret::new(cookie.value().to_owned()));
    if named.next().is_some() {
        return Err(invalid("A cookie is duplicated."));
    }
    Ok(first)
}

fn expired_cookie(name: &'static str, same_site: SameSite, insecure: bool) -> Cookie<'static> {
    build_cookie(name, String::new(), 0, same_site, insecure)
}

fn build_cookie(
    name: &'static str,
    value: String,
    seconds: u64,
    same_site: SameSite,
    insecure: bool,
) -> Cookie<'static> {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    Cookie::build(name, value)
        .path("/")
        .secure(!insecure)
        .http_only(true)
        .same_site(same_site)
        .max_age(Duration::seconds(seconds))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_have_exact_attributes() {
        let id = Secret::new("x".to_owned());
        let ttl = std::time::Duration::from_mins(10);
        assert_eq!(
            transaction_cookie(&id, ttl, false).to_string(),
            "__Host-iv_tx=x; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=600"
        );
        assert_eq!(
            transaction_cookie(&id, ttl, true).to_string(),
            "iv_tx=x; HttpOnly; SameSite=Lax; Path=/; Max-Age=600"
        );
        let [access, refresh] = expired_session_cookies(false);
        assert_eq!(
            access.to_string(),
            "__Host-iv_at=; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=0"
        );
        assert_eq!(
            refresh.to_string(),
            "__Host-iv_rt=; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=0"
        );
    }
}
