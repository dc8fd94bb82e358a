//! `POST /token`: redeems a code once.
use super::{Grant, IssuerDefect, State, authorize::random, id_token::id_token, keys::base64_url};
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    rt::time::sleep,
    web::{Data, Form},
};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use std::collections::BTreeMap;

type Parameters = BTreeMap<String, String>;

pub(super) async fn token(request: HttpRequest, state: Data<State>, form: Form<Parameters>) -> HttpResponse {
    let defect = state.mutable().defect.take_if(|defect| !defect.is_permanent());
    match &defect {
        Some(IssuerDefect::TokenError) => return HttpResponse::InternalServerError().body("out of order"),
        Some(IssuerDefect::TokenGarbage) => {
            return HttpResponse::Ok()
                .content_type("application/json")
                .body("\u{1F4A9}{\"id_token\":");
        }
        // Tests the timeout of the client.
        Some(IssuerDefect::TokenSlow(time)) => sleep(*time).await,
        _ => {}
    }
    if !is_client(&state, &request, &form) {
        return refuse(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "the client's id or secret is wrong",
        );
    }
    if form.get("grant_type").map(String::as_str) != Some("authorization_code") {
        let description = "grant_type must be authorization_code";
        return refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type", description);
    }
    // Every attempt uses up the code.
    let code = form.get("code").map(String::as_str).unwrap_or_default();
    let grant = state.mutable().grants.remove(code);
    let Some(grant) = grant else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "invalid_grant",
            "the code is unknown or was used",
        );
    };
    if let Err(description) = check(&grant, &form) {
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant", description);
    }
    let access_token = random();
    let id_token = id_token(&state, &grant, &access_token, defect.as_ref());
    state
        .mutable()
        .access_tokens
        .insert(access_token.clone(), grant.email);
    HttpResponse::Ok().json(json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "openid email profile",
        "id_token": id_token,
    }))
}

fn check(grant: &Grant, form: &Parameters) -> Result<(), &'static str> {
    if form.get("redirect_uri") != Some(&grant.redirect_uri) {
        return Err("redirect_uri is not the one that the code was made for");
    }
    let verifier = form.get("code_verifier").map(String::as_str).unwrap_or_default();
    if base64_url(digest(&SHA256, verifier.as_bytes()).as_ref()) != grant.challenge {
        return Err("code_verifier does not fit code_challenge");
    }
    Ok(())
}

/// `client_secret_basic` where there is an `Authorization` header, else `client_secret_post`.
fn is_client(state: &State, request: &HttpRequest, form: &Parameters) -> bool {
    let posted = || Some((form.get("client_id")?.clone(), form.get("client_secret")?.clone()));
    let given = match request.headers().get("Authorization") {
        Some(header) => header.to_str().ok().and_then(basic),
        None => posted(),
    };
    let config = &state.config;
    given.is_some_and(|(id, secret)| id == config.client_id && secret == config.client_secret)
}

/// Id and secret are form-encoded before they are put together (RFC 6749 section 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let bytes = BASE64_STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form_decode(id), form_decode(secret)))
}

fn form_decode(text: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(text.as_bytes());
    pairs
        .next()
        .map(|(decoded, _)| decoded.into_owned())
        .unwrap_or_default()
}

fn refuse(status: StatusCode, error: &str, description: &str) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header(("WWW-Authenticate", "Basic realm=\"token\""));
    }
    response.json(json!({ "error": error, "error_description": description }))
}
