//! `GET /auth/callback`: finishes a sign-in.
use super::{cookies, sign_in_request::SignInRequest};
use crate::{app::App, extract::Query, flows, problem::Problem};
use actix_web::{HttpResponse, http::header, web};
use infravault_auth::Callback;
use infravault_kernel::Secret;
use serde::Deserialize;
use utoipa::IntoParams;

/// Authorization response of the provider. Unknown parameters are ignored, because providers add their own.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FinishSignIn {
    /// `state` of the authorization request.
    state: Option<String>,
    /// Authorization code.
    code: Option<String>,
    /// Error code, if the sign-in failed at the provider.
    error: Option<String>,
    /// Issuer identifier (RFC 9207).
    iss: Option<String>,
}

/// Finish a sign-in
///
/// Redirect URI of the OpenID Connect authorization code flow. Creates the session, and the account at the first sign-in.
/// All failures return `sign-in-failed`, so that they reveal nothing about accounts.
#[utoipa::path(
    get, path = "/api/v1/auth/callback", tag = "auth",
    params(FinishSignIn),
    responses((status = 303, description = "The session was created. Redirect to `return_to`.", headers(
        ("Location" = String, description = "Path on this site."),
        ("Set-Cookie" = String, description = "Cookies of the session.")))),
    extensions(("x-problems" = json!("account-suspended dependency-unavailable sign-in-failed sign-in-unavailable sign-up-disabled")))
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
    cookies::insert_session(&mut response, &tokens, insecure);
    Ok(response.finish())
}
