//! Gaussian blur in linear light: exact where it is narrow, three running means where it is wide.

use crate::transform::{
    light::{Image, Sample},
    numbers::{index, rounded},
    turn::Turn,
};

/// From this standard deviation on, in pixels, three means are a Gaussian to within 3 %, at a cost that does not grow.
const WIDE: f64 = 4.0;

/// Blurs with a standard deviation in hundredths of a pixel. Beyond the edges the last pixel goes on.
pub(crate) fn blur<P: Sample>(image: &Image<P>, hundredths: u16) -> Image<P> {
    let sigma = f64::from(hundredths) / 100.0;
    let turn = Turn::upright(5);
    let across = blur_rows(&image.pixels, image.width, sigma);
    let turned = turn.pixels(&across, image.width);
    let down = blur_rows(&turned, image.height, sigma);
    Image {
        width: image.width,
        height: image.height,
        pixels: turn.pixels(&down, image.height),
    }
}

fn blur_rows<P: Sample>(pixels: &[P], width: u32, sigma: f64) -> Vec<P> {
    let rows = pixels.chunks_exact(index(width).max(1));
    let mut result = Vec::with_capacity(pixels.len());
    if sigma < WIDE {
        let kernel = kernel(sigma);
        for row in rows {
            convolve(&padded(row, kernel.len() / 2), &kernel, &mut result);
        }
    } else {
        let radii = radii(sigma);
        for row in rows {
            let mut row = row.to_vec();
            for radius in radii {
                row = mean(&padded(&row, radius), radius);
            }
            result.append(&mut row);
        }
    }
    result
}

/// The row with its first and last pixel repeated `radius` times.
fn padded<P: Sample>(row: &[P], radius: usize) -> Vec<P> {
    let mut padded = Vec::with_capacity(row.len() + 2 * radius);
    padded.resize(radius, row.first().copied().unwrap_or_default());
    padded.extend_from_slice(row);
    padded.resize(row.len() + 2 * radius, row.last().copied().unwrap_or_default());
    padded
}

/// Weights that sum up to 2^16, over three standard deviations to each side.
fn kernel(sigma: f64) -> Vec<u32> {
    let sigma = sigma.max(0.01);
    let radius = rounded((3.0 * sigma).ceil()).max(1);
    let weight = |distance: u32| (-0.5 * (f64::from(distance) / sigma).powi(2)).exp();
    let sum = weight(0) + 2.0 * (1..=radius).map(weight).sum::<f64>();
    let side: Vec<u32> = (1..=radius)
        .map(|distance| rounded(65_536.0 * weight(distance) / sum))
        .collect();
    let middle = 65_536 - 2 * side.iter().sum::<u32>();
    side.iter().rev().chain([&middle]).chain(&side).copied().collect()
}

fn convolve<P: Sample>(padded: &[P], kernel: &[u32], to: &mut Vec<P>) {
    for window in padded.windows(kernel.len()) {
        // A sum of weights of 2^16 times samples below 2^16 stays below 2^32.
        let mut sums = [0_u32; 4];
        for (pixel, weight) in window.iter().zip(kernel) {
            for (sum, sample) in sums.iter_mut().zip(pixel.samples()) {
                *sum += u32::from(*sample) * weight;
            }
        }
        let mut blurred = P::default();
        for (sample, sum) in blurred.samples_mut().iter_mut().zip(sums) {
            *sample = u16::try_from(sum.saturating_add(1 << 15) >> 16).unwrap_or(u16::MAX);
        }
        to.push(blurred);
    }
}

/// The radii of three means that have the variance of the Gaussian together.
fn radii(sigma: f64) -> [usize; 3] {
    let variance = 12.0 * sigma * sigma;
    let narrow = rounded((((variance / 3.0 + 1.0).sqrt() - 1.0) / 2.0).floor());
    let side = 2.0 * f64::from(narrow) + 1.0;
    let narrow_ones = rounded((3.0 * (side + 2.0) * (side + 2.0) - 3.0 - variance) / (4.0 * side + 4.0));
    [0, 1, 2].map(|number| index(if number < narrow_ones { narrow } else { narrow + 1 }))
}

/// The mean of `2 * radius + 1` pixels around each.
fn mean<P: Sample>(padded: &[P], radius: usize) -> Vec<P> {
    let side = 2 * radius + 1;
    let mut sums = [0_u32; 4];
    for pixel in padded.iter().take(side - 1) {
        add(&mut sums, pixel);
    }
    let divisor = u32::try_from(side).unwrap_or(u32::MAX);
    let entering = padded.iter().skip(side - 1);
    entering
        .zip(padded)
        .map(|(entering, leaving)| {
            add(&mut sums, entering);
            let mut blurred = P::default();
            for (sample, sum) in blurred.samples_mut().iter_mut().zip(&sums) {
                *sample = u16::try_from((sum + divisor / 2) / divisor).unwrap_or(u16::MAX);
            }
            for (sum, sample) in sums.iter_mut().zip(leaving.samples()) {
                *sum -= u32::from(*sample);
            }
            blurred
        })
        .collect()
}

fn add<P: Sample>(sums: &mut [u32; 4], pixel: &P) {
    for (sum, sample) in sums.iter_mut().zip(pixel.samples()) {
        *sum += u32::from(*sample);
    }
}

#[cfg(test)]
mod tests {
    use fast_image_resize::pixels::U16x3;

    use super::*;

    /// The standard deviation of what a single bright column becomes.
    fn measured(hundredths: u16) -> f64 {
        let (width, height) = (201_u32, 3_u32);
        let row: Vec<U16x3> = (0..width)
            .map(|x| U16x3::new([if x == 100 { u16::MAX } else { 0 }; 3]))
            .collect();
        let image = Image {
            width,
            height,
            pixels: row.repeat(index(height)),
        };
        let blurred = blur(&image, hundredths);
        let (mut mass, mut spread) = (0.0, 0.0);
        for (x, pixel) in (0..width).zip(&blurred.pixels) {
            let light = f64::from(pixel.0[0]);
            mass += light;
            spread += light * (f64::from(x) - 100.0).powi(2);
        }
        assert!((mass / 65_535.0 - 1.0).abs() < 0.01, "light is kept: {mass}");
        (spread / mass).sqrt()
    }

    #[test]
    fn it_is_as_wide_as_asked() {
        for hundredths in [50, 100, 150, 300, 390, 400, 500, 1000, 2000] {
            let wanted = f64::from(hundredths) / 100.0;
            let measured = measured(hundredths);
            // A narrow Gaussian is narrower still when it is taken at whole pixels.
            let tolerance = if wanted < 1.0 { 0.1 } else { 0.05 };
            assert!((measured / wanted - 1.0).abs() < tolerance, "{wanted} {measured}");
        }
    }

    #[test]
    fn a_flat_image_stays_flat() {
        for hundredths in [1, 30, 399, 400, 65_535] {
            let image = Image {
                width: 3,
                height: 2,
                pixels: vec![U16x3::new([65_535, 1, 30_000]); 6],
            };
            assert_eq!(blur(&image, hundredths).pixels, image.pixels, "{hundredths}");
        }
    }
}
