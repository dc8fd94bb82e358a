//! Encodes animated WebP (RFC 9649) frame by frame. libwebp encodes the changed rectangle of each frame.

use crate::{
    DecodeError, Format, Layout, Raster,
    encode::{encode_error, webp},
    numbers::to_usize,
};

/// The maximum duration of a frame in milliseconds: 24 bits.
const MAX_DURATION: u32 = 0x00FF_FFFF;
/// Flags of the `VP8X` chunk.
const HAS_ANIMATION: u8 = 0x02;
const HAS_ALPHA: u8 = 0x10;
/// A flag of the `ANMF` chunk: the frame replaces the canvas and stays after its time.
const REPLACE: u8 = 0x02;

/// An animation that is being encoded. It holds the pixels of one frame and the encoded frames.
pub(crate) struct Animation {
    quality: u8,
    size: (u32, u32),
    has_alpha: bool,
    /// The pixels of the last frame, RGBA.
    canvas: Vec<u8>,
    /// The last encoded frame and its duration in milliseconds so far.
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
    pub(crate) fn new(size: (u32, u32), quality: u8) -> Self {
        Self {
            quality: quality.clamp(1, 100),
            size,
            has_alpha: false,
            canvas: Vec::new(),
            pending: None,
            frames: Vec::new(),
        }
    }

    /// Appends a frame. A frame equal to the previous one extends its duration.
    pub(crate) fn push_frame(&mut self, raster: Raster, delay_ms: u32) -> Result<(), DecodeError> {
        if raster.size() != self.size {
            return Err(encode_error(Format::Webp, "the frames differ in size"));
        }
        let raster = raster.into_rgba();
        let changed = if self.canvas.is_empty() {
            Some([0, 0, raster.width, raster.height])
        } else {
            changed_rect(&self.canvas, &raster)
        };
        if let (None, Some((_, duration))) = (changed, &mut self.pending) {
            *duration = duration.saturating_add(delay_ms).min(MAX_DURATION);
            return Ok(());
        }
        let [left, top, width, height] = changed.unwrap_or([0, 0, 1, 1]);
        let part = raster.crop([left, top, width, height]).drop_opaque_alpha();
        self.has_alpha |= part.layout == Layout::Rgba;
        let file = webp::encode(&part, self.quality)?;
        self.canvas = raster.data;
        let frame = Frame {
            left,
            top,
            width,
            height,
            chunks: image_chunks(&file),
        };
        if let Some(previous) = self.pending.replace((frame, delay_ms.min(MAX_DURATION))) {
            self.write_frame(previous);
        }
        Ok(())
    }

    /// Returns the file. `loops` is the number of repetitions; 0 is infinite.
    pub(crate) fn finish(mut self, loops: u32) -> Vec<u8> {
        if let Some(last) = self.pending.take() {
            self.write_frame(last);
        }
        let flags = HAS_ANIMATION | if self.has_alpha { HAS_ALPHA } else { 0 };
        let (width, height) = self.size;
        let canvas = [[flags, 0, 0, 0].as_slice(), &minus_one(width), &minus_one(height)].concat();
        // A transparent background, which viewers ignore.
        let loops = u16::try_from(loops).unwrap_or(u16::MAX).to_le_bytes();
        let animation = [[0; 4].as_slice(), &loops].concat();
        let mut body = b"WEBP".to_vec();
        push_chunk(&mut body, *b"VP8X", &[&canvas]);
        push_chunk(&mut body, *b"ANIM", &[&animation]);
        body.append(&mut self.frames);
        let mut file = Vec::with_capacity(body.len() + 8);
        push_chunk(&mut file, *b"RIFF", &[&body]);
        file
    }

    fn write_frame(&mut self, (frame, duration): (Frame, u32)) {
        let numbers = [
            le24(frame.left / 2),
            le24(frame.top / 2),
            minus_one(frame.width),
            minus_one(frame.height),
            le24(duration),
        ];
        push_chunk(
            &mut self.frames,
            *b"ANMF",
            &[&numbers.concat(), &[REPLACE], &frame.chunks],
        );
    }
}

/// The smallest rectangle around all changed pixels. Left and top are even, as the container requires.
fn changed_rect(canvas: &[u8], next: &Raster) -> Option<[u32; 4]> {
    let row = next.row_bytes();
    let rows = || (0_u32..).zip(canvas.chunks_exact(row).zip(next.data.chunks_exact(row)));
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

/// The chunks of a still file that contain its pixels.
fn image_chunks(file: &[u8]) -> Vec<u8> {
    let mut chunks = Vec::with_capacity(file.len());
    let mut rest = file.get(12..).unwrap_or_default();
    while let Some((head, body)) = rest.split_at_checked(8) {
        let [name @ .., b0, b1, b2, b3] = head else { break };
        let len = to_usize(u32::from_le_bytes([*b0, *b1, *b2, *b3]));
        let len = len + len % 2;
        let Some((content, next)) = body.split_at_checked(len) else {
            break;
        };
        if matches!(name, b"ALPH" | b"VP8 " | b"VP8L") {
            chunks.extend_from_slice(head);
            chunks.extend_from_slice(content);
        }
        rest = next;
    }
    chunks
}

fn push_chunk(to: &mut Vec<u8>, name: [u8; 4], parts: &[&[u8]]) {
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

fn minus_one(side: u32) -> [u8; 3] {
    le24(side.saturating_sub(1))
}
