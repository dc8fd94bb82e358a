//! Returns the authenticated caller.
use crate::{
    Auth, Error, Session,
    sql::{self, Params},
};
use infravault_kernel::{AuthMethod, Ctx, Id, Principal};

/// The authenticated caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    pub principal: Principal,
    /// `None` for API tokens.
    pub session: Option<Session>,
}

impl Auth {
    /// Returns account, role, scopes and session of the caller.
    pub async fn get_me(&self, ctx: &Ctx) -> Result<Me, Error> {
        let (tx, actor) = self.db().begin(ctx).await?;
        let principal = actor.require_principal()?.clone();
        let session = match principal.auth_method {
            AuthMethod::Session(session) => {
                let params = sql::FindSessionParams {
                    id: session.uuid(),
                    account_id: principal.account.uuid(),
                };
                let row = sql::find_session().params(&*tx, &params).one().await?;
                Some(Session::from(row))
            }
            AuthMethod::ApiToken(_) => {
                // Stores `last_used_at` of the API token.
                tx.commit().await?;
                None
            }
        };
        Ok(Me { principal, session })
    }
}
