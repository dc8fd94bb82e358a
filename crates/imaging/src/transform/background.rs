//! Composes an image over a background, in sRGB as browsers do.

use crate::{Color, Layout, Raster, numbers::to_usize, raster::map_pixels};

const WHITE: Color = Color {
    red: 255,
    green: 255,
    blue: 255,
    alpha: 255,
};
const TRANSPARENT: Color = Color {
    red: 0,
    green: 0,
    blue: 0,
    alpha: 0,
};

/// Places the image on a canvas, over a background. An `opaque` result has white behind everything.
pub(crate) fn compose(
    raster: Raster,
    background: Option<Color>,
    opaque: bool,
    canvas: (u32, u32),
    offset: (u32, u32),
) -> Raster {
    let backdrop = match (background, opaque) {
        (None, true) => WHITE,
        (None, false) => TRANSPARENT,
        (Some(color), true) => over(channels(color), WHITE),
        (Some(color), false) => color,
    };
    let fills = raster.size() == canvas;
    if fills && (raster.layout == Layout::Rgb || backdrop.alpha == 0) {
        return raster;
    }
    let (width, bytes) = (to_usize(canvas.0), raster.layout.bytes());
    let mut pixels = vec![channels(backdrop); width * to_usize(canvas.1)];
    let rows = pixels.chunks_exact_mut(width.max(1)).skip(to_usize(offset.1));
    let from = raster.data.chunks_exact((to_usize(raster.width) * bytes).max(1));
    for (to, from) in rows.zip(from) {
        let to = to.iter_mut().skip(to_usize(offset.0));
        for (to, pixel) in to.zip(from.chunks_exact(bytes)) {
            let pixel = match pixel {
                [red, green, blue, alpha] => [*red, *green, *blue, *alpha],
                [red, green, blue] => [*red, *green, *blue, 255],
                _ => [0; 4],
            };
            *to = channels(over(pixel, backdrop));
        }
    }
    let (layout, data) = if backdrop.alpha == 255 {
        (
            Layout::Rgb,
            map_pixels(pixels.as_flattened(), |[r, g, b, _]| [r, g, b]),
        )
    } else {
        (Layout::Rgba, pixels.into_flattened())
    };
    Raster {
        width: canvas.0,
        height: canvas.1,
        layout,
        data,
    }
}

/// Composes the image over white.
pub(crate) fn flatten_on_white(raster: Raster) -> Raster {
    let size = raster.size();
    compose(raster, None, true, size, (0, 0))
}

const fn channels(color: Color) -> [u8; 4] {
    [color.red, color.green, color.blue, color.alpha]
}

/// Composes one color over another, both with straight alpha (the Porter-Duff operator "over").
fn over([red, green, blue, alpha]: [u8; 4], backdrop: Color) -> Color {
    if alpha == 255 {
        return Color {
            red,
            green,
            blue,
            alpha,
        };
    }
    let own = u32::from(alpha) * 255;
    let behind = u32::from(backdrop.alpha) * (255 - u32::from(alpha));
    let whole = own + behind;
    let mix = |front: u8, back: u8| {
        let sum = u32::from(front) * own + u32::from(back) * behind;
        let mixed = (sum + whole / 2).checked_div(whole).unwrap_or(0);
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    Color {
        red: mix(red, backdrop.red),
        green: mix(green, backdrop.green),
        blue: mix(blue, backdrop.blue),
        alpha: u8::try_from((whole + 127) / 255).unwrap_or(u8::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF_RED: [u8; 4] = [255, 0, 0, 128];
    const BLUE: Color = Color {
        red: 0,
        green: 0,
        blue: 255,
        alpha: 255,
    };

    fn single_pixel(pixel: [u8; 4]) -> Raster {
        Raster {
            width: 1,
            height: 1,
            layout: Layout::Rgba,
            data: pixel.to_vec(),
        }
    }

    #[test]
    fn colors_are_composed_over_the_background() {
        let half_blue = Color { alpha: 128, ..BLUE };
        for (pixel, background, opaque, expected) in [
            (HALF_RED, None, false, vec![255, 0, 0, 128]),
            (HALF_RED, None, true, vec![255, 127, 127]),
            (HALF_RED, Some(BLUE), false, vec![128, 0, 127]),
            (HALF_RED, Some(BLUE), true, vec![128, 0, 127]),
            (HALF_RED, Some(half_blue), false, vec![170, 0, 85, 192]),
            ([9, 9, 9, 0], Some(half_blue), false, vec![0, 0, 255, 128]),
            ([9, 9, 9, 0], Some(half_blue), true, vec![127, 127, 255]),
            ([9, 9, 9, 0], None, true, vec![255, 255, 255]),
        ] {
            let composed = compose(single_pixel(pixel), background, opaque, (1, 1), (0, 0));
            assert_eq!(composed.data, expected, "{pixel:?} {background:?} {opaque}");
        }
    }

    #[test]
    fn contained_image_is_placed_on_the_background() {
        let composed = compose(single_pixel([1, 2, 3, 255]), None, false, (3, 2), (1, 1));
        assert_eq!(composed.layout, Layout::Rgba);
        let expected = [[0; 16].as_slice(), &[1, 2, 3, 255], &[0; 4]].concat();
        assert_eq!(composed.data, expected);
        let composed = compose(single_pixel([1, 2, 3, 255]), Some(BLUE), false, (1, 2), (0, 0));
        assert_eq!(composed.data, [1, 2, 3, 0, 0, 255]);
    }
}
