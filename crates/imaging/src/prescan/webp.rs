//! Walks the chunks of a WebP (RFC 9649).

use super::{Source, Tally, area, check_size};
use crate::{Facts, Limits, Refusal};
use std::io::{Read, Seek};

const CUT: &str = "it ends inside a chunk";
const NO_HEADER: &str = "it does not start with an image header";
const CHUNK_HEAD_LEN: u64 = 8;
/// The frame header before the chunks of the frame.
const FRAME_HEAD_LEN: u64 = 16;
const FLAG_ANIMATION: u8 = 0x02;
const FLAG_ALPHA: u8 = 0x10;

/// Walks to the end that the RIFF header declares; what follows it is not looked at.
pub(super) fn walk<R: Read + Seek>(source: &mut Source<R>, limits: &Limits) -> Result<Facts, Refusal> {
    source.skip(4, CUT)?;
    let len = u64::from(u32::from_le_bytes(source.bytes(CUT)?));
    if len > source.remaining() {
        return Err(source.broken("it is shorter than its header says"));
    }
    source.end_at(source.position() + len);
    source.skip(4, CUT)?;
    let mut tally = Tally::new(limits);
    let chunk = Chunk::read(source, NO_HEADER)?;
    let size = match &chunk.kind {
        b"VP8X" => extended(source, &chunk, &mut tally)?,
        b"VP8 " | b"VP8L" => {
            let size = bitstream(source, &chunk, &mut tally)?;
            check_size(size.0, size.1, limits)?;
            size
        }
        _ => return Err(source.broken(NO_HEADER)),
    };
    Ok(tally.into_facts(source.media_type(), size))
}

/// A chunk whose payload fits into what holds it.
struct Chunk {
    kind: [u8; 4],
    /// Bytes of the payload.
    len: u64,
    /// Where the payload ends, in bytes from the start of the file.
    end: u64,
}

impl Chunk {
    fn read<R: Read + Seek>(source: &mut Source<R>, cut: &'static str) -> Result<Self, Refusal> {
        source.count_part()?;
        let kind = source.bytes(cut)?;
        let len = u64::from(u32::from_le_bytes(source.bytes(cut)?));
        if len > source.remaining() {
            return Err(source.broken("a chunk is longer than what holds it"));
        }
        Ok(Self {
            kind,
            len,
            end: source.position() + len,
        })
    }

    /// Jumps to the next chunk before `holder_end`; an odd payload is padded, except where some writers forget it
    /// at the end.
    fn leave<R: Read + Seek>(&self, source: &mut Source<R>, holder_end: u64) -> Result<(), Refusal> {
        source.skip(self.end.saturating_sub(source.position()), CUT)?;
        source.skip(
            (self.len & 1).min(holder_end.saturating_sub(source.position())),
            CUT,
        )
    }
}

/// Reads `VP8X` and the chunks after it, and returns the size of the canvas.
fn extended<R: Read + Seek>(
    source: &mut Source<R>,
    header: &Chunk,
    tally: &mut Tally<'_>,
) -> Result<(u32, u32), Refusal> {
    let [flags, _, _, _] = source.bytes("the image header is cut short")?;
    let size = (read_side(source)?, read_side(source)?);
    if header.len < 10 {
        return Err(source.broken("the image header is cut short"));
    }
    check_size(size.0, size.1, tally.limits)?;
    tally.alpha = flags & FLAG_ALPHA != 0;
    let end = source.position() + source.remaining();
    header.leave(source, end)?;
    let mut has_still = false;
    while source.remaining() >= CHUNK_HEAD_LEN {
        let chunk = Chunk::read(source, CUT)?;
        match &chunk.kind {
            b"ANMF" => frame(source, &chunk, size, tally)?,
            b"VP8 " | b"VP8L" => {
                if bitstream(source, &chunk, tally)? != size {
                    return Err(source.broken("the image does not fit its canvas"));
                }
                has_still = true;
            }
            b"ICCP" => tally.add_profile(chunk.len)?,
            b"EXIF" => tally.read_exif(source, chunk.len)?,
            _ => {}
        }
        chunk.leave(source, end)?;
    }
    let has_image = if flags & FLAG_ANIMATION == 0 {
        has_still
    } else {
        tally.frames > 0
    };
    if has_image {
        Ok(size)
    } else {
        Err(source.broken("it has no image data"))
    }
}

