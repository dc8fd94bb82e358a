//! Makes the account of a person who signs in for the first time.
use crate::{
    DisplayName, Error, Signup, Users,
    sql::{self, Params as _},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id as _};

impl Users {
    /// Makes an account with the role USER and the default quota, and returns its id. Refused with
    /// [`Error::SignupDisabled`] where sign-up is closed. `display_name` is what the identity provider says; it
    /// is made to fit.
    pub async fn provision_in(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        email: &str,
        display_name: &str,
    ) -> Result<AccountId, Error> {
        if self.config.signup == Signup::Closed {
            return Err(Error::SignupDisabled);
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
