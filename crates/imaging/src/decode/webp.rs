//! Decodes WebP: stills by libwebp, animations frame by frame in Rust.

use super::{Frame, bytes, color, failed, shown_for, with_alpha, without_alpha};
use crate::{Facts, Layout, Limits, MediaType, Raster, Undecodable, parts};
use image_webp::{DecodingError, LoopCount, WebPDecoder};
use moxcms::ColorProfile;
use std::io::Cursor;

const FLAG_ANIMATION: u8 = 2;

/// Whether the header announces an animation, of one frame or more.
pub(super) fn is_animated(file: &[u8]) -> bool {
    parts::webp_chunks(file).next().is_some_and(|(kind, payload)| {
        &kind == b"VP8X" && payload.first().is_some_and(|flags| flags & FLAG_ANIMATION != 0)
    })
}

pub(super) fn still(file: &[u8], facts: &Facts, limits: &Limits) -> Result<Raster, Undecodable> {
    if is_animated(file) {
        let frame = Animation::open(file, facts, limits)?.next_frame()?;
        let Some(Frame { raster, .. }) = frame else {
            return Err(failed(MediaType::Webp, "it has no frames"));
        };
        return Ok(if facts.has_alpha {
            raster
        } else {
            without_alpha(raster)
        });
    }
    let size = webp::BitstreamFeatures::new(file).map(|features| (features.width(), features.height()));
    if size.is_some_and(|size| size != (facts.width, facts.height)) {
        return Err(failed(MediaType::Webp, "it has two sizes"));
    }
    let Some(image) = webp::Decoder::new(file).decode() else {
        return Err(failed(MediaType::Webp, "its image data is damaged"));
    };
    let layout = if image.is_alpha() {
        Layout::Rgba
    } else {
        Layout::Rgb
    };
    let size = bytes(facts.width, facts.height, layout.bytes());
    if (image.width(), image.height(), image.len()) != (facts.width, facts.height, size) {
        return Err(failed(MediaType::Webp, "it has two sizes"));
    }
    let mut data = image.to_vec();
    drop(image);
    if let Some(to_srgb) = to_srgb(file, layout, limits) {
        to_srgb.apply(&mut data);
    }
    Ok(Raster {
        width: facts.width,
        height: facts.height,
        layout,
        data,
    })
}

/// The profile that the file carries.
pub(super) fn profile(file: &[u8], limits: &Limits) -> Option<ColorProfile> {
    let (_, icc) = parts::webp_chunks(file).find(|(kind, _)| kind == b"ICCP")?;
    color::read(icc, limits)
}

fn to_srgb(file: &[u8], layout: Layout, limits: &Limits) -> Option<color::ToSrgb> {
    color::ToSrgb::new(&profile(file, limits)?, layout)
}

/// An animated WebP, decoded frame by frame on one canvas.
pub(super) struct Animation<'a> {
    decoder: WebPDecoder<Cursor<&'a [u8]>>,
    width: u32,
    height: u32,
    layout: Layout,
    to_srgb: Option<color::ToSrgb>,
    left: u32,
}

impl<'a> Animation<'a> {
    pub(super) fn open(file: &'a [u8], facts: &Facts, limits: &Limits) -> Result<Self, Undecodable> {
        let mut decoder = WebPDecoder::new(Cursor::new(file)).map_err(refusal)?;
        if decoder.dimensions() != (facts.width, facts.height) || !decoder.is_animated() {
            return Err(failed(MediaType::Webp, "it has two sizes"));
        }
        // Browsers ignore the background color; without one the decoder would not clear what frames leave.
        decoder.set_background_color([0; 4]).map_err(refusal)?;
        let layout = if decoder.has_alpha() {
            Layout::Rgba
        } else {
            Layout::Rgb
        };
        Ok(Self {
            left: decoder.num_frames(),
            decoder,
            width: facts.width,
            height: facts.height,
            layout,
            to_srgb: to_srgb(file, layout, limits),
        })
    }

    /// How often it plays; 0 is forever.
    pub(super) fn loops(&self) -> u32 {
        match self.decoder.loop_count() {
            LoopCount::Forever => 0,
            LoopCount::Times(times) => times.get().into(),
        }
    }

    pub(super) fn next_frame(&mut self) -> Result<Option<Frame>, Undecodable> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        self.left = left;
        let mut data = vec![0; bytes(self.width, self.height, self.layout.bytes())];
        let delay_ms = self.decoder.read_frame(&mut data).map_err(refusal)?;
        if let Some(to_srgb) = &self.to_srgb {
            to_srgb.apply(&mut data);
        }
        let raster = Raster {
            width: self.width,
            height: self.height,
            layout: self.layout,
            data,
        };
        Ok(Some(Frame {
            raster: with_alpha(raster),
            delay_ms: shown_for(delay_ms),
        }))
    }
}

fn refusal(why: DecodingError) -> Undecodable {
    failed(MediaType::Webp, why)
}
