//! The limits for decoding an image.

/// Limits on the cost of an image, all inclusive. The defaults are the published limits of the product.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Maximum pixels per side, of the image and of the area that its frames cover (default 12,000).
    pub max_side: u32,
    /// Maximum pixels of the canvas, width times height (default 50,000,000).
    pub max_pixels: u64,
    /// Maximum pixels of an animation: canvas area times number of frames (default 50,000,000).
    pub max_animation_pixels: u64,
    /// Maximum frames of an animation, counted and declared (default 300).
    pub max_frames: u32,
    /// Maximum scans of a JPEG (default 64). Each scan of a progressive JPEG processes the whole image.
    pub max_jpeg_scans: u32,
    /// Maximum bytes of an uncompressed color profile, all segments together (default 1 MiB).
    pub max_icc_bytes: u64,
    /// Maximum bytes of the compressed profile of a PNG (default 256 KiB). Deflate expands at most 1032-fold, so such a
    /// profile inflates to at most 258 MiB.
    pub max_compressed_icc_bytes: u64,
    /// Maximum bytes of all compressed texts (`zTXt`, compressed `iTXt`) of a PNG (default 256 KiB), for the same reason.
    /// Uncompressed texts have no limit.
    pub max_compressed_text_bytes: u64,
    /// Maximum bytes of EXIF that are read (default 64 KiB). The rest is skipped.
    pub max_exif_bytes: u64,
    /// Maximum structural blocks of the file: markers, chunks, blocks and sub-blocks (default 500,000). It limits the time
    /// of the pre-scan. A GIF of 40 MiB has about 165,000 sub-blocks. JPEG restart markers do not count.
    pub max_blocks: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_side: 12_000,
            max_pixels: 50_000_000,
            max_animation_pixels: 50_000_000,
            max_frames: 300,
            max_jpeg_scans: 64,
            max_icc_bytes: 1024 * 1024,
            max_compressed_icc_bytes: 256 * 1024,
            max_compressed_text_bytes: 256 * 1024,
            max_exif_bytes: 64 * 1024,
            max_blocks: 500_000,
        }
    }
}
