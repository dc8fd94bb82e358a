//! Decoded pixels: eight bits, sRGB, straight alpha, row after row.

/// Which samples a pixel has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, straight alpha.
    Rgba,
}

impl Layout {
    /// Bytes of a pixel.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

/// A still image in memory. `data` has exactly `width * height * layout.bytes()` bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raster {
    /// Pixels of a row, at least 1.
    pub width: u32,
    /// Rows, at least 1.
    pub height: u32,
    /// The samples of a pixel.
    pub layout: Layout,
    /// The samples.
    pub data: Vec<u8>,
}
