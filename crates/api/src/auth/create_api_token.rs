//! `POST /auth/tokens`: makes an API token.
use super::body::{ApiTokenBody, ScopeWord};
use crate::{
    app::App,
    extract::{Json, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, http::header, web};
use infravault_auth::NewApiToken;
use infravault_kernel::{Scope, Scopes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An API token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewApiToken)]
pub struct NewApiTokenBody {
    /// What its owner calls it.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it may do.
    #[schema(min_items = 1)]
    scopes: Vec<ScopeWord>,
    /// For how many days it works; 90 where nothing is said, if the operator did not change that.
    #[schema(minimum = 1, maximum = 365)]
    expires_in_days: Option<u32>,
}

/// An API token that has just been made.
#[derive(Serialize, ToSchema)]
#[schema(as = IssuedApiToken)]
pub struct IssuedApiTokenBody {
    /// Its text, which is shown now and never again.
    token: String,
    #[serde(flatten)]
    about: ApiTokenBody,
}

/// Makes an API token. This needs a session whose sign-in is at most ten minutes old (401
/// `reauthentication-required` otherwise); API tokens never make tokens.
#[utoipa::path(
    post, path = "/api/v1/auth/tokens", tag = "auth",
    request_body = NewApiTokenBody,
    security(("session" = []), ("api_token" = [])),
    responses((status = 201, body = IssuedApiTokenBody, headers(("Location" = String, description = "The token"))))
)]
pub async fn create_api_token(
    app: web::Data<App>,
    ctx: RequestCtx,
    body: Json<NewApiTokenBody>,
) -> Result<HttpResponse, Problem> {
    let new = NewApiToken {
        name: body.0.name,
        scopes: Scopes::new(body.0.scopes.into_iter().map(Scope::from)),
        days: body.0.expires_in_days,
    };
    let issued = app.auth.create_api_token(&ctx, new).await?;
    let location = format!("/api/v1/auth/tokens/{}", issued.token.id);
    let answer = IssuedApiTokenBody {
        token: issued.secret.expose().clone(),
        about: issued.token.into(),
    };
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(answer))
}
