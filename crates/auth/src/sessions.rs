//! Opens, lists and revokes sessions.
use crate::{
    AuditEvent, Auth, Error, SessionTokens, opaque_token, policy,
    sql::{self, Params},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id, Role, Secret, SessionId};
use serde_json::json;
use time::OffsetDateTime;

const USER_AGENT_MAX_CHARS: usize = 400;

/// A signed-in browser or client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    /// Name of the provider that the user signed in with.
    pub provider: String,
    /// `User-Agent` of the sign-in. Can be empty.
    pub user_agent: String,
    /// IP address of the sign-in. Can be empty.
    pub ip: String,
    pub created_at: OffsetDateTime,
    /// Time of the last sign-in at the provider.
    pub authenticated_at: OffsetDateTime,
    /// Time of the last refresh.
    pub last_used_at: OffsetDateTime,
    /// Absolute end of the session.
    pub expires_at: OffsetDateTime,
}

impl From<sql::SessionRow> for Session {
    fn from(row: sql::SessionRow) -> Self {
        Self {
            id: SessionId::from_uuid(row.id),
            provider: row.provider,
            user_agent: row.user_agent,
            ip: row.ip,
            created_at: row.created_at,
            authenticated_at: row.authenticated_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
        }
    }
}

/// The browser or client that signs in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Stored without control characters and truncated to 400 characters.
    pub user_agent: String,
    pub ip: String,
}

/// Parameters of a new session.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub account: AccountId,
    /// Current role of the account.
    pub role: Role,
    /// Name of the provider.
    pub provider: String,
    pub device: Device,
    /// Previous session of this browser, which is revoked.
    pub replaces: Option<SessionId>,
}

impl Auth {
    /// Opens a session within the caller's system transaction. Revokes the session that it replaces, and the oldest
    /// sessions of the account beyond `AUTH_SESSION_MAX_COUNT`.
    pub async fn open_session_in(&self, tx: &Tx, ctx: &Ctx, new: NewSession) -> Result<SessionTokens, Error> {
        let now = ctx.now();
        if let Some(replaced) = new.replaces {
            let params = sql::RevokeSessionParams {
                now,
                reason: "replaced",
                id: replaced.uuid(),
            };
            sql::revoke_session().params(&**tx, &params).opt().await?;
        }
        let id: SessionId = ctx.new_id();
        let expiry = policy::session_expiry(self.config(), new.role, now, now);
        let row = sql::AddSessionParams {
            id: id.uuid(),
            account_id: new.account.uuid(),
            provider: &new.provider,
            user_agent: sanitize_user_agent(&new.device.user_agent),
            ip: &new.device.ip,
            now,
            idle_expires_at: expiry.idle,
            expires_at: expiry.absolute,
        };
        sql::add_session().params(&**tx, &row).await?;
        let excess = sql::RevokeOldestSessionsParams {
            now,
            reason: "too_many",
            account_id: new.account.uuid(),
            keep: i64::from(self.config().sessions.max_count),
        };
        sql::revoke_oldest_sessions().params(&**tx, &excess).await?;
        let account = Some(new.account);
        let detail = json!({ "provider": new.provider, "session": id.to_string() });
        self.audit_in(tx, ctx, account, AuditEvent::SignedIn, account, &detail)
            .await?;
        self.issue_tokens_in(tx, ctx, now, (id, new.account), expiry)
            .await
    }

    /// Returns the live sessions of the caller, newest first. API tokens cannot call this.
    pub async fn list_sessions(&self, ctx: &Ctx) -> Result<Vec<Session>, Error> {
        let (tx, actor) = self.db().begin(ctx).await?;
        let (principal, _) = actor.require_session()?;
        let params = sql::ListSessionsParams {
            account_id: principal.account.uuid(),
            now: ctx.now(),
        };
        let rows = sql::list_sessions().params(&*tx, &params).all().await?;
        Ok(rows.into_iter().map(Session::from).collect())
    }

    /// Revokes one session of the caller, effective immediately on every node. API tokens cannot call this.
    pub async fn revoke_session(&self, ctx: &Ctx, session: SessionId) -> Result<(), Error> {
        let (tx, actor) = self.db().begin(ctx).await?;
        let (principal, _) = actor.require_session()?;
        let params = sql::RevokeOwnSessionParams {
            now: ctx.now(),
            reason: "revoked",
            id: session.uuid(),
            account_id: principal.account.uuid(),
        };
        if sql::revoke_own_session().params(&*tx, &params).await? == 0 {
            return Err(Error::NotFound);
        }
        let (account, detail) = (Some(principal.account), json!({ "session": session.to_string() }));
        self.audit_in(&tx, ctx, account, AuditEvent::SessionRevoked, account, &detail)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    pub(crate) async fn find_session_by_refresh_token_in(
        &self,
        tx: &Tx,
        refresh: Option<&Secret<String>>,
    ) -> Result<Option<SessionId>, Error> {
        let Some(hash) = refresh.and_then(|refresh| opaque_token::hash(refresh.expose())) else {
            return Ok(None);
        };
        let id = sql::find_session_by_refresh_token()
            .bind(&**tx, &hash.as_slice())
            .opt()
            .await?;
        Ok(id.map(SessionId::from_uuid))
    }
}

fn sanitize_user_agent(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .take(USER_AGENT_MAX_CHARS)
        .collect()
}
