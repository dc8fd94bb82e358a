//! Changes what administrators grant: role, state and quota.
use crate::{
    Account, Error, QuotaBytes, State, Users, policy,
    sql::{self, Params as _},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Actor, Ctx, Id as _, Role};

/// What is to change; nothing set changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// The new role.
    pub role: Option<Role>,
    /// Suspend or activate.
    pub state: Option<State>,
    /// The new limit.
    pub quota_bytes: Option<QuotaBytes>,
}

/// An account before and after a change, for the audit trail.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// As it was.
    pub before: Account,
    /// As it is.
    pub after: Account,
}

impl Changed {
    /// The old and the new role, where it is another one.
    #[must_use]
    pub fn role(&self) -> Option<(Role, Role)> {
        (self.before.role != self.after.role).then_some((self.before.role, self.after.role))
    }

    /// The new state, where it is another one.
    #[must_use]
    pub fn state(&self) -> Option<State> {
        (self.before.state != self.after.state).then_some(self.after.state)
    }

    /// The old and the new limit in bytes, where it is another one.
    #[must_use]
    pub fn quota_bytes(&self) -> Option<(i64, i64)> {
        let (old, new) = (self.before.quota_bytes, self.after.quota_bytes);
        (old != new).then_some((old, new))
    }
}

impl Users {
    /// Changes an account on behalf of an administrator, inside a transaction that `begin` gave for him: the
    /// audit record belongs into the same one. With an expected version, only if the account still is that.
    pub async fn change_in(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        actor: &Actor,
        id: AccountId,
        change: &AccountChange,
        expected_version: Option<i32>,
    ) -> Result<Changed, Error> {
        let by = actor.require_admin()?.account;
        apply_in(ctx, tx, Some(by), id, change, expected_version).await
    }
}

/// Applies a change; `by` is nobody where the process itself does it.
pub(crate) async fn apply_in(
    ctx: &Ctx,
    tx: &Tx,
    by: Option<AccountId>,
    id: AccountId,
    change: &AccountChange,
    expected_version: Option<i32>,
) -> Result<Changed, Error> {
    // Before the account itself, and in the order of their ids, so that nobody waits in a circle.
    let administrators = if policy::may_take_away_administrator(change) {
        sql::lock_administrators()
            .bind(&**tx)
            .all()
            .await
            .map_err(Error::from_statement)?
    } else {
        Vec::new()
    };
    let administrators: Vec<AccountId> = administrators.into_iter().map(AccountId::from_uuid).collect();
    let row = sql::lock_account()
        .bind(&**tx, &id.uuid())
        .opt()
        .await
        .map_err(Error::from_statement)?;
    let before = sql::account(row.ok_or(Error::NotFound)?)?;
    if expected_version.is_some_and(|version| version != before.version) {
        return Err(Error::VersionChanged);
    }
    policy::check(by, &before, change, &administrators)?;
    let wanted = sql::ChangeAccountParams {
        role: sql::role_param(change.role.unwrap_or(before.role)),
        state: sql::state_param(change.state.unwrap_or(before.state)),
        quota_bytes: change.quota_bytes.map_or(before.quota_bytes, QuotaBytes::get),
        now: ctx.now(),
        id: id.uuid(),
    };
    let row = sql::change_account()
        .params(&**tx, &wanted)
        .one()
        .await
        .map_err(Error::from_statement)?;
    Ok(Changed {
        before,
        after: sql::account(row)?,
    })
}
