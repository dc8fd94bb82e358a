//! `GET /auth/me`: the identity of the caller.
use super::body::{Scope, Session, list_scopes};
use crate::{app::App, extract::RequestCtx, problem::Problem, users::Role};
use actix_web::{HttpResponse, web};
use infravault_auth as auth;
use infravault_kernel::{AuthMethod, Id as _};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A reference to an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountReference {
    /// Account ID. `GET /users/profile` returns the profile.
    #[schema(example = "01a0fb8f-5208-7d02-8f4e-61c0a7b3d912")]
    id: Uuid,
}

/// The caller: account, role, permissions and credential.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// Account of the caller.
    account: AccountReference,
    /// Current role of the account.
    role: Role,
    /// Permissions of the credential.
    scopes: Vec<Scope>,
    /// Session of the request. Null if an API token was sent.
    session: Option<Session>,
    /// ID of the API token of the request. Null for a session.
    #[schema(example = json!(null))]
    api_token_id: Option<Uuid>,
}

impl From<auth::Me> for Me {
    fn from(me: auth::Me) -> Self {
        Self {
            account: AccountReference {
                id: me.principal.account.uuid(),
            },
            role: me.principal.role.into(),
            scopes: list_scopes(&me.principal.scopes),
            session: me.session.map(|session| Session::new(session, true)),
            api_token_id: match me.principal.auth_method {
                AuthMethod::ApiToken(token) => Some(token.uuid()),
                AuthMethod::Session(_) => None,
            },
        }
    }
}

/// Get the identity of the caller
///
/// Returns the account, the role, the permissions and the session or API token of the request.
#[utoipa::path(
    get, path = "/api/v1/auth/me", tag = "auth",
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The identity of the caller.", body = Me))
)]
pub async fn get_me(app: web::Data<App>, ctx: RequestCtx) -> Result<HttpResponse, Problem> {
    let me = app.auth.get_me(&ctx).await?;
    Ok(HttpResponse::Ok().json(Me::from(me)))
}
