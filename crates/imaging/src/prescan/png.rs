//! Walks the chunks of a PNG or APNG (W3C PNG, third edition).

use super::{Reader, ScanState, area, check_count, check_size};
use crate::{ImageInfo, Limits, PrescanError};
use std::io::{Read, Seek};

const TRUNCATED: &str = "the data ends inside a chunk";
const SIGNATURE_LEN: u64 = 8;
const CRC_LEN: u64 = 4;
/// The maximum length of the keyword of a text or the name of a profile, with its terminator.
const KEYWORD_LEN: u64 = 80;
/// 256 colors of three bytes.
const MAX_PALETTE: u64 = 768;
/// The maximum of a PNG four-byte integer.
const MAX_INT: u32 = i32::MAX.cast_unsigned();

/// Walks to `IEND`. Ignores bytes after it.
pub(super) fn scan<R: Read + Seek>(
    reader: &mut Reader<R>,
    limits: &Limits,
) -> Result<ImageInfo, PrescanError> {
    reader.skip(SIGNATURE_LEN, TRUNCATED)?;
    let mut state = ScanState::new(limits);
    let (len, kind) = read_chunk_header(reader)?;
    if (len, &kind) != (13, b"IHDR") {
        return Err(reader.malformed("the header is missing"));
    }
    let size = read_header(reader, &mut state)?;
    let canvas = area(size.0, size.1);
    let (mut image_bytes, mut text_bytes, mut declared) = (0_u64, 0_u64, 0);
    loop {
        reader.skip(CRC_LEN, TRUNCATED)?;
        let (len, kind) = read_chunk_header(reader)?;
        match &kind {
            b"IEND" => break,
            b"IHDR" => return Err(reader.malformed("there is a second header")),
            b"IDAT" => {
                image_bytes = image_bytes.saturating_add(len);
                reader.skip(len, TRUNCATED)?;
            }
            b"acTL" => {
                let frames = read_animation_header(reader, len)?;
                state.check_animation(frames, canvas.saturating_mul(frames.into()))?;
                declared = frames.max(declared);
            }
            b"fcTL" => {
                state.add_frame(canvas)?;
                check_frame_header(reader, len, size)?;
            }
            b"eXIf" => state.read_exif(reader, len)?,
            b"PLTE" => {
                // The decoder splits the palette into triples without checking its length.
                if len == 0 || len > MAX_PALETTE || len % 3 != 0 {
                    return Err(reader.malformed("the palette has an invalid length"));
                }
                reader.skip(len, TRUNCATED)?;
            }
            b"iCCP" => scan_profile(reader, len, &mut state)?,
            b"zTXt" => text_bytes = add_compressed_text(reader, len, len, text_bytes, limits)?,
            b"iTXt" => {
                let (compressed, rest) = read_itxt_header(reader, len)?;
                text_bytes = add_compressed_text(reader, compressed, rest, text_bytes, limits)?;
            }
            b"tRNS" => {
                state.has_alpha = true;
                reader.skip(len, TRUNCATED)?;
            }
            _ => reader.skip(len, TRUNCATED)?,
        }
    }
    if image_bytes == 0 {
        return Err(reader.malformed("the image data is missing"));
    }
    state.frames = state.frames.max(declared);
    Ok(state.into_info(reader.media_type(), size))
}

/// Reads the length and the type of a chunk. Checks that its payload and checksum fit into the file.
fn read_chunk_header<R: Read + Seek>(reader: &mut Reader<R>) -> Result<(u64, [u8; 4]), PrescanError> {
    const NO_END: &str = "the data ends before the end chunk";
    reader.count_block()?;
    let len = u32::from_be_bytes(reader.read_array(NO_END)?);
    let kind = reader.read_array::<4>(NO_END)?;
    if !kind.iter().all(u8::is_ascii_alphabetic) {
        return Err(reader.malformed("a chunk has an invalid type"));
    }
    if len > MAX_INT || u64::from(len) + CRC_LEN > reader.remaining() {
        return Err(reader.malformed("a chunk is longer than the file"));
    }
    Ok((len.into(), kind))
}

