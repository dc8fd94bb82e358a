//! Scales a part of an image: Lanczos in linear light, in bands, after averaging whole blocks of much larger images.

use crate::{
    Raster,
    numbers::{round, to_u32, to_usize},
    transform::{
        Source,
        linear::{LinearImage, LinearPixel, SrgbTransfer},
        plan::Plan,
    },
};
use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
};
use std::ops::Range;

/// Rows of the result that are made at once, so that only one band is in memory in linear light.
const BAND: u32 = 64;
/// Averaging leaves at least this many times the final size for Lanczos, as in libvips.
const LANCZOS_RATIO: f64 = 2.0;
/// The radius of Lanczos with three lobes, in pixels of the result.
const SUPPORT: f64 = 3.0;

/// Scales the part of the source that the plan selects. The source is the whole stored image, in any size.
pub(crate) fn scale<P: LinearPixel>(
    source: &Source<'_, P>,
    stored: (u32, u32),
    plan: &Plan,
    transfer: &SrgbTransfer,
) -> LinearImage<P> {
    let (sx, sy) = scale_factors(stored, source.size());
    let [x, y, width, height] = plan.part;
    let part = [x * sx, y * sy, width * sx, height * sy];
    let [x, y, width, height] = plan.region;
    let region = enclosing_rect([x * sx, y * sy, width * sx, height * sy], source.size());
    match source {
        Source::Decoded(raster) => {
            let ratio = (part[2] / f64::from(plan.size.0)).min(part[3] / f64::from(plan.size.1));
            let block = round((ratio / LANCZOS_RATIO).floor()).clamp(1, 64);
            let grid = BlockGrid {
                raster,
                region,
                block,
                transfer,
            };
            scale_in_bands(&grid, part, plan.size)
        }
        Source::Scaled(image) => {
            let mut result = blank(plan.size);
            let part = clamp_rect(part, (image.width, image.height));
            let rows = (image.width, image.pixels.as_slice());
            scale_lanczos(&mut Resizer::new(), rows, part, plan.size.0, &mut result.pixels);
            result
        }
    }
}

/// An image divided into blocks, each averaged to one pixel in linear light.
struct BlockGrid<'a> {
    raster: &'a Raster,
    /// The pixels that may be read: left, top, width, height.
    region: [u32; 4],
    /// Pixels per side of a block.
    block: u32,
    transfer: &'a SrgbTransfer,
}

impl BlockGrid<'_> {
    fn size(&self) -> (u32, u32) {
        let [_, _, width, height] = self.region;
        (width.div_ceil(self.block), height.div_ceil(self.block))
    }

    /// Reads rows of blocks in linear light.
    fn read_rows<P: LinearPixel>(&self, rows: Range<u32>) -> Vec<P> {
        let [left, top, width, height] = self.region.map(to_usize);
        let bytes = P::LAYOUT.bytes();
        let block = to_usize(self.block);
        let columns = width.div_ceil(block);
        let first = to_usize(rows.start) * block;
        let last = (to_usize(rows.end) * block).min(height);
        let lines = self
            .raster
            .data
            .chunks_exact(self.raster.row_bytes())
            .skip(top + first)
            .take(last.saturating_sub(first))
            .map(|row| row.get(left * bytes..(left + width) * bytes).unwrap_or_default());
        let mut result = Vec::with_capacity(columns * rows.len());
        if block == 1 {
            for line in lines {
                result.extend(
                    line.chunks_exact(bytes)
                        .map(|pixel| P::read(pixel, self.transfer)),
                );
            }
            return result;
        }
        let mut sums = vec![[0_u32; 4]; columns];
        let mut lines = lines.peekable();
        let mut seen = 0_u32;
        while let Some(line) = lines.next() {
            for (sum, pixels) in sums.iter_mut().zip(line.chunks(bytes * block)) {
                for pixel in pixels.chunks_exact(bytes) {
                    let pixel = P::read(pixel, self.transfer);
                    for (sum, sample) in sum.iter_mut().zip(pixel.samples()) {
                        *sum += u32::from(*sample);
                    }
                }
            }
            seen += 1;
            if seen == self.block || lines.peek().is_none() {
                push_means(&mut sums, seen, (width, block), &mut result);
                seen = 0;
            }
        }
        result
    }
}

