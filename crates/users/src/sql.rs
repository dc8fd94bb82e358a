//! The only file that names the generated queries; converts rows and parameters.
use crate::{Account, AccountState, DisplayName, Error, Locale, Preferences};
use infravault_kernel::{AccountId, Id, ImageId, Role};
use infravault_users_queries::types::users as types;

pub(crate) use infravault_users_queries::{client::Params, queries::accounts::*};

pub(crate) fn account(row: AccountRow) -> Result<Account, Error> {
    let preferences = Preferences::from_stored(row.preferences)
        .ok_or_else(|| infravault_db::Error::Inconsistent("the preferences of an account".to_owned()))?;
    Ok(Account {
        id: AccountId::from_uuid(row.id),
        email: row.email,
        display_name: DisplayName::from_stored(row.display_name),
        locale: Locale::from_stored(row.locale),
        preferences,
        avatar_image_id: row.avatar_image_id.map(ImageId::from_uuid),
        role: role(row.role),
        state: state(row.state),
        quota_bytes: row.quota_bytes,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

fn role(stored: types::Role) -> Role {
    match stored {
        types::Role::User => Role::User,
        types::Role::Moderator => Role::Moderator,
        types::Role::Admin => Role::Admin,
    }
}

pub(crate) fn role_param(role: Role) -> types::Role {
    match role {
        Role::User => types::Role::User,
        Role::Moderator => types::Role::Moderator,
        Role::Admin => types::Role::Admin,
    }
}

fn state(stored: types::AccountState) -> AccountState {
    match stored {
        types::AccountState::Active => AccountState::Active,
        types::AccountState::Suspended => AccountState::Suspended,
    }
}

pub(crate) fn state_param(state: AccountState) -> types::AccountState {
    match state {
        AccountState::Active => types::AccountState::Active,
        AccountState::Suspended => types::AccountState::Suspended,
    }
}
