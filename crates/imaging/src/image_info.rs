//! The properties of an image that its structure shows.

use crate::MediaType;

/// The properties of an image that passed the pre-scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageInfo {
    /// The type, detected from the content.
    pub media_type: MediaType,
    /// Stored width in pixels, before applying the orientation; at least 1.
    pub width: u32,
    /// Stored height in pixels, before applying the orientation; at least 1.
    pub height: u32,
    /// The EXIF orientation (CIPA DC-008 section 4.6.5, tag 0x0112), 1 to 8; 1 if there is none or it is invalid.
    pub orientation: u8,
    /// Number of frames; 1 for a still image.
    pub frames: u32,
    /// Whether the image can have transparent pixels.
    pub has_alpha: bool,
    /// Whether the file has an ICC color profile.
    pub has_profile: bool,
}

impl ImageInfo {
    /// Width and height in pixels after applying the orientation. Orientations 5 to 8 swap the sides.
    #[must_use]
    pub const fn upright_size(&self) -> (u32, u32) {
        if matches!(self.orientation, 5..=8) {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        }
    }

    /// Whether the image has more than one frame.
    #[must_use]
    pub const fn is_animated(&self) -> bool {
        self.frames > 1
    }
}
