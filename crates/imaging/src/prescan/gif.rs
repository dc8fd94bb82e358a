//! Walks the blocks of a GIF (`GIF89a` specification).

use super::{Reader, ScanState, area, check_size};
use crate::{ImageInfo, Limits, PrescanError};
use std::io::{Read, Seek};

const TRUNCATED: &str = "the data ends inside a block";
const SIGNATURE_LEN: u64 = 6;

/// Walks to the trailer, or to the end of a file without one. Ignores bytes after the trailer.
pub(super) fn scan<R: Read + Seek>(
    reader: &mut Reader<R>,
    limits: &Limits,
) -> Result<ImageInfo, PrescanError> {
    reader.skip(SIGNATURE_LEN, TRUNCATED)?;
    let mut state = ScanState::new(limits);
    let size = read_point(reader)?;
    if size.0 == 0 || size.1 == 0 {
        return Err(reader.malformed("the width or height is zero"));
    }
    check_size(size.0, size.1, limits)?;
    let [flags, _, _] = reader.read_array(TRUNCATED)?;
    skip_color_table(reader, flags)?;
    while reader.remaining() > 0 {
        reader.count_block()?;
        match reader.read_byte(TRUNCATED)? {
            0x3B => break,
            0x2C => scan_frame(reader, &mut state, size)?,
            0x21 => scan_extension(reader, &mut state)?,
            // Some encoders write the terminator of a block twice.
            0x00 => {}
            _ => return Err(reader.malformed("there is an unknown block")),
        }
    }
    if state.frames == 0 {
        return Err(reader.malformed("the image data is missing"));
    }
    Ok(state.into_info(reader.media_type(), size))
}

/// Counts a frame with the area of the canvas, or its own area if that is larger, and skips its pixels.
fn scan_frame<R: Read + Seek>(
    reader: &mut Reader<R>,
    state: &mut ScanState<'_>,
    canvas: (u32, u32),
) -> Result<(), PrescanError> {
    let (left, top) = read_point(reader)?;
    let (width, height) = read_point(reader)?;
    let flags = reader.read_byte(TRUNCATED)?;
    let (right, bottom) = (left.saturating_add(width), top.saturating_add(height));
    check_size(right.max(canvas.0), bottom.max(canvas.1), state.limits)?;
    if state.frames == 0 {
        state.has_alpha |= left > 0 || top > 0 || right < canvas.0 || bottom < canvas.1;
    }
    state.add_frame(area(width, height).max(area(canvas.0, canvas.1)))?;
    skip_color_table(reader, flags)?;
    // The LZW code size, which the decoder checks.
    reader.skip(1, TRUNCATED)?;
    skip_sub_blocks(reader).map(drop)
}

fn scan_extension<R: Read + Seek>(
    reader: &mut Reader<R>,
    state: &mut ScanState<'_>,
) -> Result<(), PrescanError> {
    const GRAPHIC_CONTROL: u8 = 0xF9;
    const APPLICATION: u8 = 0xFF;
    let label = reader.read_byte(TRUNCATED)?;
    let len = reader.read_byte(TRUNCATED)?;
    let head = reader.read_block(len.into(), TRUNCATED)?;
    match label {
        GRAPHIC_CONTROL => state.has_alpha |= head.first().is_some_and(|flags| flags & 1 == 1),
        APPLICATION if head == b"ICCRGBG1012" => {
            let bytes = skip_sub_blocks(reader)?;
            return state.add_profile(bytes);
        }
        _ => {}
    }
    if len == 0 {
        Ok(())
    } else {
        skip_sub_blocks(reader).map(drop)
    }
}

/// Skips sub-blocks and their terminator. Returns the number of bytes they contain.
fn skip_sub_blocks<R: Read + Seek>(reader: &mut Reader<R>) -> Result<u64, PrescanError> {
    let mut bytes = 0_u64;
    loop {
        let len = u64::from(reader.read_byte(TRUNCATED)?);
        if len == 0 {
            return Ok(bytes);
        }
        reader.count_block()?;
        reader.skip(len, TRUNCATED)?;
        bytes = bytes.saturating_add(len);
    }
}

/// Skips the color table that `flags` declare.
fn skip_color_table<R: Read + Seek>(reader: &mut Reader<R>, flags: u8) -> Result<(), PrescanError> {
    if flags & 0x80 == 0 {
        Ok(())
    } else {
        reader.skip(3 << ((flags & 7) + 1), TRUNCATED)
    }
}

/// Reads two 16-bit numbers, x and y.
fn read_point<R: Read + Seek>(reader: &mut Reader<R>) -> Result<(u32, u32), PrescanError> {
    let [x0, x1, y0, y1] = reader.read_array(TRUNCATED)?;
    Ok((
        u16::from_le_bytes([x0, x1]).into(),
        u16::from_le_bytes([y0, y1]).into(),
    ))
}
