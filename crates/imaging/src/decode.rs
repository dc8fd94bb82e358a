//! Decodes images that passed the pre-scan, to 8-bit sRGB with straight alpha.

mod color;
mod gif;
mod jpeg;
mod png;
mod webp;

use crate::{DecodeError, DecodeErrorKind, ImageInfo, Limits, MediaType, Raster, numbers::to_usize};
use std::io;

/// Decodes an image, or the first frame of an animation, without applying the orientation.
///
/// A JPEG is reduced to 1/2, 1/4 or 1/8 as long as neither stored side becomes shorter than `at_least`. Everything
/// else is decoded at full size.
pub(crate) fn decode_still(
    file: &[u8],
    info: &ImageInfo,
    at_least: Option<(u32, u32)>,
    limits: &Limits,
) -> Result<Raster, DecodeError> {
    check_size(info, limits)?;
    match info.media_type {
        MediaType::Jpeg => jpeg::decode_still(file, info, at_least, limits),
        MediaType::Png => png::decode_still(file, info, limits),
        MediaType::Gif => gif::decode_still(file, info, limits),
        MediaType::Webp => webp::decode_still(file, info, limits),
    }
}

/// Opens an animation. A still image has one frame.
pub(crate) fn decode_frames<'a>(
    file: &'a [u8],
    info: &ImageInfo,
    limits: &Limits,
) -> Result<Frames<'a>, DecodeError> {
    check_size(info, limits)?;
    let pixels = u64::from(info.width).saturating_mul(info.height.into());
    if info.frames > limits.max_frames
        || (info.is_animated() && pixels.saturating_mul(info.frames.into()) > limits.max_animation_pixels)
    {
        let message = "the animation exceeds the limits";
        return Err(DecodeError::new(DecodeErrorKind::TooComplex, message));
    }
    let (source, loops) = match info.media_type {
        MediaType::Gif => {
            let animation = gif::Animation::open(file, info, limits)?;
            let loops = animation.loops();
            (FrameSource::Gif(Box::new(animation)), loops)
        }
        MediaType::Webp if webp::is_animated(file) => {
            let animation = webp::Animation::open(file, info, limits)?;
            let loops = animation.loops();
            (FrameSource::Webp(Box::new(animation)), loops)
        }
        _ => (
            FrameSource::Still(Some(decode_still(file, info, None, limits)?)),
            1,
        ),
    };
    Ok(Frames {
        source,
        loops,
        remaining: limits.max_frames,
    })
}

/// A complete frame of an animation: the whole canvas, RGBA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) raster: Raster,
    /// The duration in milliseconds, corrected by [`browser_delay_ms`].
    pub(crate) delay_ms: u32,
}

/// The frames of an animation, decoded one at a time. It ends at the first error.
pub(crate) struct Frames<'a> {
    source: FrameSource<'a>,
    /// The number of repetitions; 0 is infinite.
    pub(crate) loops: u32,
    remaining: u32,
}

enum FrameSource<'a> {
    Gif(Box<gif::Animation<'a>>),
    Webp(Box<webp::Animation<'a>>),
    Still(Option<Raster>),
}

impl Iterator for Frames<'_> {
    type Item = Result<Frame, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.remaining = self.remaining.checked_sub(1)?;
        let frame = match &mut self.source {
            FrameSource::Gif(animation) => animation.next_frame(),
            FrameSource::Webp(animation) => animation.next_frame(),
            FrameSource::Still(raster) => Ok(raster.take().map(|raster| Frame {
                raster: raster.into_rgba(),
                delay_ms: browser_delay_ms(0),
            })),
        };
        if !matches!(frame, Ok(Some(_))) {
            self.remaining = 0;
        }
        frame.transpose()
    }
}

/// Browsers show a frame for 100 ms if its delay is 10 ms or less.
const fn browser_delay_ms(delay_ms: u32) -> u32 {
    if delay_ms <= 10 { 100 } else { delay_ms }
}

/// The name of the color profile, if there is a readable one.
pub(crate) fn profile_description(file: &[u8], info: &ImageInfo, limits: &Limits) -> Option<String> {
    let profile = match info.media_type {
        MediaType::Jpeg => jpeg::read_profile(file, limits),
        MediaType::Png => png::read_profile(file, limits),
        MediaType::Webp => webp::read_profile(file, limits),
        MediaType::Gif => None,
    }?;
    color::description(&profile)
}

/// Checks again that the size is within the limits: decoders must not rely on the pre-scan.
fn check_size(info: &ImageInfo, limits: &Limits) -> Result<(), DecodeError> {
    let pixels = u64::from(info.width).saturating_mul(info.height.into());
    let side = info.width.max(info.height);
    if pixels == 0 || pixels > limits.max_pixels || side > limits.max_side {
        let message = "the image exceeds the size limits";
        return Err(DecodeError::new(DecodeErrorKind::TooLarge, message));
    }
    Ok(())
}

/// Checks the size that a decoder reads against that of the pre-scan.
fn check_same_size(info: &ImageInfo, (width, height): (u32, u32)) -> Result<(), DecodeError> {
    if (width, height) == (info.width, info.height) {
        return Ok(());
    }
    Err(corrupt(info.media_type, "its headers contain different sizes"))
}

/// Bytes of an image. Exact, because the size was checked.
fn buffer_len(width: u32, height: u32, bytes_per_pixel: usize) -> usize {
    to_usize(width)
        .saturating_mul(to_usize(height))
        .saturating_mul(bytes_per_pixel)
}

fn corrupt(media_type: MediaType, detail: impl std::fmt::Display) -> DecodeError {
    let message = format!("the {} data cannot be decoded: {detail}", media_type.name());
    DecodeError::new(DecodeErrorKind::Corrupt, message)
}

fn truncated(media_type: MediaType) -> DecodeError {
    let message = format!("the {} data ends before the end of the image", media_type.name());
    DecodeError::new(DecodeErrorKind::Truncated, message)
}

/// Converts an I/O error of a decoder that reads from memory.
fn from_io(media_type: MediaType, error: &io::Error) -> DecodeError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => truncated(media_type),
        _ => corrupt(media_type, error),
    }
}

#[cfg(test)]
mod tests;
