//! Grants a role from the command line, which is how the first administrator is made.
use crate::{AccountChange, Changed, Error, Users, admin, sql};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id as _, Role};

/// Whom a role is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grantee {
    /// The one account with this e-mail address, whatever its case.
    Email(String),
    /// The account with this id.
    Account(AccountId),
}

impl Users {
    /// Gives an account a role, inside a transaction of the process itself: the audit record belongs into the
    /// same one. Several accounts may share an e-mail address, which then names none of them.
    pub async fn grant_role_in(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        grantee: &Grantee,
        role: Role,
    ) -> Result<Changed, Error> {
        let id = match grantee {
            Grantee::Account(id) => *id,
            Grantee::Email(email) => by_email(tx, email).await?,
        };
        let change = AccountChange {
            role: Some(role),
            ..AccountChange::default()
        };
        admin::apply_in(ctx, tx, None, id, &change, None).await
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
