//! Walks the chunks of a WebP (RFC 9649).

use super::{Reader, ScanState, area, check_size};
use crate::{ImageInfo, Limits, PrescanError};
use std::io::{Read, Seek};

const TRUNCATED: &str = "the data ends inside a chunk";
const NO_HEADER: &str = "the image header is missing";
const CHUNK_HEAD_LEN: u64 = 8;
/// The frame header before the chunks of the frame.
const FRAME_HEAD_LEN: u64 = 16;
const FLAG_ANIMATION: u8 = 0x02;
const FLAG_ALPHA: u8 = 0x10;

/// Walks to the end that the RIFF header declares. Ignores bytes after it.
pub(super) fn scan<R: Read + Seek>(
    reader: &mut Reader<R>,
    limits: &Limits,
) -> Result<ImageInfo, PrescanError> {
    reader.skip(4, TRUNCATED)?;
    let len = u64::from(u32::from_le_bytes(reader.read_array(TRUNCATED)?));
    if len > reader.remaining() {
        return Err(reader.malformed("the file is shorter than its header declares"));
    }
    reader.limit_end(reader.position() + len);
    reader.skip(4, TRUNCATED)?;
    let mut state = ScanState::new(limits);
    let chunk = Chunk::read(reader, NO_HEADER)?;
    let size = match &chunk.kind {
        b"VP8X" => scan_extended(reader, &chunk, &mut state)?,
        b"VP8 " | b"VP8L" => {
            let size = read_bitstream_size(reader, &chunk, &mut state)?;
            check_size(size.0, size.1, limits)?;
            size
        }
        _ => return Err(reader.malformed(NO_HEADER)),
    };
    Ok(state.into_info(reader.media_type(), size))
}

/// The header of a chunk whose payload fits into its parent.
struct Chunk {
    kind: [u8; 4],
    /// Length of the payload in bytes.
    len: u64,
    /// The end of the payload, in bytes from the start of the file.
    end: u64,
}

impl Chunk {
    fn read<R: Read + Seek>(reader: &mut Reader<R>, truncated: &'static str) -> Result<Self, PrescanError> {
        reader.count_block()?;
        let kind = reader.read_array(truncated)?;
        let len = u64::from(u32::from_le_bytes(reader.read_array(truncated)?));
        if len > reader.remaining() {
            return Err(reader.malformed("a chunk exceeds its parent"));
        }
        Ok(Self {
            kind,
            len,
            end: reader.position() + len,
        })
    }

    /// Skips to the next chunk before `parent_end`. An odd payload is padded, but some encoders omit the last padding.
    fn skip_to_end<R: Read + Seek>(
        &self,
        reader: &mut Reader<R>,
        parent_end: u64,
    ) -> Result<(), PrescanError> {
        reader.skip(self.end.saturating_sub(reader.position()), TRUNCATED)?;
        reader.skip(
            (self.len & 1).min(parent_end.saturating_sub(reader.position())),
            TRUNCATED,
        )
    }
}

/// Reads `VP8X` and the chunks after it, and returns the size of the canvas.
fn scan_extended<R: Read + Seek>(
    reader: &mut Reader<R>,
    header: &Chunk,
    state: &mut ScanState<'_>,
) -> Result<(u32, u32), PrescanError> {
    let [flags, _, _, _] = reader.read_array("the image header is incomplete")?;
    let size = (read_side(reader)?, read_side(reader)?);
    if header.len < 10 {
        return Err(reader.malformed("the image header is incomplete"));
    }
    check_size(size.0, size.1, state.limits)?;
    state.has_alpha = flags & FLAG_ALPHA != 0;
    let end = reader.position() + reader.remaining();
    header.skip_to_end(reader, end)?;
    let mut has_still = false;
    while reader.remaining() >= CHUNK_HEAD_LEN {
        let chunk = Chunk::read(reader, TRUNCATED)?;
        match &chunk.kind {
            b"ANMF" => scan_frame(reader, &chunk, size, state)?,
            b"VP8 " | b"VP8L" => {
                if read_bitstream_size(reader, &chunk, state)? != size {
                    return Err(reader.malformed("the image and the canvas have different sizes"));
                }
                has_still = true;
            }
            b"ICCP" => state.add_profile(chunk.len)?,
            b"EXIF" => state.read_exif(reader, chunk.len)?,
            _ => {}
        }
        chunk.skip_to_end(reader, end)?;
    }
    let has_image = if flags & FLAG_ANIMATION == 0 {
        has_still
    } else {
        state.frames > 0
    };
    if has_image {
        Ok(size)
    } else {
        Err(reader.malformed("the image data is missing"))
    }
}

