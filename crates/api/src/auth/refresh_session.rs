//! `POST /auth/refresh`: new tokens for a session.
use super::{cookies, sign_in_request::SignInRequest};
use crate::{app::App, extract::Json, problem::Problem};
use actix_web::{FromRequest, HttpRequest, HttpResponse, http::header, web};
use infravault_auth::SessionTokens;
use infravault_kernel::{AccessError, Credential, Secret};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Refresh token of a native client.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// The refresh token.
    #[schema(max_length = 200, example = "ivr_T9bQ4kXw2LzN7pVd5HsYc8Rm1Jf6Ga3Ue0")]
    refresh_token: String,
}

/// A refreshed session.
#[derive(Serialize, ToSchema)]
pub struct RefreshedSession {
    /// Token type, always `Bearer`.
    #[schema(pattern = "^Bearer$", example = "Bearer")]
    token_type: &'static str,
    /// Validity of the access token in seconds.
    #[schema(example = 900)]
    expires_in: u64,
    /// Validity of the refresh token in seconds.
    #[schema(example = 604_800)]
    refresh_expires_in: u64,
    /// New access token. Present only if the refresh token was sent in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMWEwZmI4ZiJ9.c2ln")]
    access_token: Option<String>,
    /// New refresh token. Present only if the refresh token was sent in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ivr_B2nK7xQd9WvL4mTz6YpHs1Rc8Jg5Fa3Ue0")]
    refresh_token: Option<String>,
}

impl RefreshedSession {
    fn new(tokens: &SessionTokens, in_body: bool) -> Self {
        let shown = |token: &Secret<String>| in_body.then(|| token.expose().clone());
        Self {
            token_type: "Bearer",
            expires_in: tokens.access_ttl.as_secs(),
            refresh_expires_in: tokens.refresh_ttl.as_secs(),
            access_token: shown(&tokens.access),
            refresh_token: shown(&tokens.refresh),
        }
    }
}

/// Refresh a session
///
/// Exchanges a refresh token, from the cookie or from the body, for new tokens. Each refresh token can be used once: reuse within
/// ten seconds returns `refresh-conflict`, later reuse revokes the session and returns `session-revoked`.
#[utoipa::path(
    post, path = "/api/v1/auth/refresh", tag = "auth",
    request_body(content = Option<RefreshRequest>, description = "Refresh token of a native client. Browsers send the cookie and no body."),
    responses((status = 200, description = "The new tokens.", body = RefreshedSession, headers(
        ("Set-Cookie" = Option<String>, description = "New cookies of the session. Absent if the refresh token was sent in the body.")))),
    extensions(("x-problems" = json!("account-suspended authentication-required csrf-rejected dependency-unavailable \
        insufficient-scope invalid-token refresh-conflict session-expired session-revoked")))
)]
pub async fn refresh_session(
    app: web::Data<App>,
    request: HttpRequest,
    body: web::Payload,
    caller: SignInRequest,
) -> Result<HttpResponse, Problem> {
    if matches!(caller.ctx.credential, Credential::ApiToken { .. }) {
        return Err(AccessError::SessionRequired.into());
    }
    let insecure = app.config.server.insecure_dev;
    if has_body(&request) {
        let body = Json::<RefreshRequest>::from_request(&request, &mut body.into_inner()).await?;
        let tokens = app
            .auth
            .refresh_session(&caller.ctx, &body.0.refresh_token)
            .await?;
        return Ok(HttpResponse::Ok().json(RefreshedSession::new(&tokens, true)));
    }
    let refresh = caller.refresh.ok_or(AccessError::AuthenticationRequired)?;
    let refreshed = app.auth.refresh_session(&caller.ctx, refresh.expose()).await;
    let tokens = refreshed.map_err(|error| clear_ended_session(error.into(), insecure))?;
    let mut response = HttpResponse::Ok();
    cookies::insert_session(&mut response, &tokens, insecure);
    Ok(response.json(RefreshedSession::new(&tokens, false)))
}

/// Deletes the cookies of an invalid refresh token, so that the browser does not send it again. The cookies are kept after a
/// conflict and while the database is unavailable.
fn clear_ended_session(problem: Problem, insecure: bool) -> Problem {
    if !matches!(
        problem.code(),
        "invalid-token" | "session-expired" | "session-revoked"
    ) {
        return problem;
    }
    let expired = cookies::expired_session_cookies(insecure);
    expired.iter().fold(problem, |problem, cookie| {
        problem.with_header(header::SET_COOKIE, cookie.to_string())
    })
}

fn has_body(request: &HttpRequest) -> bool {
    let length = request.headers().get(header::CONTENT_LENGTH);
    length.is_some_and(|length| length != "0") || request.headers().contains_key(header::TRANSFER_ENCODING)
}
