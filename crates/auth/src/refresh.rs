//! Refreshing a session: each refresh token counts once, and one that comes twice ends the session.
use crate::{
    Auth, Error, Event, SessionError, opaque,
    policy::{self, Ends, Presentation},
    sql::{self, Params},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id, Role, Secret, SessionId};
use serde_json::json;
use std::time::Duration;
use time::OffsetDateTime;

/// The tokens of a session, to be handed to its browser or client once.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The session.
    pub session: SessionId,
    /// The account.
    pub account: AccountId,
    /// The access token.
    pub access: Secret<String>,
    /// How long the access token lives.
    pub access_ttl: Duration,
    /// The refresh token.
    pub refresh: Secret<String>,
    /// How long the refresh token lives unused.
    pub refresh_ttl: Duration,
}

impl Auth {
    /// Exchanges a refresh token for new tokens. A token that was used within the last ten seconds is
    /// [`Error::RefreshConflict`]: another tab was faster. One that was used earlier ends the session for whoever has
    /// it, because two hold what one was given (RFC 9700 section 4.14).
    pub async fn refresh_session(&self, ctx: &Ctx, refresh: &str) -> Result<Tokens, Error> {
        let hash = opaque::hash(refresh).ok_or(Error::InvalidToken)?;
        let now = ctx.now();
        let tx = self.db().begin_system().await?;
        let row = sql::lock_refresh_token()
            .bind(&*tx, &hash.as_slice())
            .opt()
            .await?;
        let row = row.ok_or(Error::InvalidToken)?;
        if row.revoked_at.is_some() {
            return Err(SessionError::Revoked.into());
        }
        let (session, account) = (
            SessionId::from_uuid(row.session_id),
            AccountId::from_uuid(row.account_id),
        );
        match policy::presentation(row.used_at, now) {
            Presentation::First => {}
            Presentation::Again => return Err(Error::RefreshConflict),
            Presentation::Stolen => return self.end_stolen(tx, ctx, session, account).await,
        }
        let role = live_role(&tx, &row).await?;
        let ends = policy::ends(self.config(), role, row.created_at, now);
        if ends.absolute <= now {
            return Err(SessionError::Expired.into());
        }
        let used = sql::UseRefreshTokenParams {
            now,
            hash: hash.as_slice(),
        };
        sql::use_refresh_token().params(&*tx, &used).await?;
        let extended = sql::ExtendSessionParams {
            now,
            idle_expires_at: ends.idle,
            expires_at: ends.absolute,
            id: row.session_id,
        };
        sql::extend_session().params(&*tx, &extended).await?;
        let tokens = self.mint_in(&tx, ctx, now, (session, account), ends).await?;
        tx.commit().await?;
        Ok(tokens)
    }

    /// New tokens of a session, within the caller's system transaction.
    pub(crate) async fn mint_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        now: OffsetDateTime,
        (session, account): (SessionId, AccountId),
        ends: Ends,
    ) -> Result<Tokens, Error> {
        let refresh = opaque::new(ctx);
        let row = sql::AddRefreshTokenParams {
            hash: opaque::hash(refresh.expose()).unwrap_or_default().to_vec(),
            session_id: session.uuid(),
            now,
        };
        sql::add_refresh_token().params(&**tx, &row).await?;
        Ok(Tokens {
            session,
            account,
            access: self.0.access_tokens.sign(ctx, session, account)?,
            access_ttl: self.config().access_token_ttl,
            refresh,
            refresh_ttl: Duration::try_from(ends.idle - now).unwrap_or_default(),
        })
    }

    async fn end_stolen(
        &self,
        tx: Tx,
        ctx: &Ctx,
        session: SessionId,
        account: AccountId,
    ) -> Result<Tokens, Error> {
        let which = sql::RevokeSessionParams {
            now: ctx.now(),
            reason: "refresh_reuse",
            id: session.uuid(),
        };
        sql::revoke_session().params(&*tx, &which).opt().await?;
        let detail = json!({ "session": session.to_string() });
        self.audit_in(&tx, ctx, None, Event::RefreshReuse, Some(account), &detail)
            .await?;
        tx.commit().await?;
        slog::warn!(ctx.log, "a refresh token came twice, its session was ended";
            "account" => %account, "session" => %session);
        Err(SessionError::Revoked.into())
    }
}

/// The role of the account, if the session lives and the account is active.
async fn live_role(tx: &Tx, row: &sql::LockRefreshToken) -> Result<Role, Error> {
    let which = sql::EnterSessionParams {
        session: row.session_id,
        account: row.account_id,
    };
    let entered = sql::enter_session().params(&**tx, &which).one().await?;
    match (entered.outcome.as_str(), entered.role.as_deref().map(str::parse)) {
        ("live", Some(Ok(role))) => Ok(role),
        _ => Err(SessionError::Expired.into()),
    }
}
