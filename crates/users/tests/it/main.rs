//! The users context against a real database.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]
mod admin;
mod directory;
mod grant;
mod isolation;
mod profile;
mod provision;

use infravault_kernel::config::Env;
use infravault_testkit::db::TestDb;
use infravault_users::{Config, Users};

/// The context on a database, with settings beside the defaults.
fn users(db: &TestDb, settings: &[(&str, &str)]) -> Users {
    let mut env: Env = settings
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let config = Config::from_env(&mut env);
    env.finish().unwrap();
    Users::new(db.db(), config)
}
