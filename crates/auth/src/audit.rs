//! The audit trail: changes of credentials and permissions, with actor and account.
use crate::{
    Auth, Error,
    sql::{self, Params},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id, Role};
use serde_json::{Value, json};

/// An event of the audit trail. The database stores its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditEvent {
    SignedIn,
    /// The detail has the reason.
    SignInFailed,
    IdentityLinked,
    SignedOut,
    SignedOutEverywhere,
    /// The owner revoked a session from another session.
    SessionRevoked,
    /// A refresh token was reused, so its session was revoked.
    RefreshReuse,
    ApiTokenCreated,
    ApiTokenRevoked,
    RoleChanged,
    /// The account was suspended or reactivated.
    StateChanged,
    QuotaChanged,
}

impl AuditEvent {
    /// The stored code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::IdentityLinked => "identity_linked",
            Self::SignedOut => "signed_out",
            Self::SignedOutEverywhere => "signed_out_everywhere",
            Self::SessionRevoked => "session_revoked",
            Self::RefreshReuse => "refresh_reuse",
            Self::ApiTokenCreated => "api_token_created",
            Self::ApiTokenRevoked => "api_token_revoked",
            Self::RoleChanged => "role_changed",
            Self::StateChanged => "state_changed",
            Self::QuotaChanged => "quota_changed",
        }
    }
}

impl Auth {
    /// Adds an event to the audit trail within the caller's transaction. `actor` acted on `account`; without an actor,
    /// the process itself did. In a transaction of a user, the actor must be that user. `detail` must not contain
    /// secrets.
    pub async fn audit_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        actor: Option<AccountId>,
        event: AuditEvent,
        account: Option<AccountId>,
        detail: &Value,
    ) -> Result<(), Error> {
        let row = sql::AddAuditEventParams {
            // Events are not addressed from outside, so their ids have no type of their own.
            id: ctx.new_id::<AccountId>().uuid(),
            at: ctx.now(),
            event: event.as_str(),
            account_id: account.map(Id::uuid),
            actor_id: actor.map(Id::uuid),
            request_id: ctx.request_id.as_str(),
            detail: detail.to_string(),
        };
        sql::add_audit_event().params(&**tx, &row).await?;
        Ok(())
    }

    /// Adds [`AuditEvent::RoleChanged`] to the audit trail.
    pub async fn audit_role_change_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        actor: Option<AccountId>,
        account: AccountId,
        (from, to): (Role, Role),
    ) -> Result<(), Error> {
        let detail = json!({ "from": from.as_str(), "to": to.as_str() });
        self.audit_in(tx, ctx, actor, AuditEvent::RoleChanged, Some(account), &detail)
            .await
    }
}
