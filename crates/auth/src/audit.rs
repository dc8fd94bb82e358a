//! The audit trail: what happened to credentials and rights, by whom, to whom.
use crate::{
    Auth, Error,
    sql::{self, Params},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id, Role};
use serde_json::{Value, json};
use uuid::Uuid;

/// Something worth remembering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody signed in.
    SignedIn,
    /// A sign-in was refused; the detail says why.
    SignInFailed,
    /// An account got an identity.
    IdentityLinked,
    /// A session was ended by its owner.
    SignedOut,
    /// All sessions of an account were ended by their owner.
    SignedOutEverywhere,
    /// One session was ended by its owner from another.
    SessionRevoked,
    /// A refresh token came twice, so its session was ended.
    RefreshReuse,
    /// An API token was made.
    ApiTokenCreated,
    /// An API token was revoked.
    ApiTokenRevoked,
    /// An account got another role.
    RoleChanged,
    /// An account was suspended or admitted again.
    StateChanged,
    /// An account got another quota.
    QuotaChanged,
}

impl Event {
    /// The word in the audit trail.
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
    /// Adds a row to the audit trail within the caller's transaction: what `actor` (nobody: the process itself) did to
    /// `account`. In a person's transaction the actor must be that person. The detail holds no secret.
    pub async fn audit_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        actor: Option<AccountId>,
        event: Event,
        account: Option<AccountId>,
        detail: &Value,
    ) -> Result<(), Error> {
        let row = sql::AddAuditRowParams {
            id: new_row_id(ctx),
            at: ctx.now(),
            event: event.as_str(),
            account_id: account.map(Id::uuid),
            actor_id: actor.map(Id::uuid),
            request_id: ctx.request_id.as_str(),
            detail: detail.to_string(),
        };
        sql::add_audit_row().params(&**tx, &row).await?;
        Ok(())
    }

    /// Adds to the audit trail that an account got another role.
    pub async fn audit_role_change_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        actor: Option<AccountId>,
        account: AccountId,
        (from, to): (Role, Role),
    ) -> Result<(), Error> {
        let detail = json!({ "from": from.as_str(), "to": to.as_str() });
        self.audit_in(tx, ctx, actor, Event::RoleChanged, Some(account), &detail)
            .await
    }
}

/// Rows of the audit trail are never named outside, so their ids have no type of their own.
fn new_row_id(ctx: &Ctx) -> Uuid {
    ctx.new_id::<AccountId>().uuid()
}
