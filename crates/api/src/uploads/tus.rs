//! tus 1.0.0 (tus.io): resumable uploads, continued by any node.
//!
//! Core, and the extensions creation, creation-with-upload, expiration, checksum, termination and concatenation.
mod append;
mod create;
mod delete;
mod metadata;
mod options;
mod protocol;
mod state;

pub use append::{
    __path_append_tus_upload, __path_override_tus_upload, append_tus_upload, override_tus_upload,
};
pub use create::{__path_create_tus_upload, create_tus_upload};
pub use delete::{__path_delete_tus_upload, delete_tus_upload};
pub use options::{__path_get_tus_options, get_tus_options};
pub use state::{__path_get_tus_upload, get_tus_upload};
