//! Changes role, state and quota of an account.
use crate::{
    Account, AccountState, Error, QuotaBytes, Users, policy,
    sql::{self, Params as _},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Actor, Ctx, Id as _, Role};

/// A change of an account; `None` leaves a field unchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountChange {
    pub role: Option<Role>,
    pub state: Option<AccountState>,
    pub quota_bytes: Option<QuotaBytes>,
}

/// An account before and after a change, for the audit trail.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountDiff {
    pub before: Account,
    pub after: Account,
}

impl AccountDiff {
    /// Returns the old and the new role if they differ.
    #[must_use]
    pub fn role(&self) -> Option<(Role, Role)> {
        (self.before.role != self.after.role).then_some((self.before.role, self.after.role))
    }

    /// Returns the new state if it differs.
    #[must_use]
    pub fn state(&self) -> Option<AccountState> {
        (self.before.state != self.after.state).then_some(self.after.state)
    }

    /// Returns the old and the new quota in bytes if they differ.
    #[must_use]
    pub fn quota_bytes(&self) -> Option<(i64, i64)> {
        let (old, new) = (self.before.quota_bytes, self.after.quota_bytes);
        (old != new).then_some((old, new))
    }
}

impl Users {
    /// Changes an account within the transaction of an administrator, so that the audit event joins it. With an
    /// expected version, returns [`Error::VersionMismatch`] if the account has another one.
    pub async fn change_account_in(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        actor: &Actor,
        id: AccountId,
        change: &AccountChange,
        expected_version: Option<i32>,
    ) -> Result<AccountDiff, Error> {
        let admin = actor.require_admin()?.account;
        apply_change_in(ctx, tx, Some(admin), id, change, expected_version).await
    }
}

/// Applies a change. `admin` is `None` if the process itself makes it.
pub(crate) async fn apply_change_in(
    ctx: &Ctx,
    tx: &Tx,
    admin: Option<AccountId>,
    id: AccountId,
    change: &AccountChange,
    expected_version: Option<i32>,
) -> Result<AccountDiff, Error> {
    // Locked before the account and in the order of their ids, to prevent deadlocks.
    let mut admins = Vec::new();
    if policy::may_remove_admin(change) {
        admins = sql::lock_admins()
            .bind(&**tx)
            .all()
            .await
            .map_err(Error::from_statement)?;
    }
    let admins: Vec<AccountId> = admins.into_iter().map(AccountId::from_uuid).collect();
    let row = sql::lock_account()
        .bind(&**tx, &id.uuid())
        .opt()
        .await
        .map_err(Error::from_statement)?;
    let before = sql::account(row.ok_or(Error::NotFound)?)?;
    if expected_version.is_some_and(|version| version != before.version) {
        return Err(Error::VersionMismatch);
    }
    policy::check_change(admin, &before, change, &admins)?;
    let params = sql::ChangeAccountParams {
        role: sql::role_param(change.role.unwrap_or(before.role)),
        state: sql::state_param(change.state.unwrap_or(before.state)),
        quota_bytes: change.quota_bytes.map_or(before.quota_bytes, QuotaBytes::get),
        now: ctx.now(),
        id: id.uuid(),
    };
    let row = sql::change_account()
        .params(&**tx, &params)
        .one()
        .await
        .map_err(Error::from_statement)?;
    let after = sql::account(row)?;
    Ok(AccountDiff { before, after })
}
