//! Decodes WebP: still images with libwebp, animations frame by frame with image-webp.

use super::{Frame, browser_delay_ms, buffer_len, check_same_size, color, corrupt, from_io};
use crate::{DecodeError, ImageInfo, Layout, Limits, MediaType, Raster, segments};
use image_webp::{DecodingError, LoopCount, WebPDecoder};
use moxcms::ColorProfile;
use std::io::Cursor;

const FLAG_ANIMATION: u8 = 2;

/// Whether the header declares an animation, which may have a single frame.
pub(super) fn is_animated(file: &[u8]) -> bool {
    segments::webp_chunks(file).next().is_some_and(|(kind, payload)| {
        &kind == b"VP8X" && payload.first().is_some_and(|flags| flags & FLAG_ANIMATION != 0)
    })
}

pub(super) fn decode_still(file: &[u8], info: &ImageInfo, limits: &Limits) -> Result<Raster, DecodeError> {
    if is_animated(file) {
        let frame = Animation::open(file, info, limits)?.next_frame()?;
        let Some(Frame { raster, .. }) = frame else {
            return Err(corrupt(MediaType::Webp, "the frames are missing"));
        };
        return Ok(if info.has_alpha { raster } else { raster.into_rgb() });
    }
    if let Some(features) = webp::BitstreamFeatures::new(file) {
        check_same_size(info, (features.width(), features.height()))?;
    }
    let Some(image) = webp::Decoder::new(file).decode() else {
        return Err(corrupt(MediaType::Webp, "the image data is damaged"));
    };
    let layout = if image.is_alpha() {
        Layout::Rgba
    } else {
        Layout::Rgb
    };
    check_same_size(info, (image.width(), image.height()))?;
    let mut data = image.to_vec();
    drop(image);
    if let Some(to_srgb) = to_srgb(file, layout, limits) {
        to_srgb.convert(&mut data);
    }
    Ok(Raster {
        width: info.width,
        height: info.height,
        layout,
        data,
    })
}

pub(super) fn read_profile(file: &[u8], limits: &Limits) -> Option<ColorProfile> {
    let (_, icc) = segments::webp_chunks(file).find(|(kind, _)| kind == b"ICCP")?;
    color::parse_icc(icc, limits)
}

fn to_srgb(file: &[u8], layout: Layout, limits: &Limits) -> Option<color::ToSrgb> {
    color::ToSrgb::new(&read_profile(file, limits)?, layout)
}

/// An animated WebP, decoded frame by frame.
pub(super) struct Animation<'a> {
    decoder: WebPDecoder<Cursor<&'a [u8]>>,
    width: u32,
    height: u32,
    layout: Layout,
    to_srgb: Option<color::ToSrgb>,
    remaining: u32,
}

impl<'a> Animation<'a> {
    pub(super) fn open(file: &'a [u8], info: &ImageInfo, limits: &Limits) -> Result<Self, DecodeError> {
        let mut decoder = WebPDecoder::new(Cursor::new(file)).map_err(decode_error)?;
        check_same_size(info, decoder.dimensions())?;
        if !decoder.is_animated() {
            return Err(corrupt(MediaType::Webp, "the animation has no header"));
        }
        // Browsers ignore the background color. Without one the decoder would not dispose of frames.
        decoder.set_background_color([0; 4]).map_err(decode_error)?;
        let layout = if decoder.has_alpha() {
            Layout::Rgba
        } else {
            Layout::Rgb
        };
        Ok(Self {
            remaining: decoder.num_frames(),
            decoder,
            width: info.width,
            height: info.height,
            layout,
            to_srgb: to_srgb(file, layout, limits),
        })
    }

    /// The number of times the animation plays; 0 is infinite.
    pub(super) fn loops(&self) -> u32 {
        match self.decoder.loop_count() {
            LoopCount::Forever => 0,
            LoopCount::Times(times) => times.get().into(),
        }
    }

    pub(super) fn next_frame(&mut self) -> Result<Option<Frame>, DecodeError> {
        let Some(remaining) = self.remaining.checked_sub(1) else {
            return Ok(None);
        };
        self.remaining = remaining;
        let mut data = vec![0; buffer_len(self.width, self.height, self.layout.bytes())];
        let delay_ms = self.decoder.read_frame(&mut data).map_err(decode_error)?;
        if let Some(to_srgb) = &self.to_srgb {
            to_srgb.convert(&mut data);
        }
        let raster = Raster {
            width: self.width,
            height: self.height,
            layout: self.layout,
            data,
        };
        Ok(Some(Frame {
            raster: raster.into_rgba(),
            delay_ms: browser_delay_ms(delay_ms),
        }))
    }
}

fn decode_error(error: DecodingError) -> DecodeError {
    match error {
        DecodingError::IoError(error) => from_io(MediaType::Webp, &error),
        other => corrupt(MediaType::Webp, other),
    }
}
