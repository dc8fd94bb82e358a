//! Profiles, the directory, and changes by administrators.
mod directory;
mod profile;
mod update_user;
