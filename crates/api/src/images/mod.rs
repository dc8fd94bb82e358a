//! Handlers of pictures: uploading, finding, changing, deleting and downloading them.
mod body;
mod conditions;
mod delete_image;
mod disposition;
mod download_image;
mod form;
mod get_image;
mod get_limits;
mod list_images;
mod list_public_images;
mod page;
mod replace_image;
mod update_image;
mod upload_image;

pub use delete_image::{__path_delete_image, delete_image};
pub use download_image::{__path_download_image, download_image};
pub use get_image::{__path_get_image, get_image};
pub use get_limits::{__path_get_limits, get_limits};
pub use list_images::{__path_list_images, list_images};
pub use list_public_images::{__path_list_public_images, list_public_images};
pub use replace_image::{__path_replace_image, replace_image};
pub use update_image::{__path_update_image, update_image};
pub use upload_image::{__path_upload_image, upload_image};