/// Reads `IHDR` and returns width and height.
fn read_header<R: Read + Seek>(
    reader: &mut Reader<R>,
    state: &mut ScanState<'_>,
) -> Result<(u32, u32), PrescanError> {
    let width = u32::from_be_bytes(reader.read_array(TRUNCATED)?);
    let height = u32::from_be_bytes(reader.read_array(TRUNCATED)?);
    if width == 0 || height == 0 {
        return Err(reader.malformed("the width or height is zero"));
    }
    if width > MAX_INT || height > MAX_INT {
        return Err(reader.malformed("the width or height is invalid"));
    }
    let [depth, color, compression, filter, interlace] = reader.read_array(TRUNCATED)?;
    let depth_is_valid = match color {
        0 => matches!(depth, 1 | 2 | 4 | 8 | 16),
        3 => matches!(depth, 1 | 2 | 4 | 8),
        2 | 4 | 6 => matches!(depth, 8 | 16),
        _ => false,
    };
    if !depth_is_valid || compression != 0 || filter != 0 || interlace > 1 {
        return Err(reader.malformed("the header is invalid"));
    }
    state.has_alpha = matches!(color, 4 | 6);
    check_size(width, height, state.limits)?;
    Ok((width, height))
}

/// Reads `acTL` and returns the declared number of frames.
fn read_animation_header<R: Read + Seek>(reader: &mut Reader<R>, len: u64) -> Result<u32, PrescanError> {
    if len != 8 {
        return Err(reader.malformed("the animation header has an invalid length"));
    }
    let frames = u32::from_be_bytes(reader.read_array(TRUNCATED)?);
    reader.skip(4, TRUNCATED)?;
    Ok(frames)
}

/// Checks `fcTL`: the frame must lie within the canvas.
fn check_frame_header<R: Read + Seek>(
    reader: &mut Reader<R>,
    len: u64,
    canvas: (u32, u32),
) -> Result<(), PrescanError> {
    if len != 26 {
        return Err(reader.malformed("a frame header has an invalid length"));
    }
    reader.skip(4, TRUNCATED)?;
    let width = u32::from_be_bytes(reader.read_array(TRUNCATED)?);
    let height = u32::from_be_bytes(reader.read_array(TRUNCATED)?);
    let left = u32::from_be_bytes(reader.read_array(TRUNCATED)?);
    let top = u32::from_be_bytes(reader.read_array(TRUNCATED)?);
    let fits =
        |start: u32, side: u32, whole| side > 0 && start.checked_add(side).is_some_and(|end| end <= whole);
    if !fits(left, width, canvas.0) || !fits(top, height, canvas.1) {
        return Err(reader.malformed("a frame exceeds the canvas"));
    }
    reader.skip(6, TRUNCATED)
}

/// Limits `iCCP` by its compressed size, because its real size is only known after inflating it.
fn scan_profile<R: Read + Seek>(
    reader: &mut Reader<R>,
    len: u64,
    state: &mut ScanState<'_>,
) -> Result<(), PrescanError> {
    state.profile_bytes = state.profile_bytes.saturating_add(len);
    let limit = state.limits.max_compressed_icc_bytes.saturating_add(KEYWORD_LEN);
    check_count("bytes of compressed color profile", state.profile_bytes, limit)?;
    reader.skip(len, TRUNCATED)
}

/// Adds `compressed` to the sum of compressed texts, skips the `rest` of the chunk, and returns the sum.
fn add_compressed_text<R: Read + Seek>(
    reader: &mut Reader<R>,
    compressed: u64,
    rest: u64,
    sum: u64,
    limits: &Limits,
) -> Result<u64, PrescanError> {
    let sum = sum.saturating_add(compressed);
    check_count("bytes of compressed text", sum, limits.max_compressed_text_bytes)?;
    reader.skip(rest, TRUNCATED)?;
    Ok(sum)
}

/// Reads the keyword and the compression flag of `iTXt`. Returns how many bytes count as compressed, and how many remain.
fn read_itxt_header<R: Read + Seek>(reader: &mut Reader<R>, len: u64) -> Result<(u64, u64), PrescanError> {
    let head = reader.read_block(len.min(KEYWORD_LEN + 1), TRUNCATED)?;
    let flag = head
        .iter()
        .position(|&byte| byte == 0)
        .and_then(|end| head.get(end + 1));
    // Without a terminated keyword the text counts as compressed: a lenient decoder might find the flag elsewhere.
    let compressed = if flag == Some(&0) { 0 } else { len };
    Ok((compressed, len.saturating_sub(len.min(KEYWORD_LEN + 1))))
}
