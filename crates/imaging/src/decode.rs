//! Decodes images that passed the pre-scan, to eight bits of sRGB with straight alpha.

mod color;
mod gif;
mod jpeg;
mod png;
mod webp;

use crate::{Facts, Layout, Limits, MediaType, Raster, Undecodable};

/// Decodes the image, or the first frame of an animation, as it is stored: the orientation is not applied.
///
/// A JPEG is decoded at a half, a quarter or an eighth of its size as long as both stored sides stay at least as
/// long as `at_least`; everything else, and everything without `at_least`, comes in its full size.
pub(crate) fn still(
    file: &[u8],
    facts: &Facts,
    at_least: Option<(u32, u32)>,
    limits: &Limits,
) -> Result<Raster, Undecodable> {
    check_size(facts, limits)?;
    match facts.media_type {
        MediaType::Jpeg => jpeg::still(file, facts, at_least, limits),
        MediaType::Png => png::still(file, facts, limits),
        MediaType::Gif => gif::still(file, facts, limits),
        MediaType::Webp => webp::still(file, facts, limits),
    }
}

/// Opens an animation; a still image is one of one frame.
pub(crate) fn frames<'a>(file: &'a [u8], facts: &Facts, limits: &Limits) -> Result<Frames<'a>, Undecodable> {
    check_size(facts, limits)?;
    let pixels = u64::from(facts.width).saturating_mul(facts.height.into());
    if facts.frames > limits.max_frames
        || (facts.is_animated() && pixels.saturating_mul(facts.frames.into()) > limits.max_animation_pixels)
    {
        return Err(Undecodable("the animation is larger than permitted".to_owned()));
    }
    let (source, loops) = match facts.media_type {
        MediaType::Gif => {
            let animation = gif::Animation::open(file, facts, limits)?;
            let loops = animation.loops();
            (Source::Gif(Box::new(animation)), loops)
        }
        MediaType::Webp if webp::is_animated(file) => {
            let animation = webp::Animation::open(file, facts, limits)?;
            let loops = animation.loops();
            (Source::Webp(Box::new(animation)), loops)
        }
        _ => (Source::Still(Some(still(file, facts, None, limits)?)), 1),
    };
    Ok(Frames {
        source,
        loops,
        left: limits.max_frames,
    })
}

/// A frame of an animation as it is seen: the whole canvas, RGBA, with what earlier frames left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) raster: Raster,
    /// How long it is shown, in milliseconds. What asks for 10 or less gets 100, as in browsers.
    pub(crate) delay_ms: u32,
}

/// The frames of an animation, one in memory at a time. After an error there are no more.
pub(crate) struct Frames<'a> {
    source: Source<'a>,
    /// How often the animation plays; 0 is forever.
    pub(crate) loops: u32,
    left: u32,
}

enum Source<'a> {
    Gif(Box<gif::Animation<'a>>),
    Webp(Box<webp::Animation<'a>>),
    Still(Option<Raster>),
}

impl Iterator for Frames<'_> {
    type Item = Result<Frame, Undecodable>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let frame = match &mut self.source {
            Source::Gif(animation) => animation.next_frame(),
            Source::Webp(animation) => animation.next_frame(),
            Source::Still(raster) => Ok(raster.take().map(|raster| Frame {
                raster: with_alpha(raster),
                delay_ms: shown_for(0),
            })),
        };
        if !matches!(frame, Ok(Some(_))) {
            self.left = 0;
        }
        frame.transpose()
    }
}

/// The time that browsers show a frame for that asks for `delay_ms`.
const fn shown_for(delay_ms: u32) -> u32 {
    if delay_ms <= 10 { 100 } else { delay_ms }
}

/// What the color profile of the image is called, where it has one that can be read.
pub(crate) fn profile_description(file: &[u8], facts: &Facts, limits: &Limits) -> Option<String> {
    let profile = match facts.media_type {
        MediaType::Jpeg => jpeg::profile(file, limits),
        MediaType::Png => png::profile(file, limits),
        MediaType::Webp => webp::profile(file, limits),
        MediaType::Gif => None,
    }?;
    color::description(&profile)
}

/// The facts come from the pre-scan; this only makes sure that they were held against the same limits.
fn check_size(facts: &Facts, limits: &Limits) -> Result<(), Undecodable> {
    let pixels = u64::from(facts.width).saturating_mul(facts.height.into());
    let side = facts.width.max(facts.height);
    if pixels == 0 || pixels > limits.max_pixels || side > limits.max_side {
        return Err(Undecodable("the image is larger than permitted".to_owned()));
    }
    Ok(())
}

/// Bytes of an image of this size; the sizes were checked, so that this is exact.
fn bytes(width: u32, height: u32, per_pixel: usize) -> usize {
    index(width)
        .saturating_mul(index(height))
        .saturating_mul(per_pixel)
}

/// A 32-bit number as an index; no platform that builds this has a smaller one.
fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The refusal of a decoder, in words for the owner.
fn failed(media_type: MediaType, why: impl std::fmt::Display) -> Undecodable {
    Undecodable(format!("the {} cannot be decoded: {why}", media_type.name()))
}

/// Makes pixels of `B` samples of pixels of `A`.
fn map_pixels<const A: usize, const B: usize>(from: &[u8], map: impl Fn([u8; A]) -> [u8; B]) -> Vec<u8> {
    let (from, _) = from.as_chunks::<A>();
    let mut to = vec![0; from.len() * B];
    let (pixels, _) = to.as_chunks_mut::<B>();
    for (from, to) in from.iter().zip(pixels) {
        *to = map(*from);
    }
    to
}

fn with_alpha(raster: Raster) -> Raster {
    match raster.layout {
        Layout::Rgba => raster,
        Layout::Rgb => Raster {
            layout: Layout::Rgba,
            data: map_pixels(&raster.data, |[r, g, b]| [r, g, b, 255]),
            ..raster
        },
    }
}

fn without_alpha(raster: Raster) -> Raster {
    match raster.layout {
        Layout::Rgb => raster,
        Layout::Rgba => Raster {
            layout: Layout::Rgb,
            data: map_pixels(&raster.data, |[r, g, b, _]| [r, g, b]),
            ..raster
        },
    }
}

#[cfg(test)]
mod tests;
