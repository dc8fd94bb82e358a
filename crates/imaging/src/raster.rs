//! Decoded pixels: eight bits per sample, sRGB, straight alpha, in rows.

use crate::numbers::to_usize;

/// The samples of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, straight alpha.
    Rgba,
}

impl Layout {
    /// Bytes per pixel.
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
    /// Width in pixels, at least 1.
    pub width: u32,
    /// Height in pixels, at least 1.
    pub height: u32,
    /// The samples of a pixel.
    pub layout: Layout,
    /// The samples, row by row.
    pub data: Vec<u8>,
}

impl Raster {
    /// Width and height in pixels.
    pub(crate) const fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Bytes per row, at least 1.
    pub(crate) fn row_bytes(&self) -> usize {
        (to_usize(self.width) * self.layout.bytes()).max(1)
    }

    /// Copies a rectangle: left, top, width, height.
    pub(crate) fn crop(&self, [left, top, width, height]: [u32; 4]) -> Self {
        let bytes = self.layout.bytes();
        let columns = to_usize(left) * bytes..(to_usize(left) + to_usize(width)) * bytes;
        let rows = self.data.chunks_exact(self.row_bytes()).skip(to_usize(top));
        let mut data = Vec::with_capacity(columns.len() * to_usize(height));
        for row in rows.take(to_usize(height)) {
            data.extend_from_slice(row.get(columns.clone()).unwrap_or_default());
        }
        Self {
            width,
            height,
            layout: self.layout,
            data,
        }
    }

    /// Whether any pixel is not opaque.
    pub(crate) fn is_transparent(&self) -> bool {
        let (pixels, _) = self.data.as_chunks::<4>();
        self.layout == Layout::Rgba && pixels.iter().any(|[.., alpha]| *alpha != 255)
    }

    /// Adds an opaque alpha channel if there is none.
    pub(crate) fn into_rgba(self) -> Self {
        match self.layout {
            Layout::Rgba => self,
            Layout::Rgb => Self {
                layout: Layout::Rgba,
                data: map_pixels(&self.data, |[r, g, b]| [r, g, b, 255]),
                ..self
            },
        }
    }

    /// Drops the alpha channel.
    pub(crate) fn into_rgb(self) -> Self {
        match self.layout {
            Layout::Rgb => self,
            Layout::Rgba => Self {
                layout: Layout::Rgb,
                data: map_pixels(&self.data, |[r, g, b, _]| [r, g, b]),
                ..self
            },
        }
    }

    /// Drops the alpha channel if every pixel is opaque.
    pub(crate) fn drop_opaque_alpha(self) -> Self {
        if self.is_transparent() {
            self
        } else {
            self.into_rgb()
        }
    }
}

/// Converts pixels of `A` samples to pixels of `B` samples.
pub(crate) fn map_pixels<const A: usize, const B: usize>(
    from: &[u8],
    map: impl Fn([u8; A]) -> [u8; B],
) -> Vec<u8> {
    let (from, _) = from.as_chunks::<A>();
    let mut to = vec![0; from.len() * B];
    let (pixels, _) = to.as_chunks_mut::<B>();
    for (from, to) in from.iter().zip(pixels) {
        *to = map(*from);
    }
    to
}
