//! `GET /auth/me`: who the caller is.
use super::body::{ScopeWord, SessionBody, words};
use crate::{app::App, extract::RequestCtx, problem::Problem, users::RoleWord};
use actix_web::{HttpResponse, web};
use infravault_auth::Me;
use infravault_kernel::{AuthMethod, Id as _};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An account, by its name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountLink)]
pub struct AccountLinkBody {
    /// Names the account for ever. More about it is at `GET /users/profile`.
    id: Uuid,
}

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub struct MeBody {
    /// The account.
    account: AccountLinkBody,
    /// Its role now.
    role: RoleWord,
    /// What this credential may do.
    scopes: Vec<ScopeWord>,
    /// The session, where it is one.
    session: Option<SessionBody>,
    /// The API token, where it is one.
    api_token_id: Option<Uuid>,
}

impl From<Me> for MeBody {
    fn from(me: Me) -> Self {
        Self {
            account: AccountLinkBody {
                id: me.principal.account.uuid(),
            },
            role: me.principal.role.into(),
            scopes: words(&me.principal.scopes),
            session: me.session.map(|session| SessionBody::new(session, true)),
            api_token_id: match me.principal.auth_method {
                AuthMethod::ApiToken(token) => Some(token.uuid()),
                AuthMethod::Session(_) => None,
            },
        }
    }
}

/// Account, role, scopes and session of the caller.
#[utoipa::path(
    get, path = "/api/v1/auth/me", tag = "auth",
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = MeBody))
)]
pub async fn get_me(app: web::Data<App>, ctx: RequestCtx) -> Result<HttpResponse, Problem> {
    let me = app.auth.get_me(&ctx).await?;
    Ok(HttpResponse::Ok().json(MeBody::from(me)))
}
