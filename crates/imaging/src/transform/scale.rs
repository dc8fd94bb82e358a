//! Brings a part of an image to a size: Lanczos in linear light, in bands, after a mean of whole blocks where there
//! is far more image than needed.

use crate::{
    Raster,
    transform::{
        Source,
        light::{Image, Light, Sample},
        numbers::{count, index, rounded},
        plan::Plan,
    },
};
use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
};
use std::ops::Range;

/// Rows of the result that are made at once, so that linear light is held of a band and not of the whole image.
const BAND: u32 = 64;
/// The mean of blocks leaves at least twice the pixels that are needed to Lanczos, as libvips does.
const LEFT_TO_LANCZOS: f64 = 2.0;
/// Pixels on each side that Lanczos with three lobes looks at, in pixels of the result.
const SUPPORT: f64 = 3.0;

/// Scales what the plan takes of the source, which is the whole stored image in any size.
pub(crate) fn scale<P: Sample>(
    source: &Source<'_, P>,
    stored: (u32, u32),
    plan: &Plan,
    light: &Light,
) -> Image<P> {
    let (sx, sy) = factors(stored, source.size());
    let [x, y, width, height] = plan.part;
    let part = [x * sx, y * sy, width * sx, height * sy];
    let [x, y, width, height] = plan.region;
    let region = hull([x * sx, y * sy, width * sx, height * sy], source.size());
    match source {
        Source::Decoded(raster) => {
            let ratio = (part[2] / f64::from(plan.size.0)).min(part[3] / f64::from(plan.size.1));
            let block = rounded((ratio / LEFT_TO_LANCZOS).floor()).clamp(1, 64);
            let grid = Grid {
                raster,
                region,
                block,
                light,
            };
            banded(&grid, part, plan.size)
        }
        Source::Smaller(image) => {
            let mut result = blank(plan.size);
            let part = clamp(part, (image.width, image.height));
            let rows = (image.width, image.pixels.as_slice());
            lanczos(&mut Resizer::new(), rows, part, plan.size.0, &mut result.pixels);
            result
        }
    }
}

/// The image as blocks of pixels, each of which counts as one pixel in linear light.
struct Grid<'a> {
    raster: &'a Raster,
    /// The pixels that exist at all: left, top, width, height.
    region: [u32; 4],
    /// Pixels of the side of a block.
    block: u32,
    light: &'a Light,
}

impl Grid<'_> {
    fn size(&self) -> (u32, u32) {
        let [_, _, width, height] = self.region;
        (width.div_ceil(self.block), height.div_ceil(self.block))
    }

    /// The rows of blocks in linear light.
    fn rows<P: Sample>(&self, rows: Range<u32>) -> Vec<P> {
        let [left, top, width, height] = self.region.map(index);
        let bytes = P::LAYOUT.bytes();
        let block = index(self.block);
        let columns = width.div_ceil(block);
        let first = index(rows.start) * block;
        let last = (index(rows.end) * block).min(height);
        let lines = self
            .raster
            .data
            .chunks_exact(index(self.raster.width) * bytes)
            .skip(top + first)
            .take(last.saturating_sub(first))
            .map(|row| row.get(left * bytes..(left + width) * bytes).unwrap_or_default());
        let mut result = Vec::with_capacity(columns * rows.len());
        if block == 1 {
            for line in lines {
                result.extend(line.chunks_exact(bytes).map(|pixel| P::read(pixel, self.light)));
            }
            return result;
        }
        let mut sums = vec![[0_u32; 4]; columns];
        let mut lines = lines.peekable();
        let mut seen = 0_u32;
        while let Some(line) = lines.next() {
            for (sum, pixels) in sums.iter_mut().zip(line.chunks(bytes * block)) {
                for pixel in pixels.chunks_exact(bytes) {
                    let pixel = P::read(pixel, self.light);
                    for (sum, sample) in sum.iter_mut().zip(pixel.samples()) {
                        *sum += u32::from(*sample);
                    }
                }
            }
            seen += 1;
            if seen == self.block || lines.peek().is_none() {
                means(&mut sums, seen, (width, block), &mut result);
                seen = 0;
            }
        }
        result
    }
}

/// Divides the sums of a row of blocks by the pixels in them, and clears them; the last block may be narrower.
fn means<P: Sample>(sums: &mut [[u32; 4]], rows: u32, (width, block): (usize, usize), to: &mut Vec<P>) {
    let mut left = width;
    for sum in sums {
        let pixels = count(left.min(block)).max(1) * rows;
        left = left.saturating_sub(block);
        let mut mean = P::default();
        for (mean, sum) in mean.samples_mut().iter_mut().zip(sum.iter()) {
            *mean = u16::try_from((sum + pixels / 2) / pixels).unwrap_or(u16::MAX);
        }
        *sum = [0; 4];
        to.push(mean);
    }
}

