//! The one place that names the generated queries; turns rows into domain values and back.
use crate::{Account, DisplayName, Error, Locale, Preferences, State};
use infravault_kernel::{AccountId, Id, ImageId, Role};
use infravault_users_queries::types::users as types;

pub(crate) use infravault_users_queries::client::Params;
pub(crate) use infravault_users_queries::queries::accounts::*;

/// The account that a row holds.
pub(crate) fn account(row: AccountRow) -> Result<Account, Error> {
    let preferences = Preferences::stored(row.preferences)
        .ok_or_else(|| infravault_db::Error::Inconsistent("the preferences of an account".to_owned()))?;
    Ok(Account {
        id: AccountId::from_uuid(row.id),
        email: row.email,
        display_name: DisplayName::stored(row.display_name),
        locale: Locale::stored(row.locale),
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

/// A role as a parameter.
pub(crate) fn role_param(role: Role) -> types::Role {
    match role {
        Role::User => types::Role::User,
        Role::Moderator => types::Role::Moderator,
        Role::Admin => types::Role::Admin,
    }
}

fn state(stored: types::AccountState) -> State {
    match stored {
        types::AccountState::Active => State::Active,
        types::AccountState::Suspended => State::Suspended,
    }
}

/// A state as a parameter.
pub(crate) fn state_param(state: State) -> types::AccountState {
    match state {
        State::Active => types::AccountState::Active,
        State::Suspended => types::AccountState::Suspended,
    }
}
