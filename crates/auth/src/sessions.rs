//! Sessions: opened by a sign-in, listed and ended by their owner.
use crate::{
    Auth, Error, Event, Tokens, opaque, policy,
    sql::{self, Params},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id, Role, Secret, SessionId};
use serde_json::json;
use time::OffsetDateTime;

/// As much of a `User-Agent` as is kept, in characters.
const USER_AGENT_LETTERS: usize = 400;

/// A signed-in browser or client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The provider that the person signed in with.
    pub provider: String,
    /// What the browser says it is; may be empty.
    pub user_agent: String,
    /// The address it signed in from; may be empty.
    pub ip: String,
    /// When it began.
    pub created_at: OffsetDateTime,
    /// When the person last proved who they are.
    pub authenticated_at: OffsetDateTime,
    /// When it was last refreshed.
    pub last_used_at: OffsetDateTime,
    /// When it ends at the latest.
    pub expires_at: OffsetDateTime,
}

/// What signs in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Its `User-Agent`; control characters are dropped and the rest is cut.
    pub user_agent: String,
    /// Its address.
    pub ip: String,
}

/// A session to be opened.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Who signed in.
    pub account: AccountId,
    /// The account's role now.
    pub role: Role,
    /// The provider's name.
    pub provider: String,
    /// What signed in.
    pub device: Device,
    /// An earlier session of this browser, which ends now.
    pub earlier: Option<SessionId>,
}

impl Auth {
    /// Opens a session within the caller's system transaction. An earlier session of this browser ends, and so does
    /// the oldest of the account when there are too many.
    pub async fn open_session_in(&self, tx: &Tx, ctx: &Ctx, new: NewSession) -> Result<Tokens, Error> {
        let now = ctx.now();
        if let Some(earlier) = new.earlier {
            let which = sql::RevokeSessionParams {
                now,
                reason: "replaced",
                id: earlier.uuid(),
            };
            sql::revoke_session().params(&**tx, &which).opt().await?;
        }
        let id: SessionId = ctx.new_id();
        let ends = policy::ends(self.config(), new.role, now, now);
        let row = sql::AddSessionParams {
            id: id.uuid(),
            account_id: new.account.uuid(),
            provider: &new.provider,
            user_agent: printable(&new.device.user_agent),
            ip: &new.device.ip,
            now,
            idle_expires_at: ends.idle,
            expires_at: ends.absolute,
        };
        sql::add_session().params(&**tx, &row).await?;
        let oldest = sql::RevokeOldestSessionsParams {
            now,
            reason: "too_many",
            account_id: new.account.uuid(),
            keep: i64::from(self.config().sessions.most),
        };
        sql::revoke_oldest_sessions().params(&**tx, &oldest).await?;
        let detail = json!({ "provider": new.provider, "session": id.to_string() });
        self.audit_in(
            tx,
            ctx,
            Some(new.account),
            Event::SignedIn,
            Some(new.account),
            &detail,
        )
        .await?;
        self.mint_in(tx, ctx, now, (id, new.account), ends).await
    }

    /// The live sessions of the caller, newest first. API tokens cannot ask.
    pub async fn list_sessions(&self, ctx: &Ctx) -> Result<Vec<Session>, Error> {
        let (tx, actor) = self.db().begin(ctx).await?;
        let (person, _) = actor.require_session()?;
        let which = sql::ListSessionsParams {
            account_id: person.account.uuid(),
            now: ctx.now(),
        };
        let rows = sql::list_sessions().params(&*tx, &which).all().await?;
        let sessions = rows.into_iter().map(|row| Session {
            id: SessionId::from_uuid(row.id),
            provider: row.provider,
            user_agent: row.user_agent,
            ip: row.ip,
            created_at: row.created_at,
            authenticated_at: row.authenticated_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
        });
        Ok(sessions.collect())
    }

    /// Ends one session of the caller, at once and on every node. API tokens cannot.
    pub async fn revoke_session(&self, ctx: &Ctx, session: SessionId) -> Result<(), Error> {
        let (tx, actor) = self.db().begin(ctx).await?;
        let (person, _) = actor.require_session()?;
        let which = sql::RevokeOwnSessionParams {
            now: ctx.now(),
            reason: "revoked",
            id: session.uuid(),
            account_id: person.account.uuid(),
        };
        if sql::revoke_own_session().params(&*tx, &which).await? == 0 {
            return Err(Error::NotFound);
        }
        let (account, detail) = (Some(person.account), json!({ "session": session.to_string() }));
        self.audit_in(&tx, ctx, account, Event::SessionRevoked, account, &detail)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The session that a refresh token belongs to.
    pub(crate) async fn session_of_refresh_in(
        &self,
        tx: &Tx,
        refresh: Option<&Secret<String>>,
    ) -> Result<Option<SessionId>, Error> {
        let Some(hash) = refresh.and_then(|refresh| opaque::hash(refresh.expose())) else {
            return Ok(None);
        };
        let id = sql::find_refresh_session()
            .bind(&**tx, &hash.as_slice())
            .opt()
            .await?;
        Ok(id.map(SessionId::from_uuid))
    }
}

fn printable(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(USER_AGENT_LETTERS)
        .collect()
}
