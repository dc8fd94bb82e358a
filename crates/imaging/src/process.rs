//! Processes one image: decodes it once, describes it and makes every rendition.

use crate::{
    DecodeError, DecodeErrorKind, Description, EncodedImage, Format, ImageInfo, Layout, ProcessOutput,
    ProcessRequest, Raster, Recipe,
    decode::{self, Frames},
    encode::{Animation, encode},
    hash::{ImageHashes, hash_image},
    metadata, prescan,
    transform::{
        Anchor, LinearImage, LinearPixel, Plan, Source, SrgbTransfer, copy_unscaled, finish_rendition,
        plan_recipe, scale,
    },
};
use fast_image_resize::pixels::{U16x3, U16x4};
use std::io::Cursor;

/// The decoded image has at least this many times the sides of a rendition: the decoder does not reduce in linear
/// light, so that part of the reduction is left to the scaler (docs/adr/0015).
const DECODE_MARGIN: f64 = 1.25;
/// The same for renditions that are made from a larger one, which was filtered already.
const REUSE_MARGIN: f64 = 2.0;
/// Pixels per side that a description is made from, if the image has as many.
const DESCRIPTION_SIDE: u32 = 200;

/// Processes an image: runs the pre-scan again, decodes it once, describes it and makes every rendition.
///
/// Renditions are upright and have no metadata. Animations keep their frames in WebP and become their first frame in
/// other formats. An animation that is damaged after its first frame ends there. The function is deterministic: the
/// same request on the same file returns the same bytes.
pub fn process(file: &[u8], request: &ProcessRequest) -> Result<ProcessOutput, DecodeError> {
    let len = u64::try_from(file.len()).unwrap_or(u64::MAX);
    let info = prescan(Cursor::new(file), len, &request.limits)?;
    let mut processor = Processor {
        stored: (info.width, info.height),
        info,
        request,
        transfer: SrgbTransfer::new(),
        renditions: vec![None; request.recipes.len()],
    };
    let (hashes, has_alpha) = if processor.info.is_animated() {
        processor.process_animation(file)?
    } else {
        processor.process_still(file)?
    };
    let description = hashes.map(|hashes| {
        let (width, height) = processor.info.upright_size();
        let (camera, location) = metadata::camera_and_location(file, &processor.info, &request.limits);
        Description {
            width,
            height,
            has_alpha,
            color: hashes.color,
            thumbhash: hashes.thumbhash,
            phash: hashes.phash,
            camera,
            location,
        }
    });
    Ok(ProcessOutput {
        description,
        renditions: processor.renditions.into_iter().flatten().collect(),
    })
}

/// The state of processing one image.
struct Processor<'a> {
    info: ImageInfo,
    /// The size before applying the orientation.
    stored: (u32, u32),
    request: &'a ProcessRequest,
    transfer: SrgbTransfer,
    /// One entry per recipe, set when the rendition is made.
    renditions: Vec<Option<EncodedImage>>,
}

