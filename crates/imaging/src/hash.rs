//! Computes the dominant color, the thumbhash and the perceptual hash of an image.

mod color;
mod perceptual;
mod thumbhash;

use crate::{
    Fit, Format, Gravity, Raster, Recipe, Resize,
    transform::{Anchor, LinearPixel, Plan, Source, SrgbTransfer, finish_rendition, flatten_on_white, scale},
};
use fast_image_resize::pixels::U16x3;

/// The longest side of the copy for the thumbhash and the dominant color; the format of the thumbhash allows no more.
const SIDE: u32 = 100;

/// The result of [`hash_image`].
pub(crate) struct ImageHashes {
    pub(crate) color: [u8; 3],
    pub(crate) thumbhash: Vec<u8>,
    pub(crate) phash: Option<u64>,
}

/// Computes the hashes of the whole image, upright.
pub(crate) fn hash_image<P: LinearPixel>(
    source: &Source<'_, P>,
    stored: (u32, u32),
    orientation: u8,
    transfer: &SrgbTransfer,
) -> ImageHashes {
    let small = scaled_copy(source, stored, orientation, (SIDE, Fit::Inside), transfer);
    let upright = small.size();
    let opaque = flatten_on_white(small.clone());
    let tiny = scaled_copy(
        &Source::<U16x3>::Decoded(&opaque),
        upright,
        1,
        (perceptual::SIDE, Fit::Fill),
        transfer,
    );
    ImageHashes {
        color: color::dominant_color(&small),
        thumbhash: thumbhash::encode(&small),
        phash: perceptual::hash(&tiny),
    }
}

fn scaled_copy<P: LinearPixel>(
    source: &Source<'_, P>,
    stored: (u32, u32),
    orientation: u8,
    (side, fit): (u32, Fit),
    transfer: &SrgbTransfer,
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
    let plan = Plan::new(stored, orientation, &recipe, Anchor::CENTER);
    let image = scale(source, stored, &plan, transfer);
    finish_rendition(&image, &plan, &recipe, transfer)
}
