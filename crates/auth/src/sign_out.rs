//! Signs out: one session, or all sessions of an account.
use crate::{
    AuditEvent, Auth, Error,
    sql::{self, Params},
};
use infravault_kernel::{AccessError, AccountId, Credential, Ctx, Id, Secret};
use serde_json::json;

impl Auth {
    /// Revokes the session of the credential and the session of the refresh token, if present. Idempotent.
    /// API tokens cannot sign out.
    pub async fn sign_out(&self, ctx: &Ctx, refresh: Option<&Secret<String>>) -> Result<(), Error> {
        let own = match &ctx.credential {
            Credential::Session { session, .. } => Some(*session),
            Credential::ApiToken { .. } => return Err(AccessError::SessionRequired.into()),
            Credential::Anonymous | Credential::System => None,
        };
        if own.is_none() && refresh.is_none() {
            return Ok(());
        }
        let tx = self.db().begin_system().await?;
        let refreshed = self.find_session_by_refresh_token_in(&tx, refresh).await?;
        for id in own.into_iter().chain(refreshed).map(Id::uuid) {
            let params = sql::RevokeSessionParams {
                now: ctx.now(),
                reason: "signed_out",
                id,
            };
            if let Some(account) = sql::revoke_session().params(&*tx, &params).opt().await? {
                let account = Some(AccountId::from_uuid(account));
                let detail = json!({ "session": id.to_string() });
                self.audit_in(&tx, ctx, account, AuditEvent::SignedOut, account, &detail)
                    .await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Revokes every session of the caller, including the current one, and returns their number. API tokens stay
    /// valid, and cannot call this.
    pub async fn sign_out_everywhere(&self, ctx: &Ctx) -> Result<u64, Error> {
        let (tx, actor) = self.db().begin(ctx).await?;
        let (principal, _) = actor.require_session()?;
        let params = sql::RevokeSessionsParams {
            now: ctx.now(),
            reason: "signed_out_everywhere",
            account_id: principal.account.uuid(),
        };
        let revoked = sql::revoke_sessions().params(&*tx, &params).await?;
        let (account, detail) = (Some(principal.account), json!({ "sessions": revoked }));
        self.audit_in(
            &tx,
            ctx,
            account,
            AuditEvent::SignedOutEverywhere,
            account,
            &detail,
        )
        .await?;
        tx.commit().await?;
        Ok(revoked)
    }
}
