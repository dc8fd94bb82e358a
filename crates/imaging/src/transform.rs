//! Makes the pixels of a rendition: planned from sizes alone, scaled in linear light, composed in sRGB.

mod background;
mod blur;
mod focus;
mod linear;
mod orientation;
mod plan;
mod scale;
mod sharpen;

use crate::{Fit, Format, Gravity, Raster, Recipe, Resize};

pub(crate) use background::flatten_on_white;
pub(crate) use linear::{LinearImage, LinearPixel, SrgbTransfer};
pub(crate) use plan::{Anchor, Plan};
pub(crate) use scale::scale;

/// The longest side of the copy on which a smart crop is chosen.
const SMART_CROP_SIDE: u32 = 96;

/// The pixels that a rendition is made from, in the stored orientation.
pub(crate) enum Source<'a, P> {
    /// The decoded image, possibly reduced by the decoder.
    Decoded(&'a Raster),
    /// The whole image, scaled down before, in linear light.
    Scaled(&'a LinearImage<P>),
}

impl<P> Source<'_, P> {
    /// Width and height in pixels.
    pub(crate) fn size(&self) -> (u32, u32) {
        match self {
            Self::Decoded(raster) => raster.size(),
            Self::Scaled(image) => (image.width, image.height),
        }
    }
}

/// Plans a recipe. A smart crop is chosen by the pixels of the source.
pub(crate) fn plan_recipe<P: LinearPixel>(
    stored: (u32, u32),
    orientation: u8,
    recipe: &Recipe,
    source: &Source<'_, P>,
    transfer: &SrgbTransfer,
) -> Plan {
    let gravity = recipe.resize.map_or(Gravity::Center, |resize| resize.gravity);
    let plan = Plan::new(stored, orientation, recipe, Anchor::from_gravity(gravity));
    let Some((across, down)) = plan.visible_share() else {
        return plan;
    };
    if !matches!(gravity, Gravity::Entropy | Gravity::Attention) {
        return plan;
    }
    let preview = Recipe {
        resize: Some(Resize {
            width: Some(SMART_CROP_SIDE),
            height: Some(SMART_CROP_SIDE),
            fit: Fit::Inside,
            gravity: Gravity::Center,
        }),
        ..*recipe
    };
    let preview = Plan::new(stored, orientation, &preview, Anchor::CENTER);
    let small = scale(source, stored, &preview, transfer).to_raster(transfer);
    let small = flatten_on_white(preview.orientation.apply(small));
    let anchor = focus::find_anchor(&small, across, down, gravity == Gravity::Entropy);
    Plan::new(stored, orientation, recipe, anchor)
}

/// Blurs, orients, sharpens and composes a scaled image.
pub(crate) fn finish_rendition<P: LinearPixel>(
    image: &LinearImage<P>,
    plan: &Plan,
    recipe: &Recipe,
    transfer: &SrgbTransfer,
) -> Raster {
    let raster = match recipe.blur {
        Some(sigma) if sigma > 0 => blur::blur(image, sigma).to_raster(transfer),
        _ => image.to_raster(transfer),
    };
    orient_and_compose(raster, plan, recipe)
}

/// Makes a rendition that needs neither scaling nor linear light; otherwise `None`.
pub(crate) fn copy_unscaled(
    raster: &Raster,
    stored: (u32, u32),
    plan: &Plan,
    recipe: &Recipe,
) -> Option<Raster> {
    if recipe.blur.is_some_and(|sigma| sigma > 0) || raster.size() != stored {
        return None;
    }
    let (left, top) = plan.unscaled_origin()?;
    let part = raster.crop([left, top, plan.size.0, plan.size.1]);
    Some(orient_and_compose(part, plan, recipe))
}

fn orient_and_compose(raster: Raster, plan: &Plan, recipe: &Recipe) -> Raster {
    let mut raster = plan.orientation.apply(raster);
    if let Some(amount) = recipe.sharpen.filter(|amount| *amount > 0) {
        sharpen::sharpen(&mut raster, amount);
    }
    let opaque = recipe.format == Format::Jpeg;
    background::compose(raster, recipe.background, opaque, plan.canvas, plan.offset)
}
