//! Computes the dominant color: the mean of the most frequent shade.

use crate::Raster;

/// Returns the mean of the fullest of 512 bins of colors. Ignores transparent pixels; white if there is nothing else.
pub(super) fn dominant_color(small: &Raster) -> [u8; 3] {
    let mut bins = vec![[0_u32; 4]; 512];
    for pixel in small.data.chunks_exact(small.layout.bytes()) {
        let [red, green, blue, alpha @ ..] = pixel else {
            continue;
        };
        if alpha.first().is_some_and(|alpha| *alpha < 128) {
            continue;
        }
        let bin = usize::from(red >> 5) << 6 | usize::from(green >> 5) << 3 | usize::from(blue >> 5);
        if let Some([sum_red, sum_green, sum_blue, count]) = bins.get_mut(bin) {
            *sum_red += u32::from(*red);
            *sum_green += u32::from(*green);
            *sum_blue += u32::from(*blue);
            *count += 1;
        }
    }
    let fullest = bins.into_iter().rev().max_by_key(|[.., count]| *count);
    match fullest {
        Some([red, green, blue, count]) if count > 0 => {
            [red, green, blue].map(|sum| u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX))
        }
        _ => [255; 3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layout;

    fn image(pixels: &[[u8; 4]]) -> Raster {
        Raster {
            width: u32::try_from(pixels.len()).unwrap(),
            height: 1,
            layout: Layout::Rgba,
            data: pixels.as_flattened().to_vec(),
        }
    }

    #[test]
    fn most_frequent_opaque_shade_is_dominant() {
        for (pixels, expected) in [
            (vec![[10, 20, 30, 255]], [10, 20, 30]),
            (
                vec![[200, 0, 0, 255], [204, 2, 0, 255], [0, 0, 90, 255]],
                [202, 1, 0],
            ),
            (vec![[0, 0, 0, 0], [0, 0, 0, 10], [9, 200, 9, 255]], [9, 200, 9]),
            (vec![[1, 2, 3, 0]], [255; 3]),
        ] {
            assert_eq!(dominant_color(&image(&pixels)), expected, "{pixels:?}");
        }
    }
}
