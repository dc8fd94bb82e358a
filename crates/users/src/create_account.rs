//! Creates the account of a first sign-in.
use crate::{
    DisplayName, Error, SignUp, Users,
    sql::{self, Params as _},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id as _};

impl Users {
    /// Creates an account with the role `USER` and the default quota, and returns its id. Returns
    /// [`Error::SignUpDisabled`] if sign-up is closed. `display_name` is the claim of the identity provider; it is
    /// cleaned up.
    pub async fn create_account_in(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        email: &str,
        display_name: &str,
    ) -> Result<AccountId, Error> {
        if self.config.sign_up == SignUp::Closed {
            return Err(Error::SignUpDisabled);
        }
        let id: AccountId = ctx.new_id();
        let display_name = DisplayName::from_claim(display_name, email);
        let account = sql::AddAccountParams {
            id: id.uuid(),
            email,
            display_name: display_name.as_str(),
            quota_bytes: self.config.default_quota_bytes,
            now: ctx.now(),
        };
        sql::add_account()
            .params(&**tx, &account)
            .await
            .map_err(Error::from_statement)?;
        Ok(id)
    }
}
