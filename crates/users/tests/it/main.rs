//! Tests of the users context with a real database.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod change_account;
mod create_account;
mod grant_role;
mod list_accounts;
mod profile;
mod row_level_security;

use infravault_kernel::config::Env;
use infravault_testkit::db::TestDb;
use infravault_users::{Config, Users};

/// The users context with these settings; others have their defaults.
fn users(db: &TestDb, settings: &[(&str, &str)]) -> Users {
    let mut env: Env = settings
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let config = Config::from_env(&mut env);
    env.finish().unwrap();
    Users::new(db.db(), config)
}
