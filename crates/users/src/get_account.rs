//! Finds one account, for administrators and for flows that hold a transaction.
use crate::{Account, Error, Users, sql};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id as _};

impl Users {
    /// Returns an account. Requires an administrator.
    pub async fn get_account(&self, ctx: &Ctx, id: AccountId) -> Result<Account, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        actor.require_admin()?;
        self.find_account_in(&tx, id).await?.ok_or(Error::NotFound)
    }

    /// Returns an account if it is visible to the transaction.
    pub async fn find_account_in(&self, tx: &Tx, id: AccountId) -> Result<Option<Account>, Error> {
        let row = sql::find_account()
            .bind(&**tx, &id.uuid())
            .opt()
            .await
            .map_err(Error::from_statement)?;
        row.map(sql::account).transpose()
    }
}
