//! Removes what has ended long ago.
use crate::{Auth, Error, sql};
use infravault_kernel::Ctx;
use time::Duration;

/// For how long ended sessions and API tokens are kept, so that a late refresh token is still recognized as used.
const KEPT: Duration = Duration::days(30);

impl Auth {
    /// Deletes sign-ins that were never finished, and sessions and API tokens that ended a month ago; gives the number
    /// of rows. Called now and then; two at once do no harm.
    pub async fn tidy_up(&self, ctx: &Ctx) -> Result<u64, Error> {
        let (now, before) = (ctx.now(), ctx.now() - KEPT);
        let tx = self.db().begin_system().await?;
        let rows = sql::forget_sign_ins().bind(&*tx, &now).await?
            + sql::forget_sessions().bind(&*tx, &before).await?
            + sql::forget_api_tokens().bind(&*tx, &before).await?;
        tx.commit().await?;
        Ok(rows)
    }
}
