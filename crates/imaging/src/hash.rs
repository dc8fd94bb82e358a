//! What is seen of an image at a glance: its dominant color, a placeholder and a hash that similar images share.

mod color;
mod perceptual;
mod thumbhash;

use crate::{
    Fit, Format, Gravity, Raster, Recipe, Resize,
    transform::{self, Anchor, Light, Plan, Sample, Source, on_white},
};
use fast_image_resize::pixels::U16x3;

/// The longest side of the copy of which the placeholder and the color are made; the placeholder takes no more.
const GLANCE: u32 = 100;

/// What [`glance`] saw.
pub(crate) struct Glance {
    pub(crate) color: [u8; 3],
    pub(crate) thumbhash: Vec<u8>,
    pub(crate) phash: Option<u64>,
}

/// Looks at the whole image, upright.
pub(crate) fn glance<P: Sample>(
    source: &Source<'_, P>,
    stored: (u32, u32),
    orientation: u8,
    light: &Light,
) -> Glance {
    let small = copy(source, stored, orientation, (GLANCE, Fit::Inside), light);
    let upright = (small.width, small.height);
    let seen = on_white(small.clone());
    let tiny = copy(
        &Source::<U16x3>::Decoded(&seen),
        upright,
        1,
        (perceptual::SIDE, Fit::Fill),
        light,
    );
    Glance {
        color: color::dominant(&small),
        thumbhash: thumbhash::encode(&small),
        phash: perceptual::hash(&tiny),
    }
}

fn copy<P: Sample>(
    source: &Source<'_, P>,
    stored: (u32, u32),
    orientation: u8,
    (side, fit): (u32, Fit),
    light: &Light,
) -> Raster {
    let recipe = Recipe {
        resize: Some(Resize {
            width: Some(side),
            height: Some(side),
            fit,
            gravity: Gravity::Center,
        }),
        ..Recipe::new(Format::Png, 100)
    };
    let plan = Plan::new(stored, orientation, &recipe, Anchor::CENTRE);
    let image = transform::scaled(source, stored, &plan, light);
    transform::finish(&image, &plan, &recipe, light)
}
