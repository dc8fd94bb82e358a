//! Decompression bombs: small files whose headers announce huge images.
use super::container::{jpeg_announcing, png_announcing, webp_announcing};

/// A file that would exhaust memory or CPU time if decoded.
#[derive(Clone, Debug)]
pub struct Bomb {
    /// A description for messages.
    pub name: &'static str,
    /// The media type of the content.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Bombs of less than 200 bytes, which must be rejected by their headers.
#[must_use]
pub fn bombs() -> Vec<Bomb> {
    let bomb = |name, media_type, bytes| Bomb {
        name,
        media_type,
        bytes,
    };
    let longest = i32::MAX.unsigned_abs();
    vec![
        bomb(
            "PNG of 60,000² at one bit",
            "image/png",
            png_announcing(60_000, 60_000),
        ),
        bomb("PNG of (2³¹−1)²", "image/png", png_announcing(longest, longest)),
        bomb("WebP of 16,383²", "image/webp", webp_announcing(16_383, 16_383)),
        bomb("JPEG of 65,535²", "image/jpeg", jpeg_announcing(65_535, 65_535)),
    ]
}
