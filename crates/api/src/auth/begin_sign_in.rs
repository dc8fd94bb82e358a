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

/// As long as an e-mail address may be.
const LOGIN_HINT_MAX_CHARS: usize = 320;

/// How to sign in.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BeginSignIn {
    /// Where the browser goes afterwards: a path on this site, without query and escapes. `/` where nothing is said.
    #[param(max_length = 512, pattern = "^/([A-Za-z0-9._~!$&'()*+,;=@-]+/?)*$")]
    return_to: Option<String>,
    /// Whom the provider should offer, as a rule an e-mail address.
    #[param(max_length = 320)]
    login_hint: Option<String>,
}

impl BeginSignIn {
    fn parse(self) -> Result<(ReturnTo, Option<String>), Problem> {
        let return_to = self
            .return_to
            .map_or_else(|| Ok(ReturnTo::default()), |path| path.parse())?;
        let invalid =
            |hint: &String| hint.chars().count() > LOGIN_HINT_MAX_CHARS || hint.chars().any(char::is_control);
        if self.login_hint.as_ref().is_some_and(invalid) {
            let detail =
                format!("must have at most {LOGIN_HINT_MAX_CHARS} characters and no control characters");
            return Err(Problem::parameter("login_hint", detail));
        }
        Ok((return_to, self.login_hint))
    }
}

/// Sends the browser to the provider, to sign in there.
#[utoipa::path(
    get, path = "/api/v1/auth/{provider}", tag = "auth",
    params(("provider" = String, Path, description = "The provider's name, for example `google`"), BeginSignIn),
    responses((status = 303, description = "To the provider, with the cookie of this sign-in", headers(
        ("Location" = String, description = "The provider's sign-in page"),
        ("Set-Cookie" = String, description = "Binds the sign-in to this browser")
    )))
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
