//! `GET /auth/{provider}`: starts a sign-in.
use super::{cookies, sign_in_request::SignInRequest};
use crate::{
    app::App,
    extract::{Path, Query},
    problem::Problem,
};
use actix_web::{HttpResponse, http::header, web};
use infravault_auth::{ReturnTo, SignInOptions};
use serde::Deserialize;
use utoipa::IntoParams;

/// Maximum length of an email address in characters.
const MAX_HINT_CHARS: usize = 320;

/// Parameters of a sign-in.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BeginSignIn {
    /// Path on this site to return to, without query and percent-encoding. Default `/`.
    #[param(
        max_length = 512,
        example = "/gallery",
        pattern = "^/([A-Za-z0-9._~!$&'()*+,;=@-]+/?)*$"
    )]
    return_to: Option<String>,
    /// Account to suggest at the provider, usually an email address.
    #[param(max_length = 320, example = "ada@example.org")]
    login_hint: Option<String>,
}

impl BeginSignIn {
    fn parse(self) -> Result<(ReturnTo, Option<String>), Problem> {
        let return_to = self
            .return_to
            .map_or_else(|| Ok(ReturnTo::default()), |path| path.parse())?;
        let is_invalid =
            |hint: &String| hint.chars().count() > MAX_HINT_CHARS || hint.chars().any(char::is_control);
        if self.login_hint.as_ref().is_some_and(is_invalid) {
            let detail =
                format!("must have at most {MAX_HINT_CHARS} characters, none of them a control character");
            return Err(Problem::parameter("login_hint", detail));
        }
        Ok((return_to, self.login_hint))
    }
}

/// Start a sign-in
///
/// Redirects the browser to the OpenID Connect provider. Open this URL as a navigation, not with `fetch`.
#[utoipa::path(
    get, path = "/api/v1/auth/{provider}", tag = "auth",
    params(("provider" = String, Path, description = "Name of a configured provider, such as `google`."), BeginSignIn),
    responses((status = 303, description = "Redirect to the provider.", headers(
        ("Location" = String, description = "URL of the provider."),
        ("Set-Cookie" = String, description = "Cookie that binds the sign-in to this browser.")))),
    extensions(("x-problems" = json!("dependency-unavailable invalid-return-to sign-in-unavailable")))
)]
pub async fn begin_sign_in(
    app: web::Data<App>,
    provider: Path<String>,
    query: Query<BeginSignIn>,
    caller: SignInRequest,
) -> Result<HttpResponse, Problem> {
    let (return_to, login_hint) = query.0.parse()?;
    let options = SignInOptions {
        return_to,
        login_hint,
        current_refresh: caller.refresh,
    };
    let started = app.auth.begin_sign_in(&caller.ctx, &provider.0, options).await?;
    let ttl = app.auth.config().sign_in_ttl;
    let cookie = cookies::transaction_cookie(&started.transaction, ttl, app.config.server.insecure_dev);
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, started.authorization_url))
        .cookie(cookie)
        .finish())
}
