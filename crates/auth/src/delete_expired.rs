//! Deletes expired sign-ins, sessions and API tokens.
use crate::{Auth, Error, sql};
use infravault_kernel::Ctx;
use time::Duration;

/// Ended sessions are kept this long, so that the reuse of an old refresh token is still detected.
const RETENTION: Duration = Duration::days(30);

impl Auth {
    /// Deletes expired sign-ins, and sessions and API tokens that ended more than 30 days ago. Returns the number of
    /// rows. Safe to call concurrently.
    pub async fn delete_expired(&self, ctx: &Ctx) -> Result<u64, Error> {
        let (now, before) = (ctx.now(), ctx.now() - RETENTION);
        let tx = self.db().begin_system().await?;
        let rows = sql::delete_expired_sign_ins().bind(&*tx, &now).await?
            + sql::delete_ended_sessions().bind(&*tx, &before).await?
            + sql::delete_ended_api_tokens().bind(&*tx, &before).await?;
        tx.commit().await?;
        Ok(rows)
    }
}
