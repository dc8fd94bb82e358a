//! Gaussian blur in linear light: a convolution if narrow, three box blurs if wide.

use crate::{
    numbers::{round, to_u32, to_usize},
    transform::{
        linear::{LinearImage, LinearPixel},
        orientation::Orientation,
    },
};

/// From this standard deviation in pixels on, three box blurs match a Gaussian within 3 %, at constant cost.
const WIDE: f64 = 4.0;

/// Blurs with a standard deviation in hundredths of a pixel. The edge pixels are repeated beyond the edges.
pub(crate) fn blur<P: LinearPixel>(image: &LinearImage<P>, hundredths: u16) -> LinearImage<P> {
    let sigma = f64::from(hundredths) / 100.0;
    let transpose = Orientation::from_exif(5);
    let across = blur_rows(&image.pixels, image.width, sigma);
    let columns = transpose.apply_to_pixels(&across, image.width);
    let down = blur_rows(&columns, image.height, sigma);
    LinearImage {
        width: image.width,
        height: image.height,
        pixels: transpose.apply_to_pixels(&down, image.height),
    }
}

fn blur_rows<P: LinearPixel>(pixels: &[P], width: u32, sigma: f64) -> Vec<P> {
    let rows = pixels.chunks_exact(to_usize(width).max(1));
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
                row = box_blur(&padded(&row, radius), radius);
            }
            result.append(&mut row);
        }
    }
    result
}

/// The row with its first and last pixel repeated `radius` times.
fn padded<P: LinearPixel>(row: &[P], radius: usize) -> Vec<P> {
    let mut padded = Vec::with_capacity(row.len() + 2 * radius);
    padded.resize(radius, row.first().copied().unwrap_or_default());
    padded.extend_from_slice(row);
    padded.resize(row.len() + 2 * radius, row.last().copied().unwrap_or_default());
    padded
}

/// Weights with the sum 2^16, over three standard deviations to each side.
fn kernel(sigma: f64) -> Vec<u32> {
    let sigma = sigma.max(0.01);
    let radius = round((3.0 * sigma).ceil()).max(1);
    let weight = |distance: u32| (-0.5 * (f64::from(distance) / sigma).powi(2)).exp();
    let sum = weight(0) + 2.0 * (1..=radius).map(weight).sum::<f64>();
    let side: Vec<u32> = (1..=radius)
        .map(|distance| round(65_536.0 * weight(distance) / sum))
        .collect();
    let middle = 65_536 - 2 * side.iter().sum::<u32>();
    side.iter().rev().chain([&middle]).chain(&side).copied().collect()
}

fn convolve<P: LinearPixel>(padded: &[P], kernel: &[u32], to: &mut Vec<P>) {
    for window in padded.windows(kernel.len()) {
        // The weights have the sum 2^16 and samples are below 2^16, so sums stay below 2^32.
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

/// The radii of three box blurs that together have the variance of the Gaussian.
fn radii(sigma: f64) -> [usize; 3] {
    let variance = 12.0 * sigma * sigma;
    let narrow = round((((variance / 3.0 + 1.0).sqrt() - 1.0) / 2.0).floor());
    let side = 2.0 * f64::from(narrow) + 1.0;
    let narrow_ones = round((3.0 * (side + 2.0) * (side + 2.0) - 3.0 - variance) / (4.0 * side + 4.0));
    [0, 1, 2].map(|number| to_usize(if number < narrow_ones { narrow } else { narrow + 1 }))
}

/// Averages the `2 * radius + 1` pixels around each pixel.
fn box_blur<P: LinearPixel>(padded: &[P], radius: usize) -> Vec<P> {
    let side = 2 * radius + 1;
    let mut sums = [0_u32; 4];
    for pixel in padded.iter().take(side - 1) {
        add(&mut sums, pixel);
    }
    let divisor = to_u32(side);
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

fn add<P: LinearPixel>(sums: &mut [u32; 4], pixel: &P) {
    for (sum, sample) in sums.iter_mut().zip(pixel.samples()) {
        *sum += u32::from(*sample);
    }
}

#[cfg(test)]
mod tests {
    use fast_image_resize::pixels::U16x3;

    use super::*;

    /// The standard deviation of a single bright column after the blur.
    fn measured(hundredths: u16) -> f64 {
        let (width, height) = (201_u32, 3_u32);
        let row: Vec<U16x3> = (0..width)
            .map(|x| U16x3::new([if x == 100 { u16::MAX } else { 0 }; 3]))
            .collect();
        let image = LinearImage {
            width,
            height,
            pixels: row.repeat(to_usize(height)),
        };
        let blurred = blur(&image, hundredths);
        let (mut mass, mut spread) = (0.0, 0.0);
        for (x, pixel) in (0..width).zip(&blurred.pixels) {
            let sample = f64::from(pixel.0[0]);
            mass += sample;
            spread += sample * (f64::from(x) - 100.0).powi(2);
        }
        assert!((mass / 65_535.0 - 1.0).abs() < 0.01, "the sum changed: {mass}");
        (spread / mass).sqrt()
    }

    #[test]
    fn blur_has_the_requested_standard_deviation() {
        for hundredths in [50, 100, 150, 300, 390, 400, 500, 1000, 2000] {
            let wanted = f64::from(hundredths) / 100.0;
            let measured = measured(hundredths);
            // A narrow Gaussian becomes narrower when it is sampled at whole pixels.
            let tolerance = if wanted < 1.0 { 0.1 } else { 0.05 };
            assert!((measured / wanted - 1.0).abs() < tolerance, "{wanted} {measured}");
        }
    }

    #[test]
    fn uniform_image_is_unchanged() {
        for hundredths in [1, 30, 399, 400, 65_535] {
            let image = LinearImage {
                width: 3,
                height: 2,
                pixels: vec![U16x3::new([65_535, 1, 30_000]); 6],
            };
            assert_eq!(blur(&image, hundredths).pixels, image.pixels, "{hundredths}");
        }
    }
}
