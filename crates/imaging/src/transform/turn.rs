//! The eight ways to turn and mirror an image without touching a pixel.

use crate::{Flip, Layout, Raster, Rotation, transform::numbers::index};

/// Columns that are turned into rows at once, so that both sides of the copy stay in the cache.
const STRIP: usize = 16;

/// Rows and columns change places first, then left and right, then top and bottom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) swap: bool,
    mirror: bool,
    upend: bool,
}

impl Turn {
    /// What brings an image of this EXIF orientation upright (CIPA DC-008 section 4.6.5, tag 0x0112).
    pub(crate) const fn upright(orientation: u8) -> Self {
        let (swap, mirror, upend) = match orientation {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => (false, false, false),
        };
        Self { swap, mirror, upend }
    }

    pub(crate) const fn rotation(rotation: Rotation) -> Self {
        Self::upright(match rotation {
            Rotation::None => 1,
            Rotation::Quarter => 6,
            Rotation::Half => 3,
            Rotation::ThreeQuarters => 8,
        })
    }

    pub(crate) const fn flip(flip: Flip) -> Self {
        Self::upright(match flip {
            Flip::None => 1,
            Flip::Horizontal => 2,
            Flip::Vertical => 4,
            Flip::Both => 3,
        })
    }

    /// This one and then another, as one.
    pub(crate) const fn then(self, next: Self) -> Self {
        let (mirror, upend) = if next.swap {
            (self.upend, self.mirror)
        } else {
            (self.mirror, self.upend)
        };
        Self {
            swap: self.swap != next.swap,
            mirror: mirror != next.mirror,
            upend: upend != next.upend,
        }
    }

    /// The size after it.
    pub(crate) const fn size(self, (width, height): (u32, u32)) -> (u32, u32) {
        if self.swap {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Where a part of the turned image, of this size, came from: left, top, width, height.
    pub(crate) fn back(self, size: (f64, f64), part: [f64; 4]) -> [f64; 4] {
        let [mut x, mut y, width, height] = part;
        if self.mirror {
            x = size.0 - x - width;
        }
        if self.upend {
            y = size.1 - y - height;
        }
        if self.swap {
            [y, x, height, width]
        } else {
            [x, y, width, height]
        }
    }

    /// Turns an image.
    pub(crate) fn raster(self, raster: Raster) -> Raster {
        if self == Self::default() {
            return raster;
        }
        let from = (raster.width, raster.height);
        let (width, height) = self.size(from);
        let data = match raster.layout {
            Layout::Rgb => {
                let (pixels, _) = raster.data.as_chunks::<3>();
                self.pixels(pixels, from.0).into_flattened()
            }
            Layout::Rgba => {
                let (pixels, _) = raster.data.as_chunks::<4>();
                self.pixels(pixels, from.0).into_flattened()
            }
        };
        Raster {
            width,
            height,
            layout: raster.layout,
            data,
        }
    }

    /// Turns pixels that stand in rows of `width`, at least 1.
    pub(crate) fn pixels<T: Copy>(self, pixels: &[T], width: u32) -> Vec<T> {
        let width = index(width).max(1);
        let height = pixels.len() / width;
        let mut turned = if self.swap {
            swapped(pixels, width, height)
        } else {
            pixels.to_vec()
        };
        if self.upend {
            turned.reverse();
        }
        if self.mirror != self.upend {
            let row = if self.swap { height } else { width };
            turned.chunks_exact_mut(row.max(1)).for_each(<[T]>::reverse);
        }
        turned
    }
}

fn swapped<T: Copy>(pixels: &[T], width: usize, height: usize) -> Vec<T> {
    let mut turned = Vec::with_capacity(pixels.len());
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
            turned.extend(row);
        }
    }
    turned
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
    fn every_orientation() {
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
                Turn::upright(orientation).pixels(&PIXELS, 3),
                expected,
                "{orientation}"
            );
        }
    }

    #[test]
    fn two_turns_are_one() {
        for first in 1..=8 {
            for second in 1..=8 {
                let (one, other) = (Turn::upright(first), Turn::upright(second));
                let (width, _) = one.size((3, 2));
                let stepwise = other.pixels(&one.pixels(&PIXELS, 3), width);
                assert_eq!(one.then(other).pixels(&PIXELS, 3), stepwise, "{first} {second}");
            }
        }
    }

    #[test]
    fn a_part_is_found_where_it_came_from() {
        // The pixel at column 1, row 2 of the turned image.
        for orientation in 5..=8 {
            let turn = Turn::upright(orientation);
            let turned = turn.pixels(&PIXELS, 3);
            let [x, y, ..] = turn.back((2.0, 3.0), [1.0, 2.0, 1.0, 1.0]);
            let from = index(crate::transform::rounded(y * 3.0 + x));
            assert_eq!(turned[2 * 2 + 1], PIXELS[from], "{orientation}");
        }
    }

    #[test]
    fn wide_images_are_turned_strip_by_strip() {
        let pixels: Vec<u32> = (0..50 * 7).collect();
        let turn = Turn::upright(5);
        let turned = turn.pixels(&pixels, 50);
        assert_eq!(turned[3 * 7 + 2], 2 * 50 + 3);
        assert_eq!(turn.pixels(&turned, 7), pixels);
    }
}
