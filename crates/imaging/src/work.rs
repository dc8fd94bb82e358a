//! Does all that is wanted of one image with one decode.

use crate::{
    Description, Facts, Format, Layout, Order, Raster, Recipe, Rendition, Undecodable, Work,
    decode::{self, Frames},
    encode::{Animation, encode},
    hash::{Glance, glance},
    metadata, prescan,
    transform::{self, Image, Light, Plan, Sample, Source, is_transparent, without_idle_alpha},
};
use fast_image_resize::pixels::{U16x3, U16x4};
use std::io::Cursor;

/// How many pixels of the decoded image there are at least for one of a rendition, along each side: what the decoder
/// scales is not in linear light, so that some of the way is left to the scaler (docs/adr/0015).
const MARGIN: f64 = 1.25;
/// The same for renditions that are made of a larger one, which was filtered already.
const REUSE: f64 = 2.0;
/// Pixels along each side of which a description is made, where the image has as many.
const DESCRIBED: u32 = 200;

/// Makes what is ordered of an image: checks it again, decodes it once, describes it, makes every rendition.
///
/// Renditions come upright and without metadata. Animations keep their frames in WebP and show the first one in other
/// formats; an animation that is damaged after its first frame ends where the damage is. The same order on the same
/// file makes the same bytes. The error says for the owner what is wrong with the image.
pub fn work(file: &[u8], order: &Order) -> Result<Work, Undecodable> {
    let len = u64::try_from(file.len()).unwrap_or(u64::MAX);
    let facts =
        prescan(Cursor::new(file), len, &order.limits).map_err(|refusal| Undecodable(refusal.to_string()))?;
    let mut bench = Bench {
        stored: (facts.width, facts.height),
        facts,
        order,
        light: Light::new(),
        renditions: vec![None; order.recipes.len()],
    };
    let (glance, has_alpha) = if bench.facts.is_animated() {
        bench.animation(file)?
    } else {
        bench.still(file)?
    };
    let description = glance.map(|glance| {
        let (width, height) = bench.facts.upright_size();
        let (camera, location) = metadata::camera_and_location(file, &bench.facts, &order.limits);
        Description {
            width,
            height,
            has_alpha,
            color: glance.color,
            thumbhash: glance.thumbhash,
            phash: glance.phash,
            camera,
            location,
        }
    });
    Ok(Work {
        description,
        renditions: bench.renditions.into_iter().flatten().collect(),
    })
}

/// What the work on one image needs and brings.
struct Bench<'a> {
    facts: Facts,
    /// The size before the orientation is applied.
    stored: (u32, u32),
    order: &'a Order,
    light: Light,
    /// One for each recipe, once it is made.
    renditions: Vec<Option<Rendition>>,
}

