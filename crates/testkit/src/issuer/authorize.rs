//! `GET /authorize`: signs in the user in `login_hint`, or shows a page with users.
use super::{Grant, State, keys::base64_url};
use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use aws_lc_rs::rand;
use std::collections::BTreeMap;
use url::{Host, Url};

/// The users on the page.
pub(super) const USERS: [(&str, &str); 3] = [
    ("alice@example.com", "Alice Adams"),
    ("bob@example.com", "Bob Brown"),
    ("carol@example.com", "Carol Clark"),
];

type Parameters = BTreeMap<String, String>;

/// An authorization request with a valid client and redirect URI.
struct Request {
    redirect_uri: Url,
    /// The redirect URI as received. The token request must repeat it exactly.
    written: String,
    state: Option<String>,
}

pub(super) async fn authorize(state: Data<State>, query: Query<Parameters>) -> HttpResponse {
    let request = match Request::parse(&state, &query) {
        Ok(request) => request,
        // With an invalid client or redirect URI, the browser must not be redirected (RFC 6749, section 4.1.2.1).
        Err(error) => {
            return HttpResponse::BadRequest().body(format!("Cannot start the sign-in: {error}.\n"));
        }
    };
    if let Err((code, description)) = check(&query) {
        return request.redirect(&state, &[("error", code), ("error_description", description)]);
    }
    let Some(email) = query.get("login_hint").filter(|hint| !hint.is_empty()) else {
        return page(&state, &query);
    };
    if !email.contains('@') {
        let description = "login_hint must be an email";
        return request.redirect(
            &state,
            &[("error", "invalid_request"), ("error_description", description)],
        );
    }
    let code = random();
    let grant = Grant {
        email: email.to_lowercase(),
        redirect_uri: request.written.clone(),
        challenge: query.get("code_challenge").cloned().unwrap_or_default(),
        nonce: query.get("nonce").cloned(),
    };
    state.mutable().grants.insert(code.clone(), grant);
    request.redirect(&state, &[("code", &code)])
}

impl Request {
    fn parse(state: &State, query: &Parameters) -> Result<Self, &'static str> {
        if query.get("client_id") != Some(&state.config.client_id) {
            return Err("client_id is not the client of this issuer");
        }
        let written = query.get("redirect_uri").cloned().unwrap_or_default();
        let redirect_uri = Url::parse(&written).map_err(|_| "redirect_uri is not a URL")?;
        let loopback = match redirect_uri.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        if !loopback {
            return Err("redirect_uri must be on loopback, because this issuer is for development");
        }
        if redirect_uri.fragment().is_some() || !written.starts_with(&state.config.redirect_uri_prefix) {
            return Err("redirect_uri is not one of this client");
        }
        Ok(Self {
            redirect_uri,
            written,
            state: query.get("state").cloned(),
        })
    }

    /// Redirects back to the client, with `state` and `iss` (RFC 9207).
    fn redirect(&self, issuer: &State, parameters: &[(&str, &str)]) -> HttpResponse {
        let mut target = self.redirect_uri.clone();
        target
            .query_pairs_mut()
            .extend_pairs(parameters)
            .extend_pairs(self.state.iter().map(|state| ("state", state)))
            .append_pair("iss", &issuer.url);
        HttpResponse::SeeOther()
            .insert_header(("Location", target.as_str()))
            .finish()
    }
}

fn check(query: &Parameters) -> Result<(), (&'static str, &'static str)> {
    let is = |name: &str, value: &str| query.get(name).is_some_and(|given| given == value);
    if !is("response_type", "code") {
        return Err(("unsupported_response_type", "response_type must be code"));
    }
    let scope = query.get("scope").map(String::as_str).unwrap_or_default();
    if !scope.split(' ').any(|word| word == "openid") {
        return Err(("invalid_scope", "scope must contain openid"));
    }
    // A SHA-256 in base64url has 43 characters (RFC 7636, section 4.2).
    let challenge = query.get("code_challenge").map_or(0, String::len);
    if challenge != 43 || !is("code_challenge_method", "S256") {
        return Err((
            "invalid_request",
            "code_challenge with the method S256 is required",
        ));
    }
    Ok(())
}

/// A page with one link per user: the same request with a `login_hint`.
fn page(state: &State, query: &Parameters) -> HttpResponse {
    let names = state.mutable().names.clone();
    let links: String = names
        .iter()
        .map(|(email, name)| link(query, email, name))
        .collect();
    let title = "Sign in for development";
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(format!(
            "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\n\
         <h1>{title}</h1>\n<p>Select a user. No password is required.</p>\n<ul>\n{links}</ul>\n\
         <p>For any other user, add <code>&amp;login_hint=name@example.com</code> to this address.</p>\n</html>\n"
        ))
}

fn link(query: &Parameters, email: &str, name: &str) -> String {
    let parameters = query.iter().filter(|(key, _)| *key != "login_hint");
    let target = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .append_pair("login_hint", email)
        .finish();
    let (target, name, email) = (escape(&target), escape(name), escape(email));
    format!("<li><a href=\"/authorize?{target}\">{name}</a> ({email})</li>\n")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// 32 random bytes as text.
pub(super) fn random() -> String {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).expect("the operating system provides random bytes");
    base64_url(&bytes)
}
