//! Signing out: this session, or all of an account.
use crate::{
    Auth, Error, Event,
    sql::{self, Params},
};
use infravault_kernel::{AccessError, AccountId, Credential, Ctx, Id, Secret};
use serde_json::json;

impl Auth {
    /// Ends the session of the credential and the one of the refresh token, whichever are presented. Doing it twice,
    /// or without a session, is fine. API tokens cannot.
    pub async fn logout(&self, ctx: &Ctx, refresh: Option<&Secret<String>>) -> Result<(), Error> {
        let own = match &ctx.credential {
            Credential::Session { session, .. } => Some(*session),
            Credential::ApiToken { .. } => return Err(AccessError::SessionRequired.into()),
            Credential::Anonymous | Credential::System => None,
        };
        if own.is_none() && refresh.is_none() {
            return Ok(());
        }
        let tx = self.db().begin_system().await?;
        let refreshed = self.session_of_refresh_in(&tx, refresh).await?;
        for id in own.into_iter().chain(refreshed).map(Id::uuid) {
            let which = sql::RevokeSessionParams {
                now: ctx.now(),
                reason: "signed_out",
                id,
            };
            if let Some(account) = sql::revoke_session().params(&*tx, &which).opt().await? {
                let account = Some(AccountId::from_uuid(account));
                let detail = json!({ "session": id.to_string() });
                self.audit_in(&tx, ctx, account, Event::SignedOut, account, &detail)
                    .await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Ends every session of the caller, this one too, and gives their number. API tokens stay; they cannot ask.
    pub async fn logout_all(&self, ctx: &Ctx) -> Result<u64, Error> {
        let (tx, actor) = self.db().begin(ctx).await?;
        let (person, _) = actor.require_session()?;
        let which = sql::RevokeSessionsParams {
            now: ctx.now(),
            reason: "signed_out_everywhere",
            account_id: person.account.uuid(),
        };
        let ended = sql::revoke_sessions().params(&*tx, &which).await?;
        let (account, detail) = (Some(person.account), json!({ "sessions": ended }));
        self.audit_in(&tx, ctx, account, Event::SignedOutEverywhere, account, &detail)
            .await?;
        tx.commit().await?;
        Ok(ended)
    }
}
