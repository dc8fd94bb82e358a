//! Handlers of images: uploading, finding, changing, deleting and downloading them.
mod body;
mod change_images;
mod conditions;
mod create_transform_url;
mod delete_image;
mod disposition;
mod download_image;
mod form;
mod get_image;
mod get_limits;
mod get_rendition;
mod get_transform;
mod list_images;
mod list_public_images;
mod list_similar_images;
mod list_trash;
mod page;
mod purge_image;
mod purge_trash;
mod rendition;
mod replace_image;
mod restore_image;
mod update_image;
mod upload_files;
mod upload_from_url;
mod upload_image;

pub use change_images::{__path_change_images, change_images};
pub use create_transform_url::{__path_create_transform_url, create_transform_url};
pub use delete_image::{__path_delete_image, delete_image};
pub use download_image::{__path_download_image, download_image};
pub use get_image::{__path_get_image, get_image};
pub use get_limits::{__path_get_limits, get_limits};
pub use get_rendition::{__path_get_rendition, get_rendition};
pub use get_transform::{__path_get_transform, get_transform};
pub use list_images::{__path_list_images, list_images};
pub use list_public_images::{__path_list_public_images, list_public_images};
pub use list_similar_images::{__path_list_similar_images, list_similar_images};
pub use list_trash::{__path_list_trash, list_trash};
pub use purge_image::{__path_purge_image, purge_image};
pub use purge_trash::{__path_purge_trash, purge_trash};
pub use replace_image::{__path_replace_image, replace_image};
pub use restore_image::{__path_restore_image, restore_image};
pub use update_image::{__path_update_image, update_image};
pub use upload_from_url::{__path_upload_from_url, upload_from_url};
pub use upload_image::{__path_upload_image, upload_image};

pub(crate) use body::{MediaTypeWord, VisibilityWord};
pub(crate) use replace_image::keep;
pub(crate) use upload_image::{
    UploadedBody, broken, created, length as content_length, problem as upload_problem,
};
