//! `GET /limits`: what a client must know before it uploads.
use super::body::MediaTypeWord;
use crate::app::App;
use actix_web::{HttpResponse, web};
use infravault_images::{BulkIds, Description, MediaType, Tag, Tags, Title};
use infravault_kernel::Limit;
use serde::Serialize;
use utoipa::ToSchema;

/// The limits of this installation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Limits)]
pub(super) struct LimitsBody {
    /// Most bytes of one original.
    max_upload_bytes: u64,
    /// The types that are taken; the content decides.
    media_types: Vec<MediaTypeWord>,
    /// Most pixels along a side.
    max_side: u32,
    /// Most pixels in all.
    max_pixels: u64,
    /// Most pixels of an animation: its canvas, once for every frame.
    max_animation_pixels: u64,
    /// Most frames of an animation.
    max_frames: u32,
    /// Most scans of a progressive JPEG.
    max_jpeg_scans: u32,
    /// Most bytes of a color profile.
    max_icc_bytes: u64,
    /// Most characters of a title.
    max_title_chars: usize,
    /// Most characters of a description.
    max_description_chars: usize,
    /// Most tags of an image.
    max_tags: usize,
    /// Most characters of a tag.
    max_tag_chars: usize,
    /// Most items of a page.
    max_page_items: u8,
    /// Most images of one bulk operation.
    max_bulk_items: usize,
    /// For how many seconds a deleted image can be restored.
    trash_seconds: u64,
    /// For how many seconds an `Idempotency-Key` is remembered.
    idempotency_seconds: u64,
}

/// What this installation takes.
#[utoipa::path(
    get, path = "/api/v1/limits", tag = "images",
    responses((status = 200, body = LimitsBody))
)]
pub async fn get_limits(app: web::Data<App>) -> HttpResponse {
    let config = &app.images.config;
    let limits = &config.limits;
    HttpResponse::Ok().json(LimitsBody {
        max_upload_bytes: config.max_upload_bytes,
        media_types: MediaType::ALL.into_iter().map(Into::into).collect(),
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
        trash_seconds: config.trash_retention.as_secs(),
        idempotency_seconds: config.key_ttl.as_secs(),
    })
}