fn banded<P: Sample>(grid: &Grid<'_>, part: [f64; 4], size: (u32, u32)) -> Image<P> {
    let (columns, rows) = grid.size();
    let block = f64::from(grid.block);
    let [x, y, width, height] = part;
    let [left, top, width, height] = clamp(
        [
            (x - f64::from(grid.region[0])) / block,
            (y - f64::from(grid.region[1])) / block,
            width / block,
            height / block,
        ],
        (columns, rows),
    );
    let step = height / f64::from(size.1.max(1));
    let reach = SUPPORT * step.max(1.0) + 1.0;
    let mut result = blank(size);
    let mut resizer = Resizer::new();
    let band = index(size.0) * index(BAND);
    for (number, to) in (0_u32..).zip(result.pixels.chunks_mut(band.max(1))) {
        let from = f64::from(number * BAND) * step;
        let tall = f64::from(count(to.len() / index(size.0).max(1))) * step;
        let first = rounded((top + from - reach).floor()).min(rows.saturating_sub(1));
        let last = rounded((top + from + tall + reach).ceil()).clamp(first + 1, rows);
        let pixels = grid.rows::<P>(first..last);
        let part = clamp(
            [left, top + from - f64::from(first), width, tall],
            (columns, last - first),
        );
        lanczos(&mut resizer, (columns, &pixels), part, size.0, to);
    }
    result
}

/// Scales a part of rows of pixels into rows of `width`. Pixels around the part are mixed in as far as they exist.
fn lanczos<P: Sample>(
    resizer: &mut Resizer,
    (columns, from): (u32, &[P]),
    part: [f64; 4],
    width: u32,
    to: &mut [P],
) {
    let rows = count(from.len() / index(columns).max(1));
    let height = count(to.len() / index(width).max(1));
    let [left, top, across, down] = part;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(left, top, across, down)
        .use_alpha(false);
    let from = TypedImageRef::new(columns, rows, from);
    let to = TypedImage::from_pixels_slice(width, height, to);
    if let (Ok(from), Ok(mut to)) = (from, to) {
        let done = resizer.resize_typed(&from, &mut to, &options);
        debug_assert!(done.is_ok(), "{done:?}");
    }
}

/// How many pixels of the decoded image make one of the stored one, across and down. A decoder that scales on load
/// rounds the last, partial pixel up; the scale is not what the sizes say then.
fn factors(stored: (u32, u32), decoded: (u32, u32)) -> (f64, f64) {
    for part in [1, 2, 4, 8] {
        if decoded == (stored.0.div_ceil(part), stored.1.div_ceil(part)) {
            return (1.0 / f64::from(part), 1.0 / f64::from(part));
        }
    }
    (
        f64::from(decoded.0) / f64::from(stored.0.max(1)),
        f64::from(decoded.1) / f64::from(stored.1.max(1)),
    )
}

/// The whole pixels around a part, within a size: left, top, width, height.
fn hull(part: [f64; 4], (width, height): (u32, u32)) -> [u32; 4] {
    let [x, y, across, down] = part;
    let left = rounded(x.floor()).min(width.saturating_sub(1));
    let top = rounded(y.floor()).min(height.saturating_sub(1));
    let right = rounded((x + across - 1e-6).ceil()).clamp(left + 1, width);
    let bottom = rounded((y + down - 1e-6).ceil()).clamp(top + 1, height);
    [left, top, right - left, bottom - top]
}

/// The part without what rounding put outside of the image.
fn clamp(part: [f64; 4], (width, height): (u32, u32)) -> [f64; 4] {
    let (width, height) = (f64::from(width), f64::from(height));
    let left = part[0].clamp(0.0, width - f64::EPSILON * width);
    let top = part[1].clamp(0.0, height - f64::EPSILON * height);
    let [mut across, mut down] = [part[2].min(width - left), part[3].min(height - top)];
    // A sum of fractions may still come out one bit too large.
    while left + across > width {
        across -= f64::EPSILON * width;
    }
    while top + down > height {
        down -= f64::EPSILON * height;
    }
    [left, top, across, down]
}

fn blank<P: Sample>(size: (u32, u32)) -> Image<P> {
    Image {
        width: size.0,
        height: size.1,
        pixels: vec![P::default(); index(size.0) * index(size.1)],
    }
}
