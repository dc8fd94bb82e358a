//! Small files that promise more pixels than anybody should make room for.
use super::container::{jpeg_promising, png_promising, webp_promising};

/// A file whose header promises too large an image.
#[derive(Clone, Debug)]
pub struct Bomb {
    /// What it is, for messages.
    pub name: &'static str,
    /// The media type that its content has.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Bombs of each format that has a size to lie about; every one is below 200 bytes and must be refused by its
/// header alone.
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
            png_promising(60_000, 60_000),
        ),
        bomb("PNG of (2³¹−1)²", "image/png", png_promising(longest, longest)),
        bomb("WebP of 16,383²", "image/webp", webp_promising(16_383, 16_383)),
        bomb("JPEG of 65,535²", "image/jpeg", jpeg_promising(65_535, 65_535)),
    ]
}
