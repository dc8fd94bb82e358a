//! Smart crops: finds the part with the highest entropy, or the part that attracts attention.

use crate::{
    Raster,
    numbers::{round, to_f64, to_usize},
    transform::{orientation::Orientation, plan::Anchor},
};

/// Finds the best window of a small opaque image. `across` and `down` are the visible shares of its sides, one of which
/// is 1. Of equal windows the one nearest to the center wins.
pub(crate) fn find_anchor(small: &Raster, across: f64, down: f64, entropy: bool) -> Anchor {
    let (pixels, _) = small.data.as_chunks::<3>();
    let (width, height) = (small.width, small.height);
    if across < down {
        let x = find_window(pixels, width, across, entropy);
        Anchor { x, y: 0.5 }
    } else {
        let columns = Orientation::from_exif(5).apply_to_pixels(pixels, width);
        let y = find_window(&columns, height, down, entropy);
        Anchor { x: 0.5, y }
    }
}

/// The position of the best window of full height, from 0 to 1.
fn find_window(pixels: &[[u8; 3]], width: u32, share: f64, entropy: bool) -> f64 {
    let columns = Orientation::from_exif(5).apply_to_pixels(pixels, width);
    let height = (pixels.len() / to_usize(width).max(1)).max(1);
    let wide = to_usize(round(f64::from(width) * share).clamp(1, width));
    let slack = to_usize(width) - wide;
    if slack == 0 {
        return 0.5;
    }
    let columns: Vec<&[[u8; 3]]> = columns.chunks_exact(height).collect();
    let values: Vec<f64> = if entropy {
        columns.windows(wide).map(entropy_of_window).collect()
    } else {
        let scores = attention_by_column(pixels, to_usize(width));
        scores.windows(wide).map(|window| window.iter().sum()).collect()
    };
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|at| (2 * at).abs_diff(slack));
    let (mut best, mut highest) = (slack / 2, f64::NEG_INFINITY);
    for at in order {
        let value = values.get(at).copied().unwrap_or_default();
        if value > highest + 1e-9 {
            (best, highest) = (at, value);
        }
    }
    to_f64(best) / to_f64(slack)
}

/// The Shannon entropy of the colors in a window, with three bits per channel.
fn entropy_of_window(window: &[&[[u8; 3]]]) -> f64 {
    let mut histogram = [0_u32; 512];
    for [red, green, blue] in window.iter().copied().flatten() {
        let bin = usize::from(red >> 5) << 6 | usize::from(green >> 5) << 3 | usize::from(blue >> 5);
        if let Some(bin) = histogram.get_mut(bin) {
            *bin += 1;
        }
    }
    let all = f64::from(histogram.iter().sum::<u32>().max(1));
    histogram
        .iter()
        .filter(|times| **times > 0)
        .map(|times| {
            let share = f64::from(*times) / all;
            -share * share.log2()
        })
        .sum()
}

/// Scores each column by edges, saturated colors and skin tones, with the weights of smartcrop.js.
fn attention_by_column(pixels: &[[u8; 3]], width: usize) -> Vec<f64> {
    let mut scores = vec![0.0; width];
    let rows: Vec<&[[u8; 3]]> = pixels.chunks_exact(width.max(1)).collect();
    for (y, row) in rows.iter().enumerate() {
        let above = rows.get(y.wrapping_sub(1)).unwrap_or(row);
        let below = rows.get(y + 1).unwrap_or(row);
        for (x, score) in scores.iter_mut().enumerate() {
            let at = |row: &[[u8; 3]], x: usize| row.get(x).copied().map(luma);
            let own = at(row, x).unwrap_or_default();
            let around = [
                at(above, x),
                at(below, x),
                at(row, x.wrapping_sub(1)),
                at(row, x + 1),
            ];
            let edge: f64 = around.iter().flatten().map(|other| own - other).sum();
            *score += 0.2 * edge.abs().min(255.0) / 255.0;
            if let Some(pixel) = row.get(x).copied() {
                *score += 1.8 * skin_score(pixel, own) + 0.1 * saturation_score(pixel, own);
            }
        }
    }
    let height = to_f64(rows.len().max(1));
    scores.iter().map(|score| score / height).collect()
}

fn luma([red, green, blue]: [u8; 3]) -> f64 {
    0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue)
}

/// The similarity of a hue to skin, from 0 to 1, independent of lightness; 0 if the pixel is too dark or too bright.
fn skin_score(pixel: [u8; 3], luma: f64) -> f64 {
    let channels = pixel.map(f64::from);
    let length = channels
        .iter()
        .map(|channel| channel * channel)
        .sum::<f64>()
        .sqrt();
    if length < 1.0 || !(51.0..=242.0).contains(&luma) {
        return 0.0;
    }
    let distance: f64 = channels
        .iter()
        .zip([0.78, 0.57, 0.44])
        .map(|(channel, skin)| (channel / length - skin).powi(2))
        .sum();
    ((1.0 - distance.sqrt() - 0.8) / 0.2).max(0.0)
}

/// The saturation above 40 %, scaled to 0 to 1; 0 if the pixel is too dark or too bright.
fn saturation_score(pixel: [u8; 3], luma: f64) -> f64 {
    let most = f64::from(pixel.into_iter().max().unwrap_or(0));
    let least = f64::from(pixel.into_iter().min().unwrap_or(0));
    if most < 1.0 || !(12.0..=230.0).contains(&luma) {
        return 0.0;
    }
    (((most - least) / most - 0.4) / 0.6).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layout;

    /// A gray image with a patch of this pattern at `left`, 8 columns wide.
    fn patched(left: u32, patch: impl Fn(u32, u32) -> [u8; 3], transposed: bool) -> Raster {
        let (width, height) = (60, 20);
        let pixels: Vec<[u8; 3]> = (0..width * height)
            .map(|at| {
                let (x, y) = (at % width, at / width);
                if (left..left + 8).contains(&x) && (6..14).contains(&y) {
                    patch(x, y)
                } else {
                    [128; 3]
                }
            })
            .collect();
        let raster = Raster {
            width,
            height,
            layout: Layout::Rgb,
            data: pixels.into_flattened(),
        };
        if transposed {
            Orientation::from_exif(5).apply(raster)
        } else {
            raster
        }
    }

    #[test]
    fn window_contains_the_patch() {
        let busy = |x: u32, y: u32| [x, y, x * y].map(|n| u8::try_from(n * 37 % 256).unwrap());
        let face = |_, _| [214, 160, 125];
        for left in [0, 20, 45, 52] {
            for (entropy, raster, transposed) in [
                (true, patched(left, busy, false), false),
                (true, patched(left, busy, true), true),
                (false, patched(left, face, false), false),
                (false, patched(left, face, true), true),
            ] {
                let share = if transposed {
                    (1.0, 1.0 / 3.0)
                } else {
                    (1.0 / 3.0, 1.0)
                };
                let anchor = find_anchor(&raster, share.0, share.1, entropy);
                let free = if transposed { anchor.y } else { anchor.x };
                let start = free * 40.0;
                assert!(
                    start <= f64::from(left) + 0.5 && start + 20.0 >= f64::from(left) + 7.5,
                    "{entropy} {transposed} {left}: {start}"
                );
            }
        }
    }

    #[test]
    fn uniform_image_is_cropped_at_the_center() {
        let flat = patched(0, |_, _| [128; 3], false);
        for entropy in [true, false] {
            assert_eq!(find_anchor(&flat, 1.0 / 3.0, 1.0, entropy), Anchor::CENTER);
        }
    }
}
