//! What the structure of an image tells about it.

use crate::MediaType;

/// Facts about an image that passed the pre-scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The type, by content.
    pub media_type: MediaType,
    /// Pixels of a row as stored, before the orientation is applied; at least 1.
    pub width: u32,
    /// Rows as stored, before the orientation is applied; at least 1.
    pub height: u32,
    /// The EXIF orientation (CIPA DC-008 section 4.6.5, tag 0x0112), 1 to 8; 1 where none can be read.
    pub orientation: u8,
    /// Frames, 1 for a still image.
    pub frames: u32,
    /// Whether the image can hold transparent pixels.
    pub has_alpha: bool,
    /// Whether the file carries an ICC color profile.
    pub has_profile: bool,
}

impl Facts {
    /// Width and height in pixels after the orientation is applied: 5 to 8 turn the image on its side.
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
