//! Makes the pixels of a rendition: planned on sizes alone, worked in linear light, composed in sRGB.

mod blur;
mod focus;
mod ground;
mod light;
mod numbers;
mod plan;
mod scale;
mod sharpen;
mod turn;

use crate::{Format, Gravity, Layout, Raster, Recipe, Resize};

pub(crate) use ground::on_white;
pub(crate) use light::{Image, Light, Sample};
pub(crate) use numbers::{float, index, rounded};
pub(crate) use plan::{Anchor, Plan};

/// The longest side of the copy on which a smart crop looks for its place.
const GLANCE: u32 = 96;

/// What a rendition is made of.
pub(crate) enum Source<'a, P> {
    /// The decoded image, in its stored orientation, perhaps scaled on load.
    Decoded(&'a Raster),
    /// The whole image in linear light, brought to a smaller size before; in its stored orientation too.
    Smaller(&'a Image<P>),
}

impl<P> Source<'_, P> {
    /// Pixels across and down.
    pub(crate) fn size(&self) -> (u32, u32) {
        match self {
            Self::Decoded(raster) => (raster.width, raster.height),
            Self::Smaller(image) => (image.width, image.height),
        }
    }
}

/// The plan of a recipe, with the place of a smart crop looked up in the pixels.
pub(crate) fn plan<P: Sample>(
    stored: (u32, u32),
    orientation: u8,
    recipe: &Recipe,
    source: &Source<'_, P>,
    light: &Light,
) -> Plan {
    let gravity = recipe.resize.map_or(Gravity::Center, |resize| resize.gravity);
    let plan = Plan::new(stored, orientation, recipe, Anchor::of(gravity));
    let Some((across, down)) = plan.slack() else {
        return plan;
    };
    if !matches!(gravity, Gravity::Entropy | Gravity::Attention) {
        return plan;
    }
    let glance = Recipe {
        resize: Some(Resize {
            width: Some(GLANCE),
            height: Some(GLANCE),
            fit: crate::Fit::Inside,
            gravity: Gravity::Center,
        }),
        ..*recipe
    };
    let glance = Plan::new(stored, orientation, &glance, Anchor::CENTRE);
    let small = glance
        .turn
        .raster(scale::scale(source, stored, &glance, light).to_raster(light));
    let anchor = focus::anchor(&on_white(small), across, down, gravity == Gravity::Entropy);
    Plan::new(stored, orientation, recipe, anchor)
}

/// Scales the part that the plan takes, in the stored orientation.
pub(crate) fn scaled<P: Sample>(
    source: &Source<'_, P>,
    stored: (u32, u32),
    plan: &Plan,
    light: &Light,
) -> Image<P> {
    scale::scale(source, stored, plan, light)
}

/// Turns, blurs, sharpens and composes what was scaled.
pub(crate) fn finish<P: Sample>(image: &Image<P>, plan: &Plan, recipe: &Recipe, light: &Light) -> Raster {
    let raster = match recipe.blur {
        Some(sigma) if sigma > 0 => blur::blur(image, sigma).to_raster(light),
        _ => image.to_raster(light),
    };
    compose(plan.turn.raster(raster), plan, recipe)
}

/// The part that the plan takes, untouched, where it needs neither scaling nor linear light.
pub(crate) fn untouched(raster: &Raster, stored: (u32, u32), plan: &Plan, recipe: &Recipe) -> Option<Raster> {
    if recipe.blur.is_some_and(|sigma| sigma > 0) || (raster.width, raster.height) != stored {
        return None;
    }
    let (x, y) = plan.unscaled()?;
    let bytes = raster.layout.bytes();
    let row = index(raster.width) * bytes;
    let (start, len) = (index(x) * bytes, index(plan.size.0) * bytes);
    let mut data = Vec::with_capacity(len * index(plan.size.1));
    for row in raster
        .data
        .chunks_exact(row)
        .skip(index(y))
        .take(index(plan.size.1))
    {
        data.extend_from_slice(row.get(start..start + len)?);
    }
    let part = Raster {
        width: plan.size.0,
        height: plan.size.1,
        layout: raster.layout,
        data,
    };
    Some(compose(plan.turn.raster(part), plan, recipe))
}

fn compose(mut raster: Raster, plan: &Plan, recipe: &Recipe) -> Raster {
    if let Some(amount) = recipe.sharpen.filter(|amount| *amount > 0) {
        sharpen::sharpen(&mut raster, amount);
    }
    let opaque = recipe.format == Format::Jpeg;
    ground::compose(raster, recipe.background, opaque, plan.canvas, plan.offset)
}

/// Drops an alpha channel that says nothing, so that nobody pays for it.
pub(crate) fn without_idle_alpha(raster: Raster) -> Raster {
    if raster.layout == Layout::Rgb || is_transparent(&raster) {
        return raster;
    }
    let (pixels, _) = raster.data.as_chunks::<4>();
    Raster {
        layout: Layout::Rgb,
        data: pixels.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect(),
        ..raster
    }
}

/// Whether any pixel lets something through.
pub(crate) fn is_transparent(raster: &Raster) -> bool {
    let (pixels, _) = raster.data.as_chunks::<4>();
    raster.layout == Layout::Rgba && pixels.iter().any(|[.., alpha]| *alpha != 255)
}
