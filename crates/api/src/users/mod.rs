//! Handlers of accounts: the profile of the caller, and account administration.
mod body;
mod get_profile;
mod get_usage;
mod get_user;
mod list_users;
mod replace_profile;
mod update_user;

pub use body::Role;
pub use get_profile::{__path_get_profile, get_profile};
pub use get_usage::{__path_get_usage, get_usage};
pub use get_user::{__path_get_user, get_user};
pub use list_users::{__path_list_users, list_users};
pub use replace_profile::{__path_replace_profile, replace_profile};
pub use update_user::{__path_update_user, update_user};
