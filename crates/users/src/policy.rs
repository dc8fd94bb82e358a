//! Rules for changes of role and state.
use crate::{Account, AccountChange, AccountState, Error};
use infravault_kernel::{AccountId, Role};

/// Returns whether the change removes an active administrator if the account is one.
pub(crate) fn may_remove_admin(change: &AccountChange) -> bool {
    change.role.is_some_and(|role| role != Role::Admin) || change.state == Some(AccountState::Suspended)
}

/// Rejects changes of the administrator's own role or state, and the removal of the last active administrator.
/// `active_admins` are locked until the transaction ends; needed only if [`may_remove_admin`].
pub(crate) fn check_change(
    admin: Option<AccountId>,
    before: &Account,
    change: &AccountChange,
    active_admins: &[AccountId],
) -> Result<(), Error> {
    let changes_role = change.role.is_some_and(|role| role != before.role);
    let changes_state = change.state.is_some_and(|state| state != before.state);
    if admin == Some(before.id) && (changes_role || changes_state) {
        return Err(Error::OwnRoleOrState);
    }
    if may_remove_admin(change) && active_admins == [before.id] {
        return Err(Error::LastAdministrator);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DisplayName, Locale, Preferences};
    use infravault_kernel::{DomainError, Id};
    use time::OffsetDateTime;
    use uuid::Uuid;

    fn id(number: u128) -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(number))
    }

    fn account(number: u128, role: Role) -> Account {
        Account {
            id: id(number),
            email: "a@example.com".to_owned(),
            display_name: DisplayName::parse("A").unwrap(),
            locale: Locale::parse("en").unwrap(),
            preferences: Preferences::default(),
            avatar_image_id: None,
            role,
            state: AccountState::Active,
            quota_bytes: 1,
            version: 1,
            created_at: OffsetDateTime::UNIX_EPOCH,
            updated_at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn own_role_and_last_administrator_are_protected() {
        let demote = AccountChange {
            role: Some(Role::User),
            ..AccountChange::default()
        };
        let suspend = AccountChange {
            state: Some(AccountState::Suspended),
            ..AccountChange::default()
        };
        let unchanged = AccountChange {
            role: Some(Role::Admin),
            state: Some(AccountState::Active),
            ..AccountChange::default()
        };
        let (ada, bob) = (account(1, Role::Admin), account(2, Role::Admin));
        let (by_ada, both) = (Some(ada.id), [ada.id, bob.id]);
        let check = |admin, before, change, active_admins: &[AccountId]| {
            let error = check_change(admin, before, change, active_admins).err();
            error.map_or("none", |error| error.code())
        };
        assert_eq!(check(by_ada, &bob, &demote, &both), "none");
        assert_eq!(check(by_ada, &bob, &suspend, &both), "none");
        assert_eq!(check(by_ada, &ada, &demote, &both), "forbidden");
        assert_eq!(check(by_ada, &ada, &suspend, &both), "forbidden");
        assert_eq!(check(by_ada, &ada, &unchanged, &both), "none");
        // Two administrators demote each other concurrently: the second change finds one administrator.
        assert_eq!(check(by_ada, &bob, &demote, &[bob.id]), "last-administrator");
        assert_eq!(check(None, &ada, &suspend, &[ada.id]), "last-administrator");
        assert_eq!(check(None, &ada, &unchanged, &[ada.id]), "none");
    }
}
