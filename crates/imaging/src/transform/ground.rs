//! What lies behind and around an image: composed in sRGB codes, as browsers do.

use crate::{Color, Layout, Raster, transform::numbers::index};

const WHITE: Color = Color {
    red: 255,
    green: 255,
    blue: 255,
    alpha: 255,
};
const NOTHING: Color = Color {
    red: 0,
    green: 0,
    blue: 0,
    alpha: 0,
};

/// Places the image on a canvas, over a background. Where the result must be `opaque`, white lies behind it all;
/// otherwise nothing does.
pub(crate) fn compose(
    raster: Raster,
    background: Option<Color>,
    opaque: bool,
    canvas: (u32, u32),
    offset: (u32, u32),
) -> Raster {
    let ground = match (background, opaque) {
        (None, true) => WHITE,
        (None, false) => NOTHING,
        (Some(color), true) => over(channels(color), WHITE),
        (Some(color), false) => color,
    };
    let fills = (raster.width, raster.height) == canvas;
    if fills && (raster.layout == Layout::Rgb || ground.alpha == 0) {
        return raster;
    }
    let (width, bytes) = (index(canvas.0), raster.layout.bytes());
    let mut pixels = vec![channels(ground); width * index(canvas.1)];
    let rows = pixels.chunks_exact_mut(width.max(1)).skip(index(offset.1));
    let from = raster.data.chunks_exact((index(raster.width) * bytes).max(1));
    for (to, from) in rows.zip(from) {
        let to = to.iter_mut().skip(index(offset.0));
        for (to, pixel) in to.zip(from.chunks_exact(bytes)) {
            let pixel = match pixel {
                [red, green, blue, alpha] => [*red, *green, *blue, *alpha],
                [red, green, blue] => [*red, *green, *blue, 255],
                _ => [0; 4],
            };
            *to = channels(over(pixel, ground));
        }
    }
    let (layout, data) = if ground.alpha == 255 {
        let data = pixels.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
        (Layout::Rgb, data)
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

/// The image on white, for whoever can make nothing of transparency.
pub(crate) fn on_white(raster: Raster) -> Raster {
    let size = (raster.width, raster.height);
    compose(raster, None, true, size, (0, 0))
}

const fn channels(color: Color) -> [u8; 4] {
    [color.red, color.green, color.blue, color.alpha]
}

/// One color over another, both with straight alpha (Porter and Duff's operator "over").
fn over([red, green, blue, alpha]: [u8; 4], ground: Color) -> Color {
    if alpha == 255 {
        return Color {
            red,
            green,
            blue,
            alpha,
        };
    }
    let own = u32::from(alpha) * 255;
    let behind = u32::from(ground.alpha) * (255 - u32::from(alpha));
    let whole = own + behind;
    let mix = |front: u8, back: u8| {
        let sum = u32::from(front) * own + u32::from(back) * behind;
        let mixed = (sum + whole / 2).checked_div(whole).unwrap_or(0);
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    Color {
        red: mix(red, ground.red),
        green: mix(green, ground.green),
        blue: mix(blue, ground.blue),
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

    fn dot(pixel: [u8; 4]) -> Raster {
        Raster {
            width: 1,
            height: 1,
            layout: Layout::Rgba,
            data: pixel.to_vec(),
        }
    }

    #[test]
    fn backgrounds() {
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
            let composed = compose(dot(pixel), background, opaque, (1, 1), (0, 0));
            assert_eq!(composed.data, expected, "{pixel:?} {background:?} {opaque}");
        }
    }

    #[test]
    fn a_contained_image_lies_on_its_ground() {
        let composed = compose(dot([1, 2, 3, 255]), None, false, (3, 2), (1, 1));
        assert_eq!(composed.layout, Layout::Rgba);
        let expected = [[0; 16].as_slice(), &[1, 2, 3, 255], &[0; 4]].concat();
        assert_eq!(composed.data, expected);
        let composed = compose(dot([1, 2, 3, 255]), Some(BLUE), false, (1, 2), (0, 0));
        assert_eq!(composed.data, [1, 2, 3, 0, 0, 255]);
    }
}
