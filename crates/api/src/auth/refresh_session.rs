//! `POST /auth/refresh`: new tokens for a session.
use super::{cookies, sign_in_request::SignInRequest};
use crate::{app::App, extract::Json, problem::Problem};
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, http::header, web};
use infravault_auth::SessionTokens;
use infravault_kernel::{AccessError, Credential, Secret};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The refresh token of a client that has no cookies.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Refresh)]
pub struct RefreshBody {
    /// The refresh token.
    #[schema(max_length = 200)]
    refresh_token: String,
}

/// What a session has got.
#[derive(Serialize, ToSchema)]
#[schema(as = RefreshedSession)]
pub struct RefreshedBody {
    /// How the access token is sent.
    #[schema(pattern = "^Bearer$")]
    token_type: &'static str,
    /// For how many seconds the access token is good.
    expires_in: u64,
    /// For how many seconds the refresh token is good.
    refresh_expires_in: u64,
    /// The access token, for clients without cookies.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    /// The refresh token, for clients without cookies.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

impl RefreshedBody {
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

/// Exchanges the refresh token, of the cookie or of the body, for new tokens. It counts once: again within ten
/// seconds is 409, later ends the session.
#[utoipa::path(
    post, path = "/api/v1/auth/refresh", tag = "auth",
    request_body(content = Option<RefreshBody>, description = "For clients without cookies only"),
    responses((status = 200, body = RefreshedBody))
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
        let body = Json::<RefreshBody>::from_request(&request, &mut body.into_inner()).await?;
        let tokens = app
            .auth
            .refresh_session(&caller.ctx, &body.0.refresh_token)
            .await?;
        return Ok(HttpResponse::Ok().json(RefreshedBody::new(&tokens, true)));
    }
    let refresh = caller.refresh.ok_or(AccessError::AuthenticationRequired)?;
    let tokens = match app.auth.refresh_session(&caller.ctx, refresh.expose()).await {
        Ok(tokens) => tokens,
        Err(error) => return Err(clear_ended_session(error.into(), insecure)),
    };
    let mut response: HttpResponseBuilder = HttpResponse::Ok();
    for cookie in cookies::session_cookies(&tokens, insecure) {
        response.cookie(cookie);
    }
    Ok(response.json(RefreshedBody::new(&tokens, false)))
}

/// Deletes the cookies of an ended session, so that the browser does not send them again. Keeps them after a conflict
/// and while the database is unavailable.
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