/// Appends the means of a row of blocks and clears the sums. The last block may be narrower.
fn push_means<P: LinearPixel>(
    sums: &mut [[u32; 4]],
    rows: u32,
    (width, block): (usize, usize),
    to: &mut Vec<P>,
) {
    let mut left = width;
    for sum in sums {
        let pixels = to_u32(left.min(block)).max(1) * rows;
        left = left.saturating_sub(block);
        let mut mean = P::default();
        for (mean, sum) in mean.samples_mut().iter_mut().zip(sum.iter()) {
            *mean = u16::try_from((sum + pixels / 2) / pixels).unwrap_or(u16::MAX);
        }
        *sum = [0; 4];
        to.push(mean);
    }
}

fn scale_in_bands<P: LinearPixel>(grid: &BlockGrid<'_>, part: [f64; 4], size: (u32, u32)) -> LinearImage<P> {
    let (columns, rows) = grid.size();
    let block = f64::from(grid.block);
    let [x, y, width, height] = part;
    let [left, top, width, height] = clamp_rect(
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
    let band = to_usize(size.0) * to_usize(BAND);
    for (number, to) in (0_u32..).zip(result.pixels.chunks_mut(band.max(1))) {
        let from = f64::from(number * BAND) * step;
        let tall = f64::from(to_u32(to.len() / to_usize(size.0).max(1))) * step;
        let first = round((top + from - reach).floor()).min(rows.saturating_sub(1));
        let last = round((top + from + tall + reach).ceil()).clamp(first + 1, rows);
        let pixels = grid.read_rows::<P>(first..last);
        let part = clamp_rect(
            [left, top + from - f64::from(first), width, tall],
            (columns, last - first),
        );
        scale_lanczos(&mut resizer, (columns, &pixels), part, size.0, to);
    }
    result
}

/// Scales a part of an image into rows of `width`. Pixels around the part contribute as far as they exist.
fn scale_lanczos<P: LinearPixel>(
    resizer: &mut Resizer,
    (columns, from): (u32, &[P]),
    part: [f64; 4],
    width: u32,
    to: &mut [P],
) {
    let rows = to_u32(from.len() / to_usize(columns).max(1));
    let height = to_u32(to.len() / to_usize(width).max(1));
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

/// Decoded pixels per stored pixel, across and down. A decoder that reduces the image rounds its size up, so the exact
/// factor does not follow from the sizes.
fn scale_factors(stored: (u32, u32), decoded: (u32, u32)) -> (f64, f64) {
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

/// The whole pixels that a part touches, within a size: left, top, width, height.
fn enclosing_rect(part: [f64; 4], (width, height): (u32, u32)) -> [u32; 4] {
    let [x, y, across, down] = part;
    let left = round(x.floor()).min(width.saturating_sub(1));
    let top = round(y.floor()).min(height.saturating_sub(1));
    let right = round((x + across - 1e-6).ceil()).clamp(left + 1, width);
    let bottom = round((y + down - 1e-6).ceil()).clamp(top + 1, height);
    [left, top, right - left, bottom - top]
}

/// Limits a part to the image, which rounding errors may exceed.
fn clamp_rect(part: [f64; 4], (width, height): (u32, u32)) -> [f64; 4] {
    let (width, height) = (f64::from(width), f64::from(height));
    let left = part[0].clamp(0.0, width - f64::EPSILON * width);
    let top = part[1].clamp(0.0, height - f64::EPSILON * height);
    let [mut across, mut down] = [part[2].min(width - left), part[3].min(height - top)];
    // The sum may still exceed the size by a rounding error.
    while left + across > width {
        across -= f64::EPSILON * width;
    }
    while top + down > height {
        down -= f64::EPSILON * height;
    }
    [left, top, across, down]
}

fn blank<P: LinearPixel>(size: (u32, u32)) -> LinearImage<P> {
    LinearImage {
        width: size.0,
        height: size.1,
        pixels: vec![P::default(); to_usize(size.0) * to_usize(size.1)],
    }
}
