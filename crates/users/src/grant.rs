//! Grants a role from the command line, which is how the first administrator is made.
use crate::{AccountChange, Changed, Error, Users, admin, sql};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id as _, Role};
use std::{convert::Infallible, str::FromStr};

/// An account as an operator names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountRef {
    /// The one account with this e-mail address, whatever its case.
    Email(String),
    /// The account with this id.
    Account(AccountId),
}

impl FromStr for AccountRef {
    type Err = Infallible;
    /// What looks like an id is one; anything else is an e-mail address.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text
            .parse()
            .map_or_else(|_| Self::Email(text.to_owned()), Self::Account))
    }
}

impl Users {
    /// Gives an account a role, inside a transaction of the process itself: the audit record belongs into the
    /// same one.
    pub async fn grant_role_in(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        account: &AccountRef,
        role: Role,
    ) -> Result<Changed, Error> {
        let id = self.resolve_in(tx, account).await?;
        let change = AccountChange {
            role: Some(role),
            ..AccountChange::default()
        };
        admin::apply_in(ctx, tx, None, id, &change, None).await
    }

    /// The id of the account that an operator named, inside a transaction of the process itself. Several accounts
    /// may share an e-mail address, which then names none of them.
    pub async fn resolve_in(&self, tx: &Tx, account: &AccountRef) -> Result<AccountId, Error> {
        match account {
            AccountRef::Account(id) => Ok(*id),
            AccountRef::Email(email) => by_email(tx, email).await,
        }
    }
}

async fn by_email(tx: &Tx, email: &str) -> Result<AccountId, Error> {
    let found = sql::find_accounts_by_email()
        .bind(&**tx, &email)
        .all()
        .await
        .map_err(Error::from_statement)?;
    let accounts: Vec<AccountId> = found.into_iter().map(AccountId::from_uuid).collect();
    match accounts.as_slice() {
        [] => Err(Error::UnknownEmail(email.to_owned())),
        [one] => Ok(*one),
        _ => Err(Error::AmbiguousEmail {
            email: email.to_owned(),
            accounts,
        }),
    }
}
