//! The limits that an image must keep before it may be decoded.

/// What an image may cost. The defaults are the product's published limits.
///
/// A value at its limit passes, one more is refused.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Pixels along one side of the image, and of the area that its frames reach (default 12 000).
    pub max_side: u32,
    /// Pixels of the canvas, width times height (default 50 000 000).
    pub max_pixels: u64,
    /// Pixels of an animation: the canvas area once for every frame (default 50 000 000).
    pub max_animation_pixels: u64,
    /// Frames of an animation, counted and declared (default 300).
    pub max_frames: u32,
    /// Scans of a JPEG (default 64). Every scan of a progressive JPEG makes a decoder visit the whole image.
    pub max_jpeg_scans: u32,
    /// Bytes of an uncompressed color profile, all its pieces together (default 1 MiB).
    pub max_icc_bytes: u64,
    /// Bytes of the compressed profile of a PNG (default 256 KiB). Deflate grows at most 1032-fold, so a profile
    /// that passes inflates to 258 MiB at worst.
    pub max_compressed_icc_bytes: u64,
    /// Bytes of all compressed texts (`zTXt`, compressed `iTXt`) of a PNG together (default 256 KiB), for the same
    /// reason. Texts that are not compressed cost no more than their bytes in the file and have no limit here.
    pub max_compressed_text_bytes: u64,
    /// Bytes of EXIF that are read to find the orientation (default 64 KiB). What lies beyond is skipped, not refused.
    pub max_exif_bytes: u64,
    /// Structural parts of the file: markers, chunks, blocks and sub-blocks (default 500 000). It bounds the time of
    /// the pre-scan; 40 MiB of ordinary GIF sub-blocks are 165 000 parts. JPEG restart markers are not counted.
    pub max_parts: u32,
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
            max_parts: 500_000,
        }
    }
}
