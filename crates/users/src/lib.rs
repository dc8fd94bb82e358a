//! Accounts, profiles, roles, quota limits and the directory.
#![doc = include_str!("../README.md")]

mod change_account;
mod config;
mod create_account;
mod error;
mod get_account;
mod grant_role;
mod list_accounts;
mod model;
mod policy;
mod profile;
mod sql;

pub use change_account::{AccountChange, AccountDiff};
pub use config::{Config, SignUp};
pub use error::Error;
pub use grant_role::AccountRef;
pub use list_accounts::{AccountFilter, SearchText};
pub use model::{Account, AccountState, DisplayName, Locale, Preferences, QuotaBytes, ValidationError};
pub use profile::NewProfile;

use infravault_db::Db;

/// The users context. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Users {
    db: Db,
    config: Config,
}

impl Users {
    #[must_use]
    pub fn new(db: Db, config: Config) -> Self {
        Self { db, config }
    }
}
