//! The eight orientations of an image: rotations by quarter turns, and their mirror images.

use crate::{Flip, Layout, Raster, Rotation, numbers::to_usize};

/// Columns that are transposed at once, so that source and target stay in the cache.
const STRIP: usize = 16;

/// A transformation: transpose first, then mirror horizontally, then vertically.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Orientation {
    transpose: bool,
    mirror_x: bool,
    mirror_y: bool,
}

impl Orientation {
    /// The transformation that turns an image with this EXIF orientation upright (CIPA DC-008 section 4.6.5).
    pub(crate) const fn from_exif(orientation: u8) -> Self {
        let (transpose, mirror_x, mirror_y) = match orientation {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => (false, false, false),
        };
        Self {
            transpose,
            mirror_x,
            mirror_y,
        }
    }

    pub(crate) const fn from_rotation(rotation: Rotation) -> Self {
        Self::from_exif(match rotation {
            Rotation::None => 1,
            Rotation::Quarter => 6,
            Rotation::Half => 3,
            Rotation::ThreeQuarters => 8,
        })
    }

    pub(crate) const fn from_flip(flip: Flip) -> Self {
        Self::from_exif(match flip {
            Flip::None => 1,
            Flip::Horizontal => 2,
            Flip::Vertical => 4,
            Flip::Both => 3,
        })
    }

    /// This transformation followed by another one.
    pub(crate) const fn then(self, next: Self) -> Self {
        let (mirror_x, mirror_y) = if next.transpose {
            (self.mirror_y, self.mirror_x)
        } else {
            (self.mirror_x, self.mirror_y)
        };
        Self {
            transpose: self.transpose != next.transpose,
            mirror_x: mirror_x != next.mirror_x,
            mirror_y: mirror_y != next.mirror_y,
        }
    }

    /// Width and height after the transformation.
    pub(crate) const fn apply_to_size(self, (width, height): (u32, u32)) -> (u32, u32) {
        if self.transpose {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Maps a rectangle of the transformed image, of this size, back to the source: left, top, width, height.
    pub(crate) fn source_rect(self, size: (f64, f64), rect: [f64; 4]) -> [f64; 4] {
        let [mut x, mut y, width, height] = rect;
        if self.mirror_x {
            x = size.0 - x - width;
        }
        if self.mirror_y {
            y = size.1 - y - height;
        }
        if self.transpose {
            [y, x, height, width]
        } else {
            [x, y, width, height]
        }
    }

    /// Transforms an image.
    pub(crate) fn apply(self, raster: Raster) -> Raster {
        if self == Self::default() {
            return raster;
        }
        let (width, height) = self.apply_to_size(raster.size());
        let data = match raster.layout {
            Layout::Rgb => {
                let (pixels, _) = raster.data.as_chunks::<3>();
                self.apply_to_pixels(pixels, raster.width).into_flattened()
            }
            Layout::Rgba => {
                let (pixels, _) = raster.data.as_chunks::<4>();
                self.apply_to_pixels(pixels, raster.width).into_flattened()
            }
        };
        Raster {
            width,
            height,
            layout: raster.layout,
            data,
        }
    }

    /// Transforms pixels in rows of `width`, which is at least 1.
    pub(crate) fn apply_to_pixels<T: Copy>(self, pixels: &[T], width: u32) -> Vec<T> {
        let width = to_usize(width).max(1);
        let height = pixels.len() / width;
        let mut result = if self.transpose {
            transpose(pixels, width, height)
        } else {
            pixels.to_vec()
        };
        if self.mirror_y {
            result.reverse();
        }
        if self.mirror_x != self.mirror_y {
            let row = if self.transpose { height } else { width };
            result.chunks_exact_mut(row.max(1)).for_each(<[T]>::reverse);
        }
        result
    }
}

fn transpose<T: Copy>(pixels: &[T], width: usize, height: usize) -> Vec<T> {
    let mut result = Vec::with_capacity(pixels.len());
    for left in (0..width).step_by(STRIP) {
        let columns = left..(left + STRIP).min(width);
        let mut rows = vec![Vec::with_capacity(height); columns.len()];
        for row in pixels.chunks_exact(width) {
            let strip = row.get(columns.clone()).unwrap_or_default();
            for (row, pixel) in rows.iter_mut().zip(strip) {
                row.push(*pixel);
            }
        }
        for row in rows {
            result.extend(row);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ```text
    /// 1 2 3
    /// 4 5 6
    /// ```
    const PIXELS: [u8; 6] = [1, 2, 3, 4, 5, 6];

    #[test]
    fn every_exif_orientation_is_applied() {
        for (orientation, expected) in [
            (1, [1, 2, 3, 4, 5, 6]),
            (2, [3, 2, 1, 6, 5, 4]),
            (3, [6, 5, 4, 3, 2, 1]),
            (4, [4, 5, 6, 1, 2, 3]),
            (5, [1, 4, 2, 5, 3, 6]),
            (6, [4, 1, 5, 2, 6, 3]),
            (7, [6, 3, 5, 2, 4, 1]),
            (8, [3, 6, 2, 5, 1, 4]),
        ] {
            assert_eq!(
                Orientation::from_exif(orientation).apply_to_pixels(&PIXELS, 3),
                expected,
                "{orientation}"
            );
        }
    }

    #[test]
    fn composed_orientations_equal_two_steps() {
        for first in 1..=8 {
            for second in 1..=8 {
                let (one, other) = (Orientation::from_exif(first), Orientation::from_exif(second));
                let (width, _) = one.apply_to_size((3, 2));
                let stepwise = other.apply_to_pixels(&one.apply_to_pixels(&PIXELS, 3), width);
                assert_eq!(
                    one.then(other).apply_to_pixels(&PIXELS, 3),
                    stepwise,
                    "{first} {second}"
                );
            }
        }
    }

    #[test]
    fn source_rect_finds_the_source_pixel() {
        // The pixel at column 1, row 2 of the transformed image.
        for exif in 5..=8 {
            let orientation = Orientation::from_exif(exif);
            let turned = orientation.apply_to_pixels(&PIXELS, 3);
            let [x, y, ..] = orientation.source_rect((2.0, 3.0), [1.0, 2.0, 1.0, 1.0]);
            let from = to_usize(crate::numbers::round(y * 3.0 + x));
            assert_eq!(turned[2 * 2 + 1], PIXELS[from], "{exif}");
        }
    }

    #[test]
    fn wide_image_is_transposed_in_strips() {
        let pixels: Vec<u32> = (0..50 * 7).collect();
        let transpose = Orientation::from_exif(5);
        let turned = transpose.apply_to_pixels(&pixels, 50);
        assert_eq!(turned[3 * 7 + 2], 2 * 50 + 3);
        assert_eq!(transpose.apply_to_pixels(&turned, 7), pixels);
    }
}
