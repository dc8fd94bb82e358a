//! Profiles, the directory, and what administrators change.
mod directory;
mod profile;
mod update_user;
