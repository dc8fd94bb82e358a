//! Decodes GIF and puts its frames together as they are seen.

use super::{Frame, bytes, failed, index, shown_for, without_alpha};
use crate::{Facts, Layout, Limits, MediaType, Raster, Undecodable};
use gif::{ColorOutput, DecodeOptions, Decoder, DecodingError, DisposalMethod, MemoryLimit, Repeat};
use std::num::NonZeroU64;

pub(super) fn still(file: &[u8], facts: &Facts, limits: &Limits) -> Result<Raster, Undecodable> {
    let mut animation = Animation::open(file, facts, limits)?;
    if !animation.draw_next()? {
        return Err(failed(MediaType::Gif, "it has no image data"));
    }
    let raster = Raster {
        width: animation.width,
        height: animation.height,
        layout: Layout::Rgba,
        data: animation.canvas,
    };
    Ok(if facts.has_alpha {
        raster
    } else {
        without_alpha(raster)
    })
}

/// A GIF, decoded frame by frame on one canvas.
pub(super) struct Animation<'a> {
    decoder: Decoder<&'a [u8]>,
    width: u32,
    height: u32,
    canvas: Vec<u8>,
    undo: Undo,
    delay_ms: u32,
}

/// What becomes of the last frame before the next one is drawn.
enum Undo {
    Nothing,
    Clear(Area),
    Restore(Area, Vec<u8>),
}

/// The part of a frame that lies on the canvas, in pixels of the canvas.
#[derive(Clone, Copy)]
struct Area {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl<'a> Animation<'a> {
    pub(super) fn open(file: &'a [u8], facts: &Facts, limits: &Limits) -> Result<Self, Undecodable> {
        let mut options = DecodeOptions::new();
        options.set_color_output(ColorOutput::Indexed);
        options.allow_unknown_blocks(true);
        // One byte for each pixel of a frame.
        if let Some(most) = NonZeroU64::new(limits.max_pixels) {
            options.set_memory_limit(MemoryLimit::Bytes(most));
        }
        let decoder = options.read_info(file).map_err(refusal)?;
        if (u32::from(decoder.width()), u32::from(decoder.height())) != (facts.width, facts.height) {
            return Err(failed(MediaType::Gif, "it has two sizes"));
        }
        Ok(Self {
            decoder,
            width: facts.width,
            height: facts.height,
            canvas: vec![0; bytes(facts.width, facts.height, 4)],
            undo: Undo::Nothing,
            delay_ms: 0,
        })
    }

    /// A GIF says how often it is repeated after it played once.
    pub(super) fn loops(&self) -> u32 {
        match self.decoder.repeat() {
            Repeat::Infinite => 0,
            Repeat::Finite(repeats) => u32::from(repeats) + 1,
        }
    }

    pub(super) fn next_frame(&mut self) -> Result<Option<Frame>, Undecodable> {
        if !self.draw_next()? {
            return Ok(None);
        }
        Ok(Some(Frame {
            raster: Raster {
                width: self.width,
                height: self.height,
                layout: Layout::Rgba,
                data: self.canvas.clone(),
            },
            delay_ms: self.delay_ms,
        }))
    }

    /// Draws the next frame on the canvas; false where there is none.
    fn draw_next(&mut self) -> Result<bool, Undecodable> {
        let canvas_width = index(self.width);
        match std::mem::replace(&mut self.undo, Undo::Nothing) {
            Undo::Nothing => {}
            Undo::Clear(area) => area
                .rows(canvas_width, &mut self.canvas)
                .for_each(|row| row.fill(0)),
            Undo::Restore(area, kept) => {
                let rows = area.rows(canvas_width, &mut self.canvas);
                for (row, kept) in rows.zip(kept.chunks_exact((area.width * 4).max(1))) {
                    row.copy_from_slice(kept);
                }
            }
        }
        let global = self.decoder.global_palette().map(<[u8]>::to_vec);
        let Some(frame) = self.decoder.read_next_frame().map_err(refusal)? else {
            return Ok(false);
        };
        let area = Area::of(frame, (canvas_width, index(self.height)));
        self.undo = match frame.dispose {
            DisposalMethod::Background => Undo::Clear(area),
            DisposalMethod::Previous => Undo::Restore(area, area.copy(canvas_width, &mut self.canvas)),
            DisposalMethod::Any | DisposalMethod::Keep => Undo::Nothing,
        };
        self.delay_ms = shown_for(u32::from(frame.delay) * 10);
        let palette = frame
            .palette
            .as_ref()
            .or(global.as_ref())
            .map_or(&[][..], Vec::as_slice);
        let colors = colors(palette, frame.transparent);
        let samples = frame.buffer.chunks_exact(usize::from(frame.width).max(1));
        for (row, samples) in area.rows(canvas_width, &mut self.canvas).zip(samples) {
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

impl Area {
    fn of(frame: &gif::Frame<'_>, (width, height): (usize, usize)) -> Self {
        let left = usize::from(frame.left).min(width);
        let top = usize::from(frame.top).min(height);
        Self {
            left,
            top,
            width: usize::from(frame.width).min(width - left),
            height: usize::from(frame.height).min(height - top),
        }
    }

    /// The rows of this area on a canvas of that width.
    fn rows(self, canvas_width: usize, canvas: &mut [u8]) -> impl Iterator<Item = &mut [u8]> {
        let columns = self.left * 4..(self.left + self.width) * 4;
        canvas
            .chunks_exact_mut((canvas_width * 4).max(1))
            .skip(self.top)
            .take(self.height)
            .filter_map(move |row| row.get_mut(columns.clone()))
    }

    fn copy(self, canvas_width: usize, canvas: &mut [u8]) -> Vec<u8> {
        let mut copy = Vec::with_capacity(self.width * self.height * 4);
        for row in self.rows(canvas_width, canvas) {
            copy.extend_from_slice(row);
        }
        copy
    }
}

/// The color of every index; none for the transparent one and for those outside of the palette.
fn colors(palette: &[u8], transparent: Option<u8>) -> Vec<Option<[u8; 4]>> {
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

fn refusal(why: DecodingError) -> Undecodable {
    failed(MediaType::Gif, why)
}
