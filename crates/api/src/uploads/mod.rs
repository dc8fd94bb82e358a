//! Handlers of upload sessions: presigned uploads and tus.
mod body;
mod complete_upload;
mod delete_upload;
mod get_upload;
mod presign_upload;
mod sign_upload_parts;
mod store_upload_part;
mod tus;

pub use complete_upload::{__path_complete_upload, complete_upload};
pub use delete_upload::{__path_delete_upload, delete_upload};
pub use get_upload::{__path_get_upload, get_upload};
pub use presign_upload::{__path_presign_upload, presign_upload};
pub use sign_upload_parts::{__path_sign_upload_parts, sign_upload_parts};
pub use store_upload_part::{__path_store_upload_part, store_upload_part};
pub use tus::{
    __path_append_tus_upload, __path_create_tus_upload, __path_delete_tus_upload, __path_get_tus_options,
    __path_get_tus_upload, __path_override_tus_upload, append_tus_upload, create_tus_upload,
    delete_tus_upload, get_tus_options, get_tus_upload, override_tus_upload,
};