impl Processor<'_> {
    /// Returns the hashes, if requested, and whether any pixel is transparent.
    fn process_still(&mut self, file: &[u8]) -> Result<(Option<ImageHashes>, bool), DecodeError> {
        let required = Some(self.required_size());
        let raster = decode::decode_still(file, &self.info, required, &self.request.limits)?;
        let raster = raster.drop_opaque_alpha();
        let indexes: Vec<usize> = (0..self.request.recipes.len()).collect();
        let hashes = self.render_stills(&raster, indexes)?;
        Ok((hashes, raster.layout == Layout::Rgba))
    }

    /// The decoded size that is sufficient for every recipe and the description.
    fn required_size(&self) -> (u32, u32) {
        let side = if self.request.describe {
            DESCRIPTION_SIDE
        } else {
            1
        };
        let mut required = (side.min(self.stored.0), side.min(self.stored.1));
        for recipe in &self.request.recipes {
            let (width, height) = self
                .preliminary_plan(recipe)
                .required_size(self.stored, DECODE_MARGIN);
            required = (required.0.max(width), required.1.max(height));
        }
        required
    }

    /// The plan without the position of a smart crop, which does not change any size.
    fn preliminary_plan(&self, recipe: &Recipe) -> Plan {
        Plan::new(self.stored, self.info.orientation, recipe, Anchor::CENTER)
    }

    fn render_stills(
        &mut self,
        raster: &Raster,
        indexes: Vec<usize>,
    ) -> Result<Option<ImageHashes>, DecodeError> {
        match raster.layout {
            Layout::Rgb => self.render_stills_as::<U16x3>(raster, indexes),
            Layout::Rgba => self.render_stills_as::<U16x4>(raster, indexes),
        }
    }

    /// Makes the recipes with these indexes, the largest first. Every scaled copy of the whole image is kept in linear
    /// light, as the source of renditions with less than half its size.
    fn render_stills_as<P: LinearPixel>(
        &mut self,
        raster: &Raster,
        indexes: Vec<usize>,
    ) -> Result<Option<ImageHashes>, DecodeError> {
        let request = self.request;
        let mut recipes: Vec<(usize, &Recipe)> = indexes
            .into_iter()
            .filter_map(|index| Some((index, request.recipes.get(index)?)))
            .collect();
        recipes.sort_by_key(|(_, recipe)| std::cmp::Reverse(self.preliminary_plan(recipe).pixel_count()));
        let mut copies: Vec<LinearImage<P>> = Vec::new();
        for (index, recipe) in recipes {
            let plan = self.preliminary_plan(recipe);
            let source = if plan.is_uncropped(self.stored) {
                smallest_source(raster, &copies, plan.required_size(self.stored, REUSE_MARGIN))
            } else {
                Source::Decoded(raster)
            };
            let orientation = self.info.orientation;
            let plan = plan_recipe(self.stored, orientation, recipe, &source, &self.transfer);
            let rendition = if let Some(rendition) = copy_unscaled(raster, self.stored, &plan, recipe) {
                rendition
            } else {
                let image = scale(&source, self.stored, &plan, &self.transfer);
                let rendition = finish_rendition(&image, &plan, recipe, &self.transfer);
                if plan.covers_image(self.stored) {
                    copies.push(image);
                }
                rendition
            };
            let (width, height) = rendition.size();
            let bytes = encode(rendition, recipe.format, recipe.quality)?;
            self.set_rendition(index, (width, height), recipe.format, bytes);
        }
        if !request.describe {
            return Ok(None);
        }
        let required = (
            DESCRIPTION_SIDE.min(self.stored.0),
            DESCRIPTION_SIDE.min(self.stored.1),
        );
        let source = smallest_source(raster, &copies, required);
        let hashes = hash_image(&source, self.stored, self.info.orientation, &self.transfer);
        Ok(Some(hashes))
    }

    /// Returns the hashes of the first frame, if requested, and whether any pixel of any frame is transparent.
    fn process_animation(&mut self, file: &[u8]) -> Result<(Option<ImageHashes>, bool), DecodeError> {
        let request = self.request;
        let mut frames = decode::decode_frames(file, &self.info, &request.limits)?;
        let first = frames
            .next()
            .ok_or_else(|| DecodeError::new(DecodeErrorKind::Corrupt, "the animation has no frames"))??;
        let (animated, stills): (Vec<usize>, Vec<usize>) = (0..request.recipes.len()).partition(|index| {
            let recipe = request.recipes.get(*index);
            recipe.is_some_and(|recipe| recipe.format == Format::Webp)
        });
        let still = first.raster.clone().drop_opaque_alpha();
        let mut has_alpha = still.layout == Layout::Rgba;
        let hashes = self.render_stills(&still, stills)?;
        drop(still);
        if !animated.is_empty() {
            has_alpha |= self.render_animations(&animated, first, frames)?;
        } else if request.describe && self.info.has_alpha && !has_alpha {
            has_alpha = frames
                .map_while(Result::ok)
                .any(|frame| frame.raster.is_transparent());
        }
        Ok((hashes, has_alpha))
    }

    /// Makes all animated renditions in one pass over the frames. Returns whether any pixel is transparent.
    fn render_animations(
        &mut self,
        indexes: &[usize],
        first: decode::Frame,
        mut frames: Frames<'_>,
    ) -> Result<bool, DecodeError> {
        let (stored, orientation) = (self.stored, self.info.orientation);
        let mut animations: Vec<(usize, &Recipe, Plan, Animation)> = indexes
            .iter()
            .filter_map(|index| Some((*index, self.request.recipes.get(*index)?)))
            .map(|(index, recipe)| {
                // The first frame decides the position of a smart crop.
                let source = Source::<U16x4>::Decoded(&first.raster);
                let plan = plan_recipe(stored, orientation, recipe, &source, &self.transfer);
                let animation = Animation::new(plan.canvas, recipe.quality);
                (index, recipe, plan, animation)
            })
            .collect();
        let mut has_alpha = false;
        let mut next = Some(first);
        while let Some(frame) = next {
            has_alpha |= frame.raster.is_transparent();
            for (_, recipe, plan, animation) in &mut animations {
                let raster = copy_unscaled(&frame.raster, stored, plan, recipe).unwrap_or_else(|| {
                    let source = Source::<U16x4>::Decoded(&frame.raster);
                    let image = scale(&source, stored, plan, &self.transfer);
                    finish_rendition(&image, plan, recipe, &self.transfer)
                });
                animation.push_frame(raster, frame.delay_ms)?;
            }
            next = frames.next().and_then(Result::ok);
        }
        for (index, recipe, plan, animation) in animations {
            self.set_rendition(index, plan.canvas, recipe.format, animation.finish(frames.loops));
        }
        Ok(has_alpha)
    }

    fn set_rendition(&mut self, index: usize, (width, height): (u32, u32), format: Format, bytes: Vec<u8>) {
        if let Some(rendition) = self.renditions.get_mut(index) {
            *rendition = Some(EncodedImage {
                width,
                height,
                format,
                bytes: bytes.into(),
            });
        }
    }
}

/// The smallest source that has the required size.
fn smallest_source<'a, P>(
    raster: &'a Raster,
    copies: &'a [LinearImage<P>],
    required: (u32, u32),
) -> Source<'a, P> {
    copies
        .iter()
        .filter(|image| image.width >= required.0 && image.height >= required.1)
        .min_by_key(|image| image.pixels.len())
        .map_or(Source::Decoded(raster), Source::Scaled)
}
