//! Exchanges refresh tokens. A refresh token is valid once; its reuse revokes the session.
use crate::{
    AuditEvent, Auth, Error, SessionError, opaque_token,
    policy::{self, RefreshUse, SessionExpiry},
    sql::{self, Params},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id, Role, Secret, SessionId};
use serde_json::json;
use std::time::Duration;
use time::OffsetDateTime;

/// The tokens of a session, returned to its browser or client once.
#[derive(Clone, Debug)]
pub struct SessionTokens {
    pub session: SessionId,
    pub account: AccountId,
    pub access: Secret<String>,
    /// Lifetime of the access token.
    pub access_ttl: Duration,
    pub refresh: Secret<String>,
    /// Lifetime of the refresh token.
    pub refresh_ttl: Duration,
}

impl Auth {
    /// Exchanges a refresh token for new tokens. Reuse within ten seconds returns [`Error::RefreshConflict`]: a
    /// concurrent tab was first. Later reuse revokes the session, because the token was probably stolen (RFC 9700
    /// section 4.14).
    pub async fn refresh_session(&self, ctx: &Ctx, refresh: &str) -> Result<SessionTokens, Error> {
        let hash = opaque_token::hash(refresh).ok_or(Error::InvalidToken)?;
        let now = ctx.now();
        let tx = self.db().begin_system().await?;
        let row = sql::lock_refresh_token()
            .bind(&*tx, &hash.as_slice())
            .opt()
            .await?
            .ok_or(Error::InvalidToken)?;
        if row.revoked_at.is_some() {
            return Err(SessionError::Revoked.into());
        }
        let session = SessionId::from_uuid(row.session_id);
        let account = AccountId::from_uuid(row.account_id);
        match policy::classify_refresh(row.used_at, now) {
            RefreshUse::First => {}
            RefreshUse::Concurrent => return Err(Error::RefreshConflict),
            RefreshUse::Reuse => {
                self.revoke_reused_session(tx, ctx, session, account).await?;
                return Err(SessionError::Revoked.into());
            }
        }
        let role = find_live_role_in(&tx, session, account).await?;
        let expiry = policy::session_expiry(self.config(), role, row.created_at, now);
        if expiry.absolute <= now {
            return Err(SessionError::Expired.into());
        }
        let used = sql::UseRefreshTokenParams {
            now,
            hash: hash.as_slice(),
        };
        sql::use_refresh_token().params(&*tx, &used).await?;
        let extended = sql::ExtendSessionParams {
            now,
            idle_expires_at: expiry.idle,
            expires_at: expiry.absolute,
            id: row.session_id,
        };
        sql::extend_session().params(&*tx, &extended).await?;
        let tokens = self
            .issue_tokens_in(&tx, ctx, now, (session, account), expiry)
            .await?;
        tx.commit().await?;
        Ok(tokens)
    }

    /// Issues the tokens of a session within the caller's system transaction. `now` is the time from which `expiry` was
    /// computed.
    pub(crate) async fn issue_tokens_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        now: OffsetDateTime,
        (session, account): (SessionId, AccountId),
        expiry: SessionExpiry,
    ) -> Result<SessionTokens, Error> {
        let refresh = opaque_token::generate(ctx);
        let row = sql::AddRefreshTokenParams {
            hash: opaque_token::hash(refresh.expose()).unwrap_or_default().to_vec(),
            session_id: session.uuid(),
        };
        sql::add_refresh_token().params(&**tx, &row).await?;
        Ok(SessionTokens {
            session,
            account,
            access: self.0.access_tokens.sign(ctx, session, account)?,
            access_ttl: self.config().access_token_ttl,
            refresh,
            refresh_ttl: Duration::try_from(expiry.idle - now).unwrap_or_default(),
        })
    }

    async fn revoke_reused_session(
        &self,
        tx: Tx,
        ctx: &Ctx,
        session: SessionId,
        account: AccountId,
    ) -> Result<(), Error> {
        let params = sql::RevokeSessionParams {
            now: ctx.now(),
            reason: "refresh_reuse",
            id: session.uuid(),
        };
        sql::revoke_session().params(&*tx, &params).opt().await?;
        let detail = json!({ "session": session.to_string() });
        self.audit_in(&tx, ctx, None, AuditEvent::RefreshReuse, Some(account), &detail)
            .await?;
        tx.commit().await?;
        slog::warn!(ctx.log, "refresh token reused, session revoked";
            "account" => %account, "session" => %session);
        Ok(())
    }
}

/// Returns the role of the account, if the session is live and the account is active.
async fn find_live_role_in(tx: &Tx, session: SessionId, account: AccountId) -> Result<Role, Error> {
    let params = sql::EnterSessionParams {
        session: session.uuid(),
        account: account.uuid(),
    };
    let entered = sql::enter_session().params(&**tx, &params).one().await?;
    match (entered.outcome.as_str(), entered.role.as_deref().map(str::parse)) {
        ("live", Some(Ok(role))) => Ok(role),
        _ => Err(SessionError::Expired.into()),
    }
}
