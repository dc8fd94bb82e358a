//! `GET /auth/callback`: finishes a sign-in.
use super::{cookies, sign_in_request::SignInRequest};
use crate::{app::App, extract::Query, flows, problem::Problem};
use actix_web::{HttpResponse, http::header, web};
use infravault_auth::Callback;
use infravault_kernel::Secret;
use serde::Deserialize;
use utoipa::IntoParams;

/// What the provider sends along. Providers add parameters of their own, so unknown ones are let pass here.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FinishSignIn {
    /// Ties the answer to the sign-in that was started.
    state: Option<String>,
    /// To be exchanged for tokens.
    code: Option<String>,
    /// Why there is no code.
    error: Option<String>,
    /// Who answers (RFC 9207).
    iss: Option<String>,
}

/// Where the provider sends the browser back to. Every failure looks the same.
#[utoipa::path(
    get, path = "/api/v1/auth/callback", tag = "auth",
    params(FinishSignIn),
    responses((status = 303, description = "Signed in; to the path that was asked for", headers(
        ("Location" = String, description = "A path on this site"),
        ("Set-Cookie" = String, description = "The cookies of the session")
    )))
)]
pub async fn finish_sign_in(
    app: web::Data<App>,
    query: Query<FinishSignIn>,
    caller: SignInRequest,
) -> Result<HttpResponse, Problem> {
    let insecure = app.config.server.insecure_dev;
    let callback = Callback {
        state: query.0.state,
        code: query.0.code.map(Secret::new),
        error: query.0.error,
        issuer: query.0.iss,
        transaction: caller.transaction,
    };
    let finished = flows::finish_sign_in(&app, &caller.ctx, &callback, caller.device).await;
    let expired = cookies::expired_transaction_cookie(insecure);
    let (tokens, return_to) =
        finished.map_err(|problem| problem.with_header(header::SET_COOKIE, expired.to_string()))?;
    let mut response = HttpResponse::SeeOther();
    response
        .insert_header((header::LOCATION, return_to.as_str()))
        .cookie(expired);
    for cookie in cookies::session_cookies(&tokens, insecure) {
        response.cookie(cookie);
    }
    Ok(response.finish())
}
