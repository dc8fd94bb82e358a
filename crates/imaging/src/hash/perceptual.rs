//! Computes the perceptual hash: the signs of the lowest frequencies of luma.

use crate::{Raster, numbers::to_f64};
use std::f64::consts::PI;

/// Pixels per side of the image that is hashed.
pub(super) const SIDE: u32 = 32;
/// Frequencies in each direction, without the constant one.
const FREQUENCIES: usize = 8;
/// The minimum strength of the frequencies, in codes of luma. Weaker images are noise, whose hashes are meaningless.
const MIN_STRENGTH: f64 = 0.5;

/// Hashes an opaque image of [`SIDE`] by [`SIDE`] pixels: one bit for each of the 64 lowest frequencies that vary in
/// both directions, set if it is stronger than their median. `None` if the image has no such structure.
pub(super) fn hash(small: &Raster) -> Option<u64> {
    let luma: Vec<f64> = small
        .data
        .chunks_exact(3)
        .map(|pixel| {
            let weights = [0.299, 0.587, 0.114];
            pixel
                .iter()
                .zip(weights)
                .map(|(code, weight)| f64::from(*code) * weight)
                .sum()
        })
        .collect();
    let side = usize::try_from(SIDE).ok()?;
    let cosines = cosines(side);
    let rows: Vec<Vec<f64>> = luma
        .chunks_exact(side)
        .map(|row| transform(row, &cosines))
        .collect();
    let mut strengths = Vec::with_capacity(FREQUENCIES * FREQUENCIES);
    for frequency in 0..FREQUENCIES {
        let column: Vec<f64> = rows
            .iter()
            .filter_map(|row| row.get(frequency))
            .copied()
            .collect();
        strengths.extend(transform(&column, &cosines));
    }
    let squares: f64 = strengths.iter().map(|strength| strength * strength).sum();
    if (squares / to_f64(strengths.len().max(1))).sqrt() < MIN_STRENGTH * to_f64(side) / 2.0 {
        return None;
    }
    let mut sorted = strengths.clone();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted.get(31)?, sorted.get(32)?);
    let median = f64::midpoint(*low, *high);
    Some(
        strengths
            .iter()
            .fold(0, |bits, strength| bits << 1 | u64::from(*strength > median)),
    )
}

/// The rows of the DCT-II for the frequencies from 1 on.
fn cosines(side: usize) -> Vec<Vec<f64>> {
    (1..=FREQUENCIES)
        .map(|frequency| {
            let at = |position| (PI / to_f64(side) * (to_f64(position) + 0.5) * to_f64(frequency)).cos();
            (0..side).map(at).collect()
        })
        .collect()
}

fn transform(values: &[f64], cosines: &[Vec<f64>]) -> Vec<f64> {
    cosines
        .iter()
        .map(|row| row.iter().zip(values).map(|(cosine, value)| cosine * value).sum())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layout;

    fn image(at: impl Fn(u32, u32) -> u32) -> Raster {
        let codes = (0..SIDE * SIDE).map(|n| u8::try_from(at(n % SIDE, n / SIDE).min(255)).unwrap());
        Raster {
            width: SIDE,
            height: SIDE,
            layout: Layout::Rgb,
            data: codes.flat_map(|code| [code; 3]).collect(),
        }
    }

    fn scene(x: u32, y: u32) -> u32 {
        let disc = (x.abs_diff(9)).pow(2) + (y.abs_diff(12)).pow(2) < 40;
        60 + 3 * x + if disc { 90 } else { 0 } + if y > 24 { 40 } else { 0 }
    }

    #[test]
    fn image_without_structure_has_no_hash() {
        assert_eq!(hash(&image(|_, _| 90)), None);
        assert_eq!(hash(&image(|x, _| 4 * x)), None);
        assert_eq!(hash(&image(|x, y| 90 + (x * 7 + y * 13) % 2)), None);
    }

    #[test]
    fn similar_images_have_near_hashes() {
        let original = hash(&image(scene)).unwrap();
        let distance = |other: Raster| (hash(&other).unwrap() ^ original).count_ones();
        assert!(distance(image(|x, y| scene(x, y) / 2 + 40)) <= 4);
        assert!(distance(image(|x, y| scene(x, y) + (x * 31 + y * 17) % 5)) <= 6);
        assert!(distance(image(|x, y| scene(31 - x, y))) > 16);
        assert!(distance(image(|x, y| (x * y) % 200)) > 16);
    }
}
