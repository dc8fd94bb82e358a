//! Who may change what of an account, without asking the database.
use crate::{Account, AccountChange, Error, State};
use infravault_kernel::{AccountId, Role};

/// Whether the change would take an active administrator away, if the account is one.
pub(crate) fn may_take_away_administrator(change: &AccountChange) -> bool {
    change.role.is_some_and(|role| role != Role::Admin) || change.state == Some(State::Suspended)
}

/// Nobody changes the own role or state, and one active administrator stays. `administrators` are the active
/// ones now, held until the transaction ends; they matter only where the change may take one away.
pub(crate) fn check(
    by: Option<AccountId>,
    before: &Account,
    change: &AccountChange,
    administrators: &[AccountId],
) -> Result<(), Error> {
    let other_role = change.role.is_some_and(|role| role != before.role);
    let other_state = change.state.is_some_and(|state| state != before.state);
    if by == Some(before.id) && (other_role || other_state) {
        return Err(Error::OwnAccount);
    }
    if may_take_away_administrator(change) && administrators == [before.id] {
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

    /// Who changes whom, how, while these administrate; the code of the refusal.
    type Case<'a> = (
        Option<AccountId>,
        &'a Account,
        &'a AccountChange,
        &'a [AccountId],
        Option<&'a str>,
    );

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
            state: State::Active,
            quota_bytes: 1,
            version: 1,
            created_at: OffsetDateTime::UNIX_EPOCH,
            updated_at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn one_active_administrator_stays_and_nobody_promotes_himself() {
        let demote = AccountChange {
            role: Some(Role::User),
            ..AccountChange::default()
        };
        let suspend = AccountChange {
            state: Some(State::Suspended),
            ..AccountChange::default()
        };
        let stay = AccountChange {
            role: Some(Role::Admin),
            state: Some(State::Active),
            ..AccountChange::default()
        };
        let (ada, bob) = (account(1, Role::Admin), account(2, Role::Admin));
        let both = [ada.id, bob.id];
        let cases: [Case; 8] = [
            (Some(id(1)), &bob, &demote, &both, None),
            (Some(id(1)), &bob, &suspend, &both, None),
            (Some(id(1)), &ada, &demote, &both, Some("forbidden")),
            (Some(id(1)), &ada, &suspend, &both, Some("forbidden")),
            (Some(id(1)), &ada, &stay, &both, None),
            // Both at the same moment: the second one finds himself demoted already.
            (Some(id(1)), &bob, &demote, &[bob.id], Some("last-administrator")),
            (None, &ada, &suspend, &[ada.id], Some("last-administrator")),
            (None, &ada, &stay, &[ada.id], None),
        ];
        for (by, before, change, administrators, expected) in cases {
            let found = check(by, before, change, administrators).err();
            assert_eq!(
                found.as_ref().map(DomainError::code),
                expected,
                "{by:?} {change:?}"
            );
        }
    }
}
