//! Writes animated WebP frame by frame: what libwebp makes of each frame's changes, in the container of RFC 9649.

use crate::{
    Format, Layout, Raster, Undecodable,
    encode::{failed, webp},
    transform::{index, without_idle_alpha},
};

/// The longest time of a frame, in milliseconds: 24 bits.
const LONGEST: u32 = 0x00FF_FFFF;
/// Flags of the VP8X chunk.
const HAS_ANIMATION: u8 = 0x02;
const HAS_ALPHA: u8 = 0x10;
/// An ANMF flag: the frame replaces what is under it, and is left in place afterwards.
const REPLACE: u8 = 0x02;

/// An animation that is being written. It holds the last frame's pixels and what was encoded, whatever the length.
pub(crate) struct Animation {
    quality: u8,
    size: (u32, u32),
    has_alpha: bool,
    /// The pixels that are shown, RGBA.
    shown: Vec<u8>,
    /// The encoded frame that is shown, without its header, and for how long so far.
    pending: Option<(Frame, u32)>,
    frames: Vec<u8>,
}

struct Frame {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
    chunks: Vec<u8>,
}

impl Animation {
    /// Starts an animation whose frames have this size.
    pub(crate) fn new(size: (u32, u32), quality: u8) -> Self {
        Self {
            quality: quality.clamp(1, 100),
            size,
            has_alpha: false,
            shown: Vec::new(),
            pending: None,
            frames: Vec::new(),
        }
    }

    /// Shows a frame. One that is like the frame before only prolongs it; of others, what changed is written.
    pub(crate) fn push(&mut self, raster: Raster, delay_ms: u32) -> Result<(), Undecodable> {
        if (raster.width, raster.height) != self.size {
            return Err(failed(Format::Webp, "the frames differ in size"));
        }
        let raster = rgba(raster);
        let changed = if self.shown.is_empty() {
            Some([0, 0, raster.width, raster.height])
        } else {
            changed(&self.shown, &raster)
        };
        if let (None, Some((_, shown_for))) = (changed, &mut self.pending) {
            *shown_for = shown_for.saturating_add(delay_ms).min(LONGEST);
            return Ok(());
        }
        let [left, top, width, height] = changed.unwrap_or([0, 0, 1, 1]);
        let part = without_idle_alpha(cut(&raster, [left, top, width, height]));
        self.has_alpha |= part.layout == Layout::Rgba;
        let file = webp::encode(&part, self.quality)?;
        self.shown = raster.data;
        let frame = Frame {
            left,
            top,
            width,
            height,
            chunks: image_chunks(&file),
        };
        if let Some(before) = self.pending.replace((frame, delay_ms.min(LONGEST))) {
            self.write(before);
        }
        Ok(())
    }

    /// The file; `loops` is how often it plays, 0 is forever.
    pub(crate) fn finish(mut self, loops: u32) -> Vec<u8> {
        if let Some(last) = self.pending.take() {
            self.write(last);
        }
        let flags = HAS_ANIMATION | if self.has_alpha { HAS_ALPHA } else { 0 };
        let (width, height) = self.size;
        let canvas = [[flags, 0, 0, 0].as_slice(), &less_one(width), &less_one(height)].concat();
        // The background is transparent, and no viewer asks.
        let loops = u16::try_from(loops).unwrap_or(u16::MAX).to_le_bytes();
        let animation = [[0; 4].as_slice(), &loops].concat();
        let mut body = b"WEBP".to_vec();
        chunk(&mut body, *b"VP8X", &[&canvas]);
        chunk(&mut body, *b"ANIM", &[&animation]);
        body.append(&mut self.frames);
        let mut file = Vec::with_capacity(body.len() + 8);
        chunk(&mut file, *b"RIFF", &[&body]);
        file
    }

    fn write(&mut self, (frame, shown_for): (Frame, u32)) {
        let numbers = [
            le24(frame.left / 2),
            le24(frame.top / 2),
            less_one(frame.width),
            less_one(frame.height),
            le24(shown_for),
        ];
        chunk(
            &mut self.frames,
            *b"ANMF",
            &[&numbers.concat(), &[REPLACE], &frame.chunks],
        );
    }
}

/// The smallest rectangle around all pixels that differ, from even columns and rows on, as the container wants it.
fn changed(shown: &[u8], next: &Raster) -> Option<[u32; 4]> {
    let row = index(next.width) * 4;
    let rows = || (0_u32..).zip(shown.chunks_exact(row).zip(next.data.chunks_exact(row)));
    let differ = |(y, (old, new)): (u32, (&[u8], &[u8]))| (old != new).then_some(y);
    let top = rows().find_map(differ)? & !1;
    let bottom = rows().filter_map(differ).last()?;
    let (mut left, mut right) = (next.width, 0);
    for (_, (old, new)) in rows() {
        if old == new {
            continue;
        }
        let (old, _) = old.as_chunks::<4>();
        let (new, _) = new.as_chunks::<4>();
        let pairs = || (0_u32..).zip(old.iter().zip(new));
        let differ = |(x, (old, new)): (u32, (&[u8; 4], &[u8; 4]))| (old != new).then_some(x);
        left = left.min(pairs().find_map(differ).unwrap_or(left));
        right = right.max(pairs().filter_map(differ).last().unwrap_or(right));
    }
    let left = left & !1;
    Some([left, top, right - left + 1, bottom - top + 1])
}

fn cut(raster: &Raster, [left, top, width, height]: [u32; 4]) -> Raster {
    let columns = index(left) * 4..(index(left) + index(width)) * 4;
    let rows = raster.data.chunks_exact(index(raster.width) * 4);
    let data = rows
        .skip(index(top))
        .take(index(height))
        .flat_map(|row| row.get(columns.clone()).unwrap_or_default())
        .copied()
        .collect();
    Raster {
        width,
        height,
        layout: Layout::Rgba,
        data,
    }
}

fn rgba(raster: Raster) -> Raster {
    if raster.layout == Layout::Rgba {
        return raster;
    }
    let (pixels, _) = raster.data.as_chunks::<3>();
    Raster {
        layout: Layout::Rgba,
        data: pixels.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect(),
        ..raster
    }
}

/// The chunks of a still file that hold its pixels, as they stand in it.
fn image_chunks(file: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(file.len());
    let mut rest = file.get(12..).unwrap_or_default();
    while let Some((head, body)) = rest.split_at_checked(8) {
        let [name @ .., b0, b1, b2, b3] = head else { break };
        let len = index(u32::from_le_bytes([*b0, *b1, *b2, *b3]));
        let len = len + len % 2;
        let Some((content, next)) = body.split_at_checked(len) else {
            break;
        };
        if matches!(name, b"ALPH" | b"VP8 " | b"VP8L") {
            kept.extend_from_slice(head);
            kept.extend_from_slice(content);
        }
        rest = next;
    }
    kept
}

fn chunk(to: &mut Vec<u8>, name: [u8; 4], parts: &[&[u8]]) {
    let len = parts.iter().map(|part| part.len()).sum::<usize>();
    to.extend_from_slice(&name);
    to.extend_from_slice(&u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes());
    for part in parts {
        to.extend_from_slice(part);
    }
    to.resize(to.len() + len % 2, 0);
}

fn le24(number: u32) -> [u8; 3] {
    let [b0, b1, b2, _] = number.to_le_bytes();
    [b0, b1, b2]
}

fn less_one(side: u32) -> [u8; 3] {
    le24(side.saturating_sub(1))
}
