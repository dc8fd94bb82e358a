//! Grants a role from the command line, which creates the first administrator.
use crate::{AccountChange, AccountDiff, Error, Users, change_account::apply_change_in, sql};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id as _, Role};
use std::{convert::Infallible, str::FromStr};

/// A reference to an account on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountRef {
    /// Case-insensitive e-mail address of exactly one account.
    Email(String),
    Id(AccountId),
}

impl FromStr for AccountRef {
    type Err = Infallible;
    /// Parses an id; any other text is an e-mail address.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text
            .parse()
            .map_or_else(|_| Self::Email(text.to_owned()), Self::Id))
    }
}

impl Users {
    /// Sets the role of an account within a system transaction, so that the audit event joins it.
    pub async fn grant_role_in(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        account: &AccountRef,
        role: Role,
    ) -> Result<AccountDiff, Error> {
        let id = self.resolve_account_in(tx, account).await?;
        let change = AccountChange {
            role: Some(role),
            ..AccountChange::default()
        };
        apply_change_in(ctx, tx, None, id, &change, None).await
    }

    /// Returns the id of the referenced account within a system transaction. An e-mail address that several accounts
    /// share is [`Error::AmbiguousEmail`].
    pub async fn resolve_account_in(&self, tx: &Tx, account: &AccountRef) -> Result<AccountId, Error> {
        match account {
            AccountRef::Id(id) => Ok(*id),
            AccountRef::Email(email) => find_account_by_email_in(tx, email).await,
        }
    }
}

async fn find_account_by_email_in(tx: &Tx, email: &str) -> Result<AccountId, Error> {
    let found = sql::find_accounts_by_email()
        .bind(&**tx, &email)
        .all()
        .await
        .map_err(Error::from_statement)?;
    let accounts: Vec<AccountId> = found.into_iter().map(AccountId::from_uuid).collect();
    match accounts.as_slice() {
        [] => Err(Error::UnknownEmail(email.to_owned())),
        [account] => Ok(*account),
        _ => Err(Error::AmbiguousEmail {
            email: email.to_owned(),
            accounts,
        }),
    }
}
