//! `POST /auth/tokens`: creates an API token.
use super::body::{self, Scope};
use crate::{
    app::App,
    extract::{Json, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, http::header, web};
use infravault_auth as auth;
use infravault_kernel::{self as kernel, Scopes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An API token to create.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiToken {
    /// Name of the token, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100, example = "Photo backup")]
    name: String,
    /// Permissions of the token, at least one.
    #[schema(min_items = 1)]
    scopes: Vec<Scope>,
    /// Validity in days. Default 90, unless the operator changed it.
    #[schema(minimum = 1, maximum = 365, example = 90)]
    expires_in_days: Option<u32>,
}

/// A new API token with its secret.
#[derive(Serialize, ToSchema)]
pub struct IssuedApiToken {
    /// Secret to send as `Authorization: Bearer`. It is returned only once.
    #[schema(example = "ivp_8Kq2vXn4ZrT7mWc1Hd9sLb3Yf6Jg5Ae0Ru")]
    token: String,
    #[serde(flatten)]
    metadata: body::ApiToken,
}

/// Create an API token
///
/// Returns the secret of the new token, which cannot be read again. Requires a session whose sign-in is at most ten minutes old;
/// otherwise it returns `reauthentication-required`. API tokens cannot create tokens.
#[utoipa::path(
    post, path = "/api/v1/auth/tokens", tag = "auth",
    request_body(content = NewApiToken, description = "The token to create."),
    security(("session" = []), ("api_token" = [])),
    responses((status = 201, description = "The token was created.", body = IssuedApiToken, headers(
        ("Location" = String, description = "URL of the token.")))),
    extensions(("x-problems" = json!("conflict reauthentication-required")))
)]
pub async fn create_api_token(
    app: web::Data<App>,
    ctx: RequestCtx,
    body: Json<NewApiToken>,
) -> Result<HttpResponse, Problem> {
    let new = auth::NewApiToken {
        name: body.0.name,
        scopes: Scopes::new(body.0.scopes.into_iter().map(kernel::Scope::from)),
        days: body.0.expires_in_days,
    };
    let issued = app.auth.create_api_token(&ctx, new).await?;
    let location = format!("/api/v1/auth/tokens/{}", issued.token.id);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(IssuedApiToken {
            token: issued.secret.expose().clone(),
            metadata: issued.token.into(),
        }))
}
