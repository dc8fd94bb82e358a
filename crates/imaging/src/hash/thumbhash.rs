//! Encodes a thumbhash, a placeholder of at most 25 bytes, like the reference implementation by Evan Wallace.

use crate::{
    Raster,
    numbers::{round, to_f64, to_usize},
};
use std::f64::consts::PI;

/// Encodes an image of at most 100 by 100 pixels.
pub(super) fn encode(small: &Raster) -> Vec<u8> {
    let (width, height) = (to_usize(small.width), to_usize(small.height));
    let pixels: Vec<[f64; 4]> = small
        .data
        .chunks_exact(small.layout.bytes())
        .map(|pixel| match pixel {
            [r, g, b, a] => [*r, *g, *b, *a].map(|code| f64::from(code) / 255.0),
            [r, g, b] => [*r, *g, *b, 255].map(|code| f64::from(code) / 255.0),
            _ => [0.0; 4],
        })
        .collect();
    let opacity: f64 = pixels.iter().map(|[.., alpha]| alpha).sum();
    let has_alpha = pixels.iter().any(|[.., alpha]| *alpha < 1.0);
    let planes = split_planes(&pixels, opacity);

    let longest = f64::from(small.width.max(small.height).max(1));
    let most = if has_alpha { 5.0 } else { 7.0 };
    let terms = |side: u32| round(most * f64::from(side) / longest).max(1);
    let (across, down) = (terms(small.width), terms(small.height));
    let size = (width, height);
    let luma = Channel::new(&planes, 0, size, (across.max(3), down.max(3)));
    let yellow = Channel::new(&planes, 1, size, (3, 3));
    let red = Channel::new(&planes, 2, size, (3, 3));
    let alpha = has_alpha.then(|| Channel::new(&planes, 3, size, (5, 5)));

    let is_landscape = small.width > small.height;
    let head = round(63.0 * luma.mean)
        | round(31.5 + 31.5 * yellow.mean) << 6
        | round(31.5 + 31.5 * red.mean) << 12
        | round(31.0 * luma.scale) << 18
        | u32::from(has_alpha) << 23;
    let tail = (if is_landscape { down } else { across })
        | round(63.0 * yellow.scale) << 3
        | round(63.0 * red.scale) << 9
        | u32::from(is_landscape) << 15;
    let ([h0, h1, h2, _], [t0, t1, ..]) = (head.to_le_bytes(), tail.to_le_bytes());
    let mut hash = vec![h0, h1, h2, t0, t1];
    if let Some(alpha) = &alpha {
        let both = round(15.0 * alpha.mean) | round(15.0 * alpha.scale) << 4;
        hash.push(u8::try_from(both).unwrap_or(u8::MAX));
    }
    let mut terms = [Some(&luma), Some(&yellow), Some(&red), alpha.as_ref()]
        .into_iter()
        .flatten()
        .flat_map(|channel| channel.terms.iter().map(|term| round(15.0 * term)));
    while let Some(low) = terms.next() {
        let high = terms.next().unwrap_or(0);
        hash.push(u8::try_from(low | high << 4).unwrap_or(u8::MAX));
    }
    hash
}

/// Luminance, yellow-blue, red-green and alpha. Transparent pixels are composed over the mean color.
fn split_planes(pixels: &[[f64; 4]], opacity: f64) -> Vec<[f64; 4]> {
    let mut mean = [0.0; 3];
    for [red, green, blue, alpha] in pixels {
        for (mean, code) in mean.iter_mut().zip([red, green, blue]) {
            *mean += code * alpha / if opacity > 0.0 { opacity } else { 1.0 };
        }
    }
    let [mean_red, mean_green, mean_blue] = mean;
    pixels
        .iter()
        .map(|[red, green, blue, alpha]| {
            let red = mean_red * (1.0 - alpha) + alpha * red;
            let green = mean_green * (1.0 - alpha) + alpha * green;
            let blue = mean_blue * (1.0 - alpha) + alpha * blue;
            let luma = (red + green + blue) / 3.0;
            [luma, f64::midpoint(red, green) - blue, red - green, *alpha]
        })
        .collect()
}

/// The low frequencies of one plane.
struct Channel {
    mean: f64,
    scale: f64,
    /// From 0 to 1; all 0 if the plane is uniform.
    terms: Vec<f64>,
}

impl Channel {
    fn new(
        planes: &[[f64; 4]],
        plane: usize,
        (width, height): (usize, usize),
        (across, down): (u32, u32),
    ) -> Self {
        let values: Vec<f64> = planes
            .iter()
            .filter_map(|values| values.get(plane))
            .copied()
            .collect();
        let cosines = |side: usize, frequency: u32| -> Vec<f64> {
            let at = |position| (PI / to_f64(side) * f64::from(frequency) * (to_f64(position) + 0.5)).cos();
            (0..side).map(at).collect()
        };
        let (mut mean, mut scale, mut terms) = (0.0, 0.0_f64, Vec::new());
        for vertical in 0..down {
            let by_row = cosines(height, vertical);
            for horizontal in (0..across).take_while(|term| term * down < across * (down - vertical)) {
                let by_column = cosines(width, horizontal);
                let rows = values.chunks_exact(width.max(1)).zip(&by_row);
                let sum: f64 = rows
                    .map(|(row, weight)| {
                        let row: f64 = row
                            .iter()
                            .zip(&by_column)
                            .map(|(value, cosine)| value * cosine)
                            .sum();
                        row * weight
                    })
                    .sum();
                let term = sum / to_f64(values.len().max(1));
                if (horizontal, vertical) == (0, 0) {
                    mean = term;
                } else {
                    scale = scale.max(term.abs());
                    terms.push(term);
                }
            }
        }
        if scale > 0.0 {
            for term in &mut terms {
                *term = 0.5 + 0.5 / scale * *term;
            }
        }
        Self { mean, scale, terms }
    }
}
