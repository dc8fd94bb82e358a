//! Unsharp mask on luma, which does not change hues.

use crate::{
    Raster,
    transform::{blur::blur, linear::LinearImage},
};
use fast_image_resize::pixels::U16x2;

/// The standard deviation of the blur, in hundredths of a pixel: images are sharpened at their final size.
const BLUR: u16 = 100;
/// The maximum change of a pixel, in 8-bit codes, which prevents halos at hard edges.
const MAX_CHANGE: i64 = 40;

/// Sharpens by `amount` hundredths. Works on sRGB codes, whose steps look equal: in linear light the dark side of an
/// edge would hardly change. Transparent pixels do not affect their neighbors.
pub(crate) fn sharpen(raster: &mut Raster, amount: u16) {
    let bytes = raster.layout.bytes();
    let plane = LinearImage {
        width: raster.width,
        height: raster.height,
        pixels: raster.data.chunks_exact(bytes).map(weighted_luma).collect(),
    };
    let around = blur(&plane, BLUR);
    for ((pixel, own), around) in raster
        .data
        .chunks_exact_mut(bytes)
        .zip(&plane.pixels)
        .zip(&around.pixels)
    {
        let difference = i64::from(unweighted(own.0)) - i64::from(unweighted(around.0));
        let change = (difference * i64::from(amount) / (100 * 257)).clamp(-MAX_CHANGE, MAX_CHANGE);
        for code in pixel.iter_mut().take(3) {
            let sharpened = (i64::from(*code) + change).clamp(0, 255);
            *code = u8::try_from(sharpened).unwrap_or(*code);
        }
    }
}

/// The luma of a pixel (ITU-R BT.601) multiplied by its alpha, and the alpha, both in 1/256 of a code.
fn weighted_luma(pixel: &[u8]) -> U16x2 {
    let [red, green, blue, rest @ ..] = pixel else {
        return U16x2::default();
    };
    let alpha = u32::from(rest.first().copied().unwrap_or(u8::MAX));
    let luma = 77 * u32::from(*red) + 150 * u32::from(*green) + 29 * u32::from(*blue);
    let luma = u16::try_from(luma * alpha / 255).unwrap_or(u16::MAX);
    U16x2::new([luma, u16::try_from(alpha * 256).unwrap_or(u16::MAX)])
}

/// The luma divided by its weight, up to 65 535.
fn unweighted([luma, alpha]: [u16; 2]) -> u32 {
    (u32::from(luma) * 65_535)
        .checked_div(u32::from(alpha))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layout;

    fn edge(layout: Layout, dark: &[u8], bright: &[u8]) -> Raster {
        let row = [dark.repeat(4), bright.repeat(4)].concat();
        Raster {
            width: 8,
            height: 4,
            layout,
            data: row.repeat(4),
        }
    }

    #[test]
    fn edge_gets_steeper_and_uniform_areas_are_unchanged() {
        let mut raster = edge(Layout::Rgb, &[100; 3], &[140; 3]);
        sharpen(&mut raster, 100);
        let row: Vec<u8> = raster.data.iter().step_by(3).take(8).copied().collect();
        assert_eq!((row[0], row[7]), (100, 140));
        assert!(row[3] < 95 && row[4] > 145, "{row:?}");
        assert!(row[3] > 60 && row[4] < 180, "no halo: {row:?}");
    }

    #[test]
    fn zero_amount_and_transparent_pixels_change_nothing() {
        let raster = edge(Layout::Rgba, &[0, 0, 0, 0], &[200, 10, 60, 255]);
        let mut sharpened = raster.clone();
        sharpen(&mut sharpened, 0);
        assert_eq!(sharpened, raster);
        sharpen(&mut sharpened, 200);
        let visible = |raster: &Raster| raster.data[16..32].to_vec();
        let worst = visible(&sharpened)
            .iter()
            .zip(visible(&raster))
            .map(|(a, b)| a.abs_diff(b))
            .max();
        assert!(worst <= Some(1), "{sharpened:?}");
    }
}
