//! Walks the structure of an image and refuses what no decoder should touch.

mod gif;
mod jpeg;
mod png;
mod source;
mod webp;

use crate::{Facts, HEAD_LEN, Limits, MediaType, Refusal, SizeLimit, sniff};
use source::Source;
use std::io::{Read, Seek};

/// Walks the `len` bytes of `reader`, from its start, and tells what is in them.
///
/// Nothing is inflated or decoded: the cost is one pass over the structure, one buffer of 32 KiB and the EXIF block.
/// A refusal that comes from a limit comes as soon as the limit is passed. JPEG, PNG and WebP must be complete;
/// a GIF may lack its trailer. Bytes after the end of the image are allowed in all four.
pub fn prescan<R: Read + Seek>(mut reader: R, len: u64, limits: &Limits) -> Result<Facts, Refusal> {
    reader.rewind().map_err(Refusal::Unreadable)?;
    let mut head = Vec::with_capacity(HEAD_LEN);
    let head_len = len.min(u64::try_from(HEAD_LEN).unwrap_or(u64::MAX));
    reader
        .by_ref()
        .take(head_len)
        .read_to_end(&mut head)
        .map_err(Refusal::Unreadable)?;
    let Some(media_type) = sniff(&head) else {
        return Err(Refusal::Unsupported(
            "the file is not a JPEG, PNG, GIF or WebP image",
        ));
    };
    reader.rewind().map_err(Refusal::Unreadable)?;
    let source = &mut Source::new(reader, len, media_type, limits.max_parts);
    match media_type {
        MediaType::Jpeg => jpeg::walk(source, limits),
        MediaType::Png => png::walk(source, limits),
        MediaType::Gif => gif::walk(source, limits),
        MediaType::Webp => webp::walk(source, limits),
    }
}

/// Refuses a canvas that is too large; zero sides are for the caller to name.
fn check_size(width: u32, height: u32, limits: &Limits) -> Result<(), Refusal> {
    let permitted = if width > limits.max_side || height > limits.max_side {
        SizeLimit::Side(limits.max_side)
    } else if area(width, height) > limits.max_pixels {
        SizeLimit::Pixels(limits.max_pixels)
    } else {
        return Ok(());
    };
    Err(Refusal::TooLarge {
        width,
        height,
        permitted,
    })
}

/// Refuses what is more than `permitted`.
fn check_count(what: &'static str, measured: u64, permitted: u64) -> Result<(), Refusal> {
    if measured > permitted {
        Err(Refusal::TooComplex {
            what,
            measured,
            permitted,
        })
    } else {
        Ok(())
    }
}

fn area(width: u32, height: u32) -> u64 {
    u64::from(width).saturating_mul(u64::from(height))
}

/// What all formats gather on the way, and the limits that grow with it.
struct Tally<'a> {
    limits: &'a Limits,
    frames: u32,
    pixels: u64,
    profile: u64,
    orientation: Option<u8>,
    alpha: bool,
}

impl<'a> Tally<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            frames: 0,
            pixels: 0,
            profile: 0,
            orientation: None,
            alpha: false,
        }
    }

    /// Counts one more frame that costs `pixels`.
    fn add_frame(&mut self, pixels: u64) -> Result<(), Refusal> {
        self.frames = self.frames.saturating_add(1);
        self.pixels = self.pixels.saturating_add(pixels);
        self.check_animation(self.frames, self.pixels)
    }

    /// Checks frames that were counted or declared.
    fn check_animation(&self, frames: u32, pixels: u64) -> Result<(), Refusal> {
        check_count("frames", u64::from(frames), u64::from(self.limits.max_frames))?;
        if frames > 1 {
            check_count(
                "pixels over all its frames",
                pixels,
                self.limits.max_animation_pixels,
            )?;
        }
        Ok(())
    }

    /// Counts bytes of an uncompressed color profile.
    fn add_profile(&mut self, bytes: u64) -> Result<(), Refusal> {
        self.profile = self.profile.saturating_add(bytes);
        check_count("bytes of color profile", self.profile, self.limits.max_icc_bytes)
    }

    /// Reads the EXIF payload of `len` bytes that starts here; the first one in the file decides.
    fn read_exif<R: Read + Seek>(&mut self, source: &mut Source<R>, len: u64) -> Result<(), Refusal> {
        let read = if self.orientation.is_none() {
            len.min(self.limits.max_exif_bytes)
        } else {
            0
        };
        let block = source.block(read, "the EXIF data is cut short")?;
        if read > 0 {
            self.orientation = Some(crate::exif::orientation(&block));
        }
        source.skip(len.saturating_sub(read), "the EXIF data is cut short")
    }

    fn into_facts(self, media_type: MediaType, (width, height): (u32, u32)) -> Facts {
        Facts {
            media_type,
            width,
            height,
            orientation: self.orientation.unwrap_or(1),
            frames: self.frames.max(1),
            has_alpha: self.alpha,
            has_profile: self.profile > 0,
        }
    }
}