/// Reads `ANMF`: a frame on the canvas, whose image has the size that the frame declares.
fn frame<R: Read + Seek>(
    source: &mut Source<R>,
    chunk: &Chunk,
    canvas: (u32, u32),
    tally: &mut Tally<'_>,
) -> Result<(), Refusal> {
    tally.add_frame(area(canvas.0, canvas.1))?;
    if chunk.len < FRAME_HEAD_LEN {
        return Err(source.broken("a frame header is cut short"));
    }
    let (left, top) = (
        read_24(source)?.saturating_mul(2),
        read_24(source)?.saturating_mul(2),
    );
    let size = (read_side(source)?, read_side(source)?);
    if left.saturating_add(size.0) > canvas.0 || top.saturating_add(size.1) > canvas.1 {
        return Err(source.broken("a frame does not lie on the canvas"));
    }
    source.skip(4, CUT)?;
    let mut has_image = false;
    while chunk.end.saturating_sub(source.position()) >= CHUNK_HEAD_LEN {
        let part = Chunk::read(source, CUT)?;
        if part.end > chunk.end {
            return Err(source.broken("a chunk is longer than what holds it"));
        }
        if matches!(&part.kind, b"VP8 " | b"VP8L") {
            if bitstream(source, &part, tally)? != size {
                return Err(source.broken("a frame does not have the size that it declares"));
            }
            has_image = true;
        }
        part.leave(source, chunk.end)?;
    }
    if has_image {
        Ok(())
    } else {
        Err(source.broken("a frame has no image data"))
    }
}

/// Reads the size from the head of a lossy (RFC 6386 section 9.1) or lossless image.
fn bitstream<R: Read + Seek>(
    source: &mut Source<R>,
    chunk: &Chunk,
    tally: &mut Tally<'_>,
) -> Result<(u32, u32), Refusal> {
    const SHORT: &str = "the image data is cut short";
    const DAMAGED: &str = "the image data does not start as it must";
    let lossless = &chunk.kind == b"VP8L";
    if chunk.len < if lossless { 5 } else { 10 } {
        return Err(source.broken(SHORT));
    }
    let size = if lossless {
        let signature = source.byte(SHORT)?;
        let bits = u32::from_le_bytes(source.bytes(SHORT)?);
        if signature != 0x2F || bits >> 29 != 0 {
            return Err(source.broken(DAMAGED));
        }
        tally.alpha |= bits >> 28 & 1 == 1;
        ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    } else {
        let [tag, _, _, s0, s1, s2, w0, w1, h0, h1] = source.bytes(SHORT)?;
        // The low bit is clear in a key frame, the only kind that a still image can be.
        if tag & 1 != 0 || [s0, s1, s2] != [0x9D, 0x01, 0x2A] {
            return Err(source.broken(DAMAGED));
        }
        let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
        (side(w0, w1), side(h0, h1))
    };
    if size.0 == 0 || size.1 == 0 {
        return Err(source.broken("its width or height is zero"));
    }
    Ok(size)
}

/// A side that is stored less one, in 24 bits.
fn read_side<R: Read + Seek>(source: &mut Source<R>) -> Result<u32, Refusal> {
    Ok(read_24(source)?.saturating_add(1))
}

fn read_24<R: Read + Seek>(source: &mut Source<R>) -> Result<u32, Refusal> {
    let [b0, b1, b2] = source.bytes(CUT)?;
    Ok(u32::from_le_bytes([b0, b1, b2, 0]))
}
