//! Decodes GIF and composes its frames.

use super::{Frame, browser_delay_ms, buffer_len, check_same_size, corrupt, truncated};
use crate::{DecodeError, ImageInfo, Layout, Limits, MediaType, Raster, numbers::to_usize};
use gif::{ColorOutput, DecodeOptions, Decoder, DecodingError, DisposalMethod, MemoryLimit, Repeat};
use std::num::NonZeroU64;

pub(super) fn decode_still(file: &[u8], info: &ImageInfo, limits: &Limits) -> Result<Raster, DecodeError> {
    let mut animation = Animation::open(file, info, limits)?;
    if !animation.draw_next()? {
        return Err(corrupt(MediaType::Gif, "the image data is missing"));
    }
    Ok(if info.has_alpha {
        animation.canvas
    } else {
        animation.canvas.into_rgb()
    })
}

/// A GIF, decoded frame by frame on one canvas.
pub(super) struct Animation<'a> {
    decoder: Decoder<&'a [u8]>,
    canvas: Raster,
    disposal: Disposal,
    delay_ms: u32,
}

/// How the last frame is disposed of before the next one is drawn.
enum Disposal {
    Keep,
    Clear(FrameRect),
    Restore(FrameRect, Vec<u8>),
}

/// The part of a frame within the canvas, in pixels.
#[derive(Clone, Copy)]
struct FrameRect {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl<'a> Animation<'a> {
    pub(super) fn open(file: &'a [u8], info: &ImageInfo, limits: &Limits) -> Result<Self, DecodeError> {
        let mut options = DecodeOptions::new();
        options.set_color_output(ColorOutput::Indexed);
        options.allow_unknown_blocks(true);
        // One byte per pixel of a frame.
        if let Some(max_bytes) = NonZeroU64::new(limits.max_pixels) {
            options.set_memory_limit(MemoryLimit::Bytes(max_bytes));
        }
        let decoder = options.read_info(file).map_err(decode_error)?;
        check_same_size(info, (decoder.width().into(), decoder.height().into()))?;
        Ok(Self {
            decoder,
            canvas: Raster {
                width: info.width,
                height: info.height,
                layout: Layout::Rgba,
                data: vec![0; buffer_len(info.width, info.height, 4)],
            },
            disposal: Disposal::Keep,
            delay_ms: 0,
        })
    }

    /// The number of times the animation plays; 0 is infinite. GIF stores the repetitions after the first time.
    pub(super) fn loops(&self) -> u32 {
        match self.decoder.repeat() {
            Repeat::Infinite => 0,
            Repeat::Finite(repeats) => u32::from(repeats) + 1,
        }
    }

    pub(super) fn next_frame(&mut self) -> Result<Option<Frame>, DecodeError> {
        if !self.draw_next()? {
            return Ok(None);
        }
        Ok(Some(Frame {
            raster: self.canvas.clone(),
            delay_ms: self.delay_ms,
        }))
    }

    /// Draws the next frame on the canvas. Returns false if there is none.
    fn draw_next(&mut self) -> Result<bool, DecodeError> {
        match std::mem::replace(&mut self.disposal, Disposal::Keep) {
            Disposal::Keep => {}
            Disposal::Clear(rect) => rect.rows_mut(&mut self.canvas).for_each(|row| row.fill(0)),
            Disposal::Restore(rect, saved) => {
                let rows = rect.rows_mut(&mut self.canvas);
                for (row, saved) in rows.zip(saved.chunks_exact((rect.width * 4).max(1))) {
                    row.copy_from_slice(saved);
                }
            }
        }
        let global = self.decoder.global_palette().map(<[u8]>::to_vec);
        let Some(frame) = self.decoder.read_next_frame().map_err(decode_error)? else {
            return Ok(false);
        };
        let rect = FrameRect::new(frame, &self.canvas);
        self.disposal = match frame.dispose {
            DisposalMethod::Background => Disposal::Clear(rect),
            DisposalMethod::Previous => {
                let saved = rect.rows_mut(&mut self.canvas).flat_map(|row| row.to_vec());
                Disposal::Restore(rect, saved.collect())
            }
            DisposalMethod::Any | DisposalMethod::Keep => Disposal::Keep,
        };
        self.delay_ms = browser_delay_ms(u32::from(frame.delay) * 10);
        let palette = frame
            .palette
            .as_ref()
            .or(global.as_ref())
            .map_or(&[][..], Vec::as_slice);
        let colors = visible_colors(palette, frame.transparent);
        let samples = frame.buffer.chunks_exact(usize::from(frame.width).max(1));
        for (row, samples) in rect.rows_mut(&mut self.canvas).zip(samples) {
            let (pixels, _) = row.as_chunks_mut::<4>();
            for (pixel, sample) in pixels.iter_mut().zip(samples) {
                if let Some(Some(color)) = colors.get(usize::from(*sample)) {
                    *pixel = *color;
                }
            }
        }
        Ok(true)
    }
}

impl FrameRect {
    fn new(frame: &gif::Frame<'_>, canvas: &Raster) -> Self {
        let (width, height) = (to_usize(canvas.width), to_usize(canvas.height));
        let left = usize::from(frame.left).min(width);
        let top = usize::from(frame.top).min(height);
        Self {
            left,
            top,
            width: usize::from(frame.width).min(width - left),
            height: usize::from(frame.height).min(height - top),
        }
    }

    fn rows_mut(self, canvas: &mut Raster) -> impl Iterator<Item = &mut [u8]> {
        let columns = self.left * 4..(self.left + self.width) * 4;
        let row_bytes = canvas.row_bytes();
        canvas
            .data
            .chunks_exact_mut(row_bytes)
            .skip(self.top)
            .take(self.height)
            .filter_map(move |row| row.get_mut(columns.clone()))
    }
}

/// The color of every palette index; `None` for the transparent one.
fn visible_colors(palette: &[u8], transparent: Option<u8>) -> Vec<Option<[u8; 4]>> {
    let (palette, _) = palette.as_chunks::<3>();
    palette
        .iter()
        .enumerate()
        .map(|(at, [r, g, b])| {
            let opaque = transparent.is_none_or(|index| usize::from(index) != at);
            opaque.then_some([*r, *g, *b, 255])
        })
        .collect()
}

fn decode_error(error: DecodingError) -> DecodeError {
    match error {
        DecodingError::UnexpectedEof => truncated(MediaType::Gif),
        other => corrupt(MediaType::Gif, other),
    }
}
