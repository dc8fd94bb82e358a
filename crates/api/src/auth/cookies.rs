//! Our cookies: their names, their exact attributes, and reading them strictly.
use crate::problem::Problem;
use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
    http::StatusCode,
};
use infravault_auth::Tokens;
use infravault_kernel::Secret;

/// The cookie with the access token. Without the prefix that browsers tie to `Secure` only over plain http in
/// development.
pub fn access_name(insecure: bool) -> &'static str {
    if insecure { "iv_at" } else { "__Host-iv_at" }
}

/// The cookie with the refresh token.
pub fn refresh_name(insecure: bool) -> &'static str {
    if insecure { "iv_rt" } else { "__Host-iv_rt" }
}

/// The cookie that binds a sign-in under way to its browser.
pub fn transaction_name(insecure: bool) -> &'static str {
    if insecure { "iv_tx" } else { "__Host-iv_tx" }
}

/// The cookies of a session, which no other site can make a browser send.
pub(super) fn session(tokens: &Tokens, insecure: bool) -> [Cookie<'static>; 2] {
    let access = (access_name(insecure), &tokens.access, tokens.access_ttl);
    let refresh = (refresh_name(insecure), &tokens.refresh, tokens.refresh_ttl);
    [access, refresh].map(|(name, value, ttl)| {
        cookie(
            name,
            value.expose().clone(),
            ttl.as_secs(),
            SameSite::Strict,
            insecure,
        )
    })
}

/// The cookie of a sign-in, which comes back with a navigation from the provider's site.
pub(super) fn transaction(id: &Secret<String>, ttl: std::time::Duration, insecure: bool) -> Cookie<'static> {
    let name = transaction_name(insecure);
    cookie(name, id.expose().clone(), ttl.as_secs(), SameSite::Lax, insecure)
}

/// Takes the cookies of a session back.
pub(super) fn no_session(insecure: bool) -> [Cookie<'static>; 2] {
    [access_name(insecure), refresh_name(insecure)].map(|name| gone(name, SameSite::Strict, insecure))
}

/// Takes the cookie of a sign-in back.
pub(super) fn no_transaction(insecure: bool) -> Cookie<'static> {
    gone(transaction_name(insecure), SameSite::Lax, insecure)
}

/// The value of a cookie. Two of one name are an attempt at confusion, so neither counts.
pub(super) fn read(request: &HttpRequest, name: &str) -> Result<Option<Secret<String>>, Problem> {
    let invalid = |detail: &str| Problem::new(StatusCode::BAD_REQUEST, "invalid-request", detail);
    let all = request
        .cookies()
        .map_err(|_| invalid("The cookies could not be read."))?;
    let mut named = all.iter().filter(|cookie| cookie.name() == name);
    let first = named.next().map(|cookie| Secret::new(cookie.value().to_owned()));
    if named.next().is_some() {
        return Err(invalid("A cookie of ours is there twice."));
    }
    Ok(first)
}

fn gone(name: &'static str, same_site: SameSite, insecure: bool) -> Cookie<'static> {
    cookie(name, String::new(), 0, same_site, insecure)
}

fn cookie(
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
    fn cookies_have_exactly_these_attributes() {
        let id = Secret::new("x".to_owned());
        let ttl = std::time::Duration::from_mins(10);
        assert_eq!(
            transaction(&id, ttl, false).to_string(),
            "__Host-iv_tx=x; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=600"
        );
        assert_eq!(
            transaction(&id, ttl, true).to_string(),
            "iv_tx=x; HttpOnly; SameSite=Lax; Path=/; Max-Age=600"
        );
        let [access, refresh] = no_session(false);
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
