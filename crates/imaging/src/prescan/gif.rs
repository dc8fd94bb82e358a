//! Walks the blocks of a GIF (the specification of version 89a).

use super::{Source, Tally, area, check_size};
use crate::{Facts, Limits, Refusal};
use std::io::{Read, Seek};

const CUT: &str = "it ends inside a block";
const SIGNATURE_LEN: u64 = 6;

/// Walks to the trailer, or to the end of a file that lacks it; what follows the trailer is not looked at.
pub(super) fn walk<R: Read + Seek>(source: &mut Source<R>, limits: &Limits) -> Result<Facts, Refusal> {
    source.skip(SIGNATURE_LEN, CUT)?;
    let mut tally = Tally::new(limits);
    let size = read_size(source)?;
    if size.0 == 0 || size.1 == 0 {
        return Err(source.broken("its width or height is zero"));
    }
    check_size(size.0, size.1, limits)?;
    let [flags, _, _] = source.bytes(CUT)?;
    skip_colors(source, flags)?;
    while source.remaining() > 0 {
        source.count_part()?;
        match source.byte(CUT)? {
            0x3B => break,
            0x2C => frame(source, &mut tally, size)?,
            0x21 => extension(source, &mut tally)?,
            // Some writers end a block twice.
            0x00 => {}
            _ => return Err(source.broken("it has a block that GIF does not know")),
        }
    }
    if tally.frames == 0 {
        return Err(source.broken("it has no image data"));
    }
    Ok(tally.into_facts(source.media_type(), size))
}

/// Counts a frame and jumps over its pixels; it costs the canvas, or its own area where that is larger.
fn frame<R: Read + Seek>(
    source: &mut Source<R>,
    tally: &mut Tally<'_>,
    canvas: (u32, u32),
) -> Result<(), Refusal> {
    let (left, top) = read_size(source)?;
    let (width, height) = read_size(source)?;
    let flags = source.byte(CUT)?;
    let (right, bottom) = (left.saturating_add(width), top.saturating_add(height));
    check_size(right.max(canvas.0), bottom.max(canvas.1), tally.limits)?;
    if tally.frames == 0 {
        tally.alpha |= left > 0 || top > 0 || right < canvas.0 || bottom < canvas.1;
    }
    tally.add_frame(area(width, height).max(area(canvas.0, canvas.1)))?;
    skip_colors(source, flags)?;
    // The code size; whether it is possible is for the decoder to say.
    source.skip(1, CUT)?;
    skip_sub_blocks(source).map(drop)
}

fn extension<R: Read + Seek>(source: &mut Source<R>, tally: &mut Tally<'_>) -> Result<(), Refusal> {
    const GRAPHIC_CONTROL: u8 = 0xF9;
    const APPLICATION: u8 = 0xFF;
    let label = source.byte(CUT)?;
    let len = source.byte(CUT)?;
    let head = source.block(len.into(), CUT)?;
    match label {
        GRAPHIC_CONTROL => tally.alpha |= head.first().is_some_and(|flags| flags & 1 == 1),
        APPLICATION if head == b"ICCRGBG1012" => {
            let bytes = skip_sub_blocks(source)?;
            return tally.add_profile(bytes);
        }
        _ => {}
    }
    if len == 0 {
        Ok(())
    } else {
        skip_sub_blocks(source).map(drop)
    }
}

/// Jumps over sub-blocks and their terminator, and returns how many bytes they held.
fn skip_sub_blocks<R: Read + Seek>(source: &mut Source<R>) -> Result<u64, Refusal> {
    let mut bytes = 0_u64;
    loop {
        let len = u64::from(source.byte(CUT)?);
        if len == 0 {
            return Ok(bytes);
        }
        source.count_part()?;
        source.skip(len, CUT)?;
        bytes = bytes.saturating_add(len);
    }
}

/// Jumps over the color table that `flags` announce.
fn skip_colors<R: Read + Seek>(source: &mut Source<R>, flags: u8) -> Result<(), Refusal> {
    if flags & 0x80 == 0 {
        Ok(())
    } else {
        source.skip(3 << ((flags & 7) + 1), CUT)
    }
}

/// Reads two numbers, x before y.
fn read_size<R: Read + Seek>(source: &mut Source<R>) -> Result<(u32, u32), Refusal> {
    let [x0, x1, y0, y1] = source.bytes(CUT)?;
    Ok((
        u16::from_le_bytes([x0, x1]).into(),
        u16::from_le_bytes([y0, y1]).into(),
    ))
}
