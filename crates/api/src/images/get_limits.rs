//! `GET /limits`: the limits of this installation.
use super::body::MediaType;
use crate::app::App;
use actix_web::{HttpResponse, web};
use infravault_images::{self as images, BulkIds, Description, Tag, Tags, Title};
use infravault_kernel::Limit;
use serde::Serialize;
use utoipa::ToSchema;

/// The limits of this installation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Limits {
    /// Maximum size of one original in bytes.
    #[schema(example = 41_943_040)]
    max_upload_bytes: u64,
    /// Accepted media types, detected from the content.
    #[schema(example = json!(["image/jpeg", "image/png", "image/gif", "image/webp"]))]
    media_types: Vec<MediaType>,
    /// Maximum width and height in pixels.
    #[schema(example = 12_000)]
    max_side: u32,
    /// Maximum number of pixels of an image.
    #[schema(example = 50_000_000)]
    max_pixels: u64,
    /// Maximum number of pixels of an animation, summed over its frames.
    #[schema(example = 50_000_000)]
    max_animation_pixels: u64,
    /// Maximum number of frames of an animation.
    #[schema(example = 300)]
    max_frames: u32,
    /// Maximum number of scans of a progressive JPEG.
    #[schema(example = 64)]
    max_jpeg_scans: u32,
    /// Maximum size of an ICC color profile in bytes.
    #[schema(example = 1_048_576)]
    max_icc_bytes: u64,
    /// Maximum length of a title in characters.
    #[schema(example = 200)]
    max_title_chars: usize,
    /// Maximum length of a description in characters.
    #[schema(example = 4000)]
    max_description_chars: usize,
    /// Maximum number of tags of an image.
    #[schema(example = 50)]
    max_tags: usize,
    /// Maximum length of a tag in characters.
    #[schema(example = 50)]
    max_tag_chars: usize,
    /// Maximum number of items of a page.
    #[schema(example = 200)]
    max_page_items: u8,
    /// Maximum number of images of one bulk operation.
    #[schema(example = 500)]
    max_bulk_items: usize,
    /// Time in seconds for which a deleted image can be restored.
    #[schema(example = 2_592_000)]
    trash_retention_seconds: u64,
    /// Time in seconds for which an `Idempotency-Key` is remembered.
    #[schema(example = 86_400)]
    idempotency_key_ttl_seconds: u64,
}

/// Get the limits of this installation
///
/// Returns the limits that clients need before they upload images. No authentication required.
#[utoipa::path(
    get, path = "/api/v1/limits", tag = "images",
    responses((status = 200, description = "The limits.", body = Limits))
)]
pub async fn get_limits(app: web::Data<App>) -> HttpResponse {
    let config = &app.images.config;
    let limits = &config.limits;
    HttpResponse::Ok().json(Limits {
        max_upload_bytes: config.max_upload_bytes,
        media_types: images::MediaType::ALL.into_iter().map(Into::into).collect(),
        max_side: limits.max_side,
        max_pixels: limits.max_pixels,
        max_animation_pixels: limits.max_animation_pixels,
        max_frames: limits.max_frames,
        max_jpeg_scans: limits.max_jpeg_scans,
        max_icc_bytes: limits.max_icc_bytes,
        max_title_chars: Title::MAX,
        max_description_chars: Description::MAX,
        max_tags: Tags::MAX,
        max_tag_chars: Tag::MAX,
        max_page_items: Limit::MAX,
        max_bulk_items: BulkIds::MAX,
        trash_retention_seconds: config.trash_retention.as_secs(),
        idempotency_key_ttl_seconds: config.key_ttl.as_secs(),
    })
}
