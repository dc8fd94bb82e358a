//! Accounts, profiles, roles, quota limits and the directory of administrators.
#![doc = include_str!("../README.md")]

mod account;
mod admin;
mod config;
mod directory;
mod error;
mod grant;
mod model;
mod policy;
mod profile;
mod provision;
mod sql;

pub use admin::{AccountChange, Changed};
pub use config::{Config, Signup};
pub use directory::{AccountFilter, SearchText};
pub use error::Error;
pub use grant::AccountRef;
pub use model::{Account, DisplayName, Locale, Preferences, QuotaBytes, State, ValidationError};
pub use profile::NewProfile;

use infravault_db::Db;

/// The users context; cheap to clone.
#[derive(Clone, Debug)]
pub struct Users {
    db: Db,
    config: Config,
}

impl Users {
    /// Puts the context together.
    #[must_use]
    pub fn new(db: Db, config: Config) -> Self {
        Self { db, config }
    }
}