/// Reads `ANMF`: the frame must lie within the canvas, and its image must have the declared size.
fn scan_frame<R: Read + Seek>(
    reader: &mut Reader<R>,
    chunk: &Chunk,
    canvas: (u32, u32),
    state: &mut ScanState<'_>,
) -> Result<(), PrescanError> {
    state.add_frame(area(canvas.0, canvas.1))?;
    if chunk.len < FRAME_HEAD_LEN {
        return Err(reader.malformed("a frame header is incomplete"));
    }
    let (left, top) = (
        read_24(reader)?.saturating_mul(2),
        read_24(reader)?.saturating_mul(2),
    );
    let size = (read_side(reader)?, read_side(reader)?);
    if left.saturating_add(size.0) > canvas.0 || top.saturating_add(size.1) > canvas.1 {
        return Err(reader.malformed("a frame exceeds the canvas"));
    }
    reader.skip(4, TRUNCATED)?;
    let mut has_image = false;
    while chunk.end.saturating_sub(reader.position()) >= CHUNK_HEAD_LEN {
        let part = Chunk::read(reader, TRUNCATED)?;
        if part.end > chunk.end {
            return Err(reader.malformed("a chunk exceeds its parent"));
        }
        if matches!(&part.kind, b"VP8 " | b"VP8L") {
            if read_bitstream_size(reader, &part, state)? != size {
                return Err(reader.malformed("a frame and its image have different sizes"));
            }
            has_image = true;
        }
        part.skip_to_end(reader, chunk.end)?;
    }
    if has_image {
        Ok(())
    } else {
        Err(reader.malformed("a frame has no image data"))
    }
}

/// Reads the size from the header of a lossy (RFC 6386 section 9.1) or lossless bitstream.
fn read_bitstream_size<R: Read + Seek>(
    reader: &mut Reader<R>,
    chunk: &Chunk,
    state: &mut ScanState<'_>,
) -> Result<(u32, u32), PrescanError> {
    const SHORT: &str = "the image data is incomplete";
    const INVALID: &str = "the image data has an invalid header";
    let lossless = &chunk.kind == b"VP8L";
    if chunk.len < if lossless { 5 } else { 10 } {
        return Err(reader.malformed(SHORT));
    }
    let size = if lossless {
        let signature = reader.read_byte(SHORT)?;
        let bits = u32::from_le_bytes(reader.read_array(SHORT)?);
        if signature != 0x2F || bits >> 29 != 0 {
            return Err(reader.malformed(INVALID));
        }
        state.has_alpha |= bits >> 28 & 1 == 1;
        ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    } else {
        let [tag, _, _, s0, s1, s2, w0, w1, h0, h1] = reader.read_array(SHORT)?;
        // The low bit is clear in a key frame, which the first frame must be.
        if tag & 1 != 0 || [s0, s1, s2] != [0x9D, 0x01, 0x2A] {
            return Err(reader.malformed(INVALID));
        }
        let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
        (side(w0, w1), side(h0, h1))
    };
    if size.0 == 0 || size.1 == 0 {
        return Err(reader.malformed("the width or height is zero"));
    }
    Ok(size)
}

/// Reads a side that is stored minus one, in 24 bits.
fn read_side<R: Read + Seek>(reader: &mut Reader<R>) -> Result<u32, PrescanError> {
    Ok(read_24(reader)?.saturating_add(1))
}

fn read_24<R: Read + Seek>(reader: &mut Reader<R>) -> Result<u32, PrescanError> {
    let [b0, b1, b2] = reader.read_array(TRUNCATED)?;
    Ok(u32::from_le_bytes([b0, b1, b2, 0]))
}
