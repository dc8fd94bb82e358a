//! Walks the structure of an image and rejects files that are dangerous to decode.

mod gif;
mod jpeg;
mod png;
mod reader;
mod webp;

use crate::{HEAD_LEN, ImageInfo, Limits, MediaType, PrescanError, SizeLimit, exif, sniff};
use reader::Reader;
use std::io::{Read, Seek};

/// Walks the first `len` bytes of `reader` and returns the properties of the image.
///
/// Nothing is inflated or decoded: the cost is one pass over the structure, a buffer of 32 KiB and the EXIF block. An
/// error that comes from a limit is returned as soon as the limit is exceeded. JPEG, PNG and WebP must be complete; a
/// GIF may lack its trailer. All four may have bytes after the end of the image.
pub fn prescan<R: Read + Seek>(mut reader: R, len: u64, limits: &Limits) -> Result<ImageInfo, PrescanError> {
    reader.rewind().map_err(PrescanError::Io)?;
    let mut head = Vec::with_capacity(HEAD_LEN);
    let head_len = len.min(u64::try_from(HEAD_LEN).unwrap_or(u64::MAX));
    reader
        .by_ref()
        .take(head_len)
        .read_to_end(&mut head)
        .map_err(PrescanError::Io)?;
    let Some(media_type) = sniff(&head) else {
        return Err(PrescanError::Unsupported(
            "the file is not a JPEG, PNG, GIF or WebP image",
        ));
    };
    reader.rewind().map_err(PrescanError::Io)?;
    let reader = &mut Reader::new(reader, len, media_type, limits.max_blocks);
    match media_type {
        MediaType::Jpeg => jpeg::scan(reader, limits),
        MediaType::Png => png::scan(reader, limits),
        MediaType::Gif => gif::scan(reader, limits),
        MediaType::Webp => webp::scan(reader, limits),
    }
}

/// Checks the size of the canvas. Does not reject sides of 0.
fn check_size(width: u32, height: u32, limits: &Limits) -> Result<(), PrescanError> {
    let limit = if width > limits.max_side || height > limits.max_side {
        SizeLimit::Side(limits.max_side)
    } else if area(width, height) > limits.max_pixels {
        SizeLimit::Pixels(limits.max_pixels)
    } else {
        return Ok(());
    };
    Err(PrescanError::TooLarge { width, height, limit })
}

/// Checks a count. `what` is plural.
fn check_count(what: &'static str, measured: u64, limit: u64) -> Result<(), PrescanError> {
    if measured > limit {
        Err(PrescanError::TooComplex {
            what,
            measured,
            limit,
        })
    } else {
        Ok(())
    }
}

fn area(width: u32, height: u32) -> u64 {
    u64::from(width).saturating_mul(u64::from(height))
}

/// The properties found so far, and the counts that have limits.
struct ScanState<'a> {
    limits: &'a Limits,
    frames: u32,
    pixels: u64,
    profile_bytes: u64,
    orientation: Option<u8>,
    has_alpha: bool,
}

impl<'a> ScanState<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            frames: 0,
            pixels: 0,
            profile_bytes: 0,
            orientation: None,
            has_alpha: false,
        }
    }

    /// Counts one frame with this number of pixels.
    fn add_frame(&mut self, pixels: u64) -> Result<(), PrescanError> {
        self.frames = self.frames.saturating_add(1);
        self.pixels = self.pixels.saturating_add(pixels);
        self.check_animation(self.frames, self.pixels)
    }

    /// Checks counted or declared frames.
    fn check_animation(&self, frames: u32, pixels: u64) -> Result<(), PrescanError> {
        check_count("frames", u64::from(frames), u64::from(self.limits.max_frames))?;
        if frames > 1 {
            check_count("pixels in all frames", pixels, self.limits.max_animation_pixels)?;
        }
        Ok(())
    }

    /// Counts bytes of an uncompressed color profile.
    fn add_profile(&mut self, bytes: u64) -> Result<(), PrescanError> {
        self.profile_bytes = self.profile_bytes.saturating_add(bytes);
        check_count(
            "bytes of color profile",
            self.profile_bytes,
            self.limits.max_icc_bytes,
        )
    }

    /// Reads the EXIF payload of `len` bytes at the current position. Only the first one in the file counts.
    fn read_exif<R: Read + Seek>(&mut self, reader: &mut Reader<R>, len: u64) -> Result<(), PrescanError> {
        const TRUNCATED: &str = "the EXIF data is incomplete";
        let read = if self.orientation.is_none() {
            len.min(self.limits.max_exif_bytes)
        } else {
            0
        };
        let block = reader.read_block(read, TRUNCATED)?;
        if read > 0 {
            self.orientation = Some(exif::read_orientation(&block));
        }
        reader.skip(len.saturating_sub(read), TRUNCATED)
    }

    fn into_info(self, media_type: MediaType, (width, height): (u32, u32)) -> ImageInfo {
        ImageInfo {
            media_type,
            width,
            height,
            orientation: self.orientation.unwrap_or(1),
            frames: self.frames.max(1),
            has_alpha: self.has_alpha,
            has_profile: self.profile_bytes > 0,
        }
    }
}