impl Bench<'_> {
    /// Makes everything of a still image; tells what it shows and whether it is transparent.
    fn still(&mut self, file: &[u8]) -> Result<(Option<Glance>, bool), Undecodable> {
        let raster = decode::still(file, &self.facts, Some(self.needed()), &self.order.limits)?;
        let raster = without_idle_alpha(raster);
        let wanted: Vec<usize> = (0..self.order.recipes.len()).collect();
        let glance = self.stills(&raster, wanted)?;
        Ok((glance, raster.layout == Layout::Rgba))
    }

    /// The size that serves every recipe and the description.
    fn needed(&self) -> (u32, u32) {
        let described = if self.order.describe { DESCRIBED } else { 1 };
        let mut needed = (described.min(self.stored.0), described.min(self.stored.1));
        for recipe in &self.order.recipes {
            let (width, height) = self.outline(recipe).needed(self.stored, MARGIN);
            needed = (needed.0.max(width), needed.1.max(height));
        }
        needed
    }

    /// The plan without a smart crop's place, which changes no size.
    fn outline(&self, recipe: &Recipe) -> Plan {
        Plan::new(
            self.stored,
            self.facts.orientation,
            recipe,
            transform::Anchor::CENTRE,
        )
    }

    fn stills(&mut self, raster: &Raster, wanted: Vec<usize>) -> Result<Option<Glance>, Undecodable> {
        match raster.layout {
            Layout::Rgb => self.stills_in::<U16x3>(raster, wanted),
            Layout::Rgba => self.stills_in::<U16x4>(raster, wanted),
        }
    }

    /// Makes the wanted recipes from the largest to the smallest. The whole image stays in linear light in every
    /// size that it was made in, for those that need less than half of it.
    fn stills_in<P: Sample>(
        &mut self,
        raster: &Raster,
        wanted: Vec<usize>,
    ) -> Result<Option<Glance>, Undecodable> {
        let order = self.order;
        let mut wanted: Vec<(usize, &Recipe)> = wanted
            .into_iter()
            .filter_map(|number| Some((number, order.recipes.get(number)?)))
            .collect();
        wanted.sort_by_key(|(_, recipe)| std::cmp::Reverse(self.outline(recipe).pixels()));
        let mut smaller: Vec<Image<P>> = Vec::new();
        for (number, recipe) in wanted {
            let outline = self.outline(recipe);
            let source = if outline.is_uncropped(self.stored) {
                smallest(raster, &smaller, outline.needed(self.stored, REUSE))
            } else {
                Source::Decoded(raster)
            };
            let orientation = self.facts.orientation;
            let plan = transform::plan(self.stored, orientation, recipe, &source, &self.light);
            let finished = if let Some(finished) = transform::untouched(raster, self.stored, &plan, recipe) {
                finished
            } else {
                let image = transform::scaled(&source, self.stored, &plan, &self.light);
                let finished = transform::finish(&image, &plan, recipe, &self.light);
                if plan.takes_all(self.stored) {
                    smaller.push(image);
                }
                finished
            };
            let rendition = Rendition {
                width: finished.width,
                height: finished.height,
                format: recipe.format,
                bytes: encode(finished, recipe.format, recipe.quality)?,
            };
            self.keep(number, rendition);
        }
        if !order.describe {
            return Ok(None);
        }
        let needed = (DESCRIBED.min(self.stored.0), DESCRIBED.min(self.stored.1));
        let source = smallest(raster, &smaller, needed);
        Ok(Some(glance(
            &source,
            self.stored,
            self.facts.orientation,
            &self.light,
        )))
    }

    /// Makes everything of an animation; tells what its first frame shows and whether any frame is transparent.
    fn animation(&mut self, file: &[u8]) -> Result<(Option<Glance>, bool), Undecodable> {
        let order = self.order;
        let mut frames = decode::frames(file, &self.facts, &order.limits)?;
        let first = frames
            .next()
            .ok_or_else(|| Undecodable("the animation has no frames".to_owned()))??;
        let (films, stills): (Vec<usize>, Vec<usize>) = (0..order.recipes.len()).partition(|number| {
            order
                .recipes
                .get(*number)
                .is_some_and(|recipe| recipe.format == Format::Webp)
        });
        let shown = without_idle_alpha(first.raster.clone());
        let mut has_alpha = shown.layout == Layout::Rgba;
        let glance = self.stills(&shown, stills)?;
        drop(shown);
        if !films.is_empty() {
            has_alpha |= self.films(&films, first, frames)?;
        } else if order.describe && self.facts.has_alpha && !has_alpha {
            has_alpha = frames
                .map_while(Result::ok)
                .any(|frame| is_transparent(&frame.raster));
        }
        Ok((glance, has_alpha))
    }

    /// Makes all animated renditions in one pass over the frames; tells whether any frame is transparent.
    fn films(
        &mut self,
        wanted: &[usize],
        first: decode::Frame,
        mut frames: Frames<'_>,
    ) -> Result<bool, Undecodable> {
        let (stored, orientation) = (self.stored, self.facts.orientation);
        let mut films: Vec<(usize, &Recipe, Plan, Animation)> = wanted
            .iter()
            .filter_map(|number| Some((*number, self.order.recipes.get(*number)?)))
            .map(|(number, recipe)| {
                // A smart crop stays where the first frame puts it.
                let source = Source::<U16x4>::Decoded(&first.raster);
                let plan = transform::plan(stored, orientation, recipe, &source, &self.light);
                let film = Animation::new(plan.canvas, recipe.quality);
                (number, recipe, plan, film)
            })
            .collect();
        let mut has_alpha = false;
        let mut next = Some(first);
        while let Some(frame) = next {
            has_alpha |= is_transparent(&frame.raster);
            for (_, recipe, plan, film) in &mut films {
                let raster = transform::untouched(&frame.raster, stored, plan, recipe).unwrap_or_else(|| {
                    let source = Source::<U16x4>::Decoded(&frame.raster);
                    let image = transform::scaled(&source, stored, plan, &self.light);
                    transform::finish(&image, plan, recipe, &self.light)
                });
                film.push(raster, frame.delay_ms)?;
            }
            next = frames.next().and_then(Result::ok);
        }
        for (number, recipe, plan, film) in films {
            let rendition = Rendition {
                width: plan.canvas.0,
                height: plan.canvas.1,
                format: recipe.format,
                bytes: film.finish(frames.loops),
            };
            self.keep(number, rendition);
        }
        Ok(has_alpha)
    }

    fn keep(&mut self, number: usize, rendition: Rendition) {
        if let Some(place) = self.renditions.get_mut(number) {
            *place = Some(rendition);
        }
    }
}

/// The smallest that still has the needed size.
fn smallest<'a, P>(raster: &'a Raster, smaller: &'a [Image<P>], needed: (u32, u32)) -> Source<'a, P> {
    smaller
        .iter()
        .filter(|image| image.width >= needed.0 && image.height >= needed.1)
        .min_by_key(|image| image.pixels.len())
        .map_or(Source::Decoded(raster), Source::Smaller)
}
