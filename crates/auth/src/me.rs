//! Who the caller is.
use crate::{
    Auth, Error, Session,
    sql::{self, Params},
};
use infravault_kernel::{AuthMethod, Ctx, Id, Principal, SessionId};

/// The caller, as the database knows them now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// The account, its role and what this credential may do.
    pub person: Principal,
    /// The session, where it is one.
    pub session: Option<Session>,
}

impl Auth {
    /// Account, role, scopes and session of the caller.
    pub async fn who_am_i(&self, ctx: &Ctx) -> Result<Me, Error> {
        let (tx, actor) = self.db().begin(ctx).await?;
        let person = actor.require_principal()?.clone();
        let AuthMethod::Session(session) = person.auth_method else {
            // Keeps the stamp of the token's use.
            tx.commit().await?;
            return Ok(Me {
                person,
                session: None,
            });
        };
        let which = sql::FindSessionParams {
            id: session.uuid(),
            account_id: person.account.uuid(),
        };
        let row = sql::find_session().params(&*tx, &which).one().await?;
        let session = Session {
            id: SessionId::from_uuid(row.id),
            provider: row.provider,
            user_agent: row.user_agent,
            ip: row.ip,
            created_at: row.created_at,
            authenticated_at: row.authenticated_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
        };
        Ok(Me {
            person,
            session: Some(session),
        })
    }
}
