//! Walks the chunks of a PNG or APNG (W3C PNG, third edition).

use super::{Source, Tally, area, check_count, check_size};
use crate::{Facts, Limits, Refusal};
use std::io::{Read, Seek};

const CUT: &str = "it ends inside a chunk";
const SIGNATURE_LEN: u64 = 8;
const CRC_LEN: u64 = 4;
/// The keyword of a text and the name of a profile, at most 79 bytes, with their terminator.
const KEYWORD_LEN: u64 = 80;
/// 256 colors of three bytes.
const MAX_PALETTE: u64 = 768;
/// Lengths and sizes are PNG four-byte integers, which keep the top bit free.
const MAX_INT: u32 = i32::MAX.cast_unsigned();

/// Walks to `IEND`; what follows it is not looked at.
pub(super) fn walk<R: Read + Seek>(source: &mut Source<R>, limits: &Limits) -> Result<Facts, Refusal> {
    source.skip(SIGNATURE_LEN, CUT)?;
    let mut tally = Tally::new(limits);
    let (len, kind) = chunk_head(source)?;
    if (len, &kind) != (13, b"IHDR") {
        return Err(source.broken("it does not start with its header"));
    }
    let size = header(source, &mut tally)?;
    let canvas = area(size.0, size.1);
    let (mut image_bytes, mut text_bytes, mut declared) = (0_u64, 0_u64, 0);
    loop {
        source.skip(CRC_LEN, CUT)?;
        let (len, kind) = chunk_head(source)?;
        match &kind {
            b"IEND" => break,
            b"IHDR" => return Err(source.broken("it has a second header")),
            b"IDAT" => {
                image_bytes = image_bytes.saturating_add(len);
                source.skip(len, CUT)?;
            }
            b"acTL" => {
                let frames = animation(source, len)?;
                tally.check_animation(frames, canvas.saturating_mul(frames.into()))?;
                declared = frames.max(declared);
            }
            b"fcTL" => {
                tally.add_frame(canvas)?;
                frame(source, len, size)?;
            }
            b"eXIf" => tally.read_exif(source, len)?,
            b"PLTE" => {
                // The decoder takes the pieces apart in threes without counting them first.
                if len == 0 || len > MAX_PALETTE || len % 3 != 0 {
                    return Err(source.broken("its palette has an impossible length"));
                }
                source.skip(len, CUT)?;
            }
            b"iCCP" => profile(source, len, &mut tally)?,
            b"zTXt" => text_bytes = compressed_text(source, len, len, text_bytes, limits)?,
            b"iTXt" => {
                let (compressed, rest) = international_text(source, len)?;
                text_bytes = compressed_text(source, compressed, rest, text_bytes, limits)?;
            }
            b"tRNS" => {
                tally.alpha = true;
                source.skip(len, CUT)?;
            }
            _ => source.skip(len, CUT)?,
        }
    }
    if image_bytes == 0 {
        return Err(source.broken("it has no image data"));
    }
    tally.frames = tally.frames.max(declared);
    Ok(tally.into_facts(source.media_type(), size))
}

/// Reads length and type of a chunk and makes sure that its payload and checksum fit into the file.
fn chunk_head<R: Read + Seek>(source: &mut Source<R>) -> Result<(u64, [u8; 4]), Refusal> {
    const NO_END: &str = "it ends before its end chunk";
    source.count_part()?;
    let len = u32::from_be_bytes(source.bytes(NO_END)?);
    let kind = source.bytes::<4>(NO_END)?;
    if !kind.iter().all(u8::is_ascii_alphabetic) {
        return Err(source.broken("a chunk has an impossible type"));
    }
    if len > MAX_INT || u64::from(len) + CRC_LEN > source.remaining() {
        return Err(source.broken("a chunk is longer than the file"));
    }
    Ok((len.into(), kind))
}

/// Reads `IHDR` and returns width and height.
fn header<R: Read + Seek>(source: &mut Source<R>, tally: &mut Tally<'_>) -> Result<(u32, u32), Refusal> {
    let width = u32::from_be_bytes(source.bytes(CUT)?);
    let height = u32::from_be_bytes(source.bytes(CUT)?);
    if width == 0 || height == 0 {
        return Err(source.broken("its width or height is zero"));
    }
    if width > MAX_INT || height > MAX_INT {
        return Err(source.broken("its width or height is impossible"));
    }
    let [depth, color, compression, filter, interlace] = source.bytes(CUT)?;
    let depth_fits = match color {
        0 => matches!(depth, 1 | 2 | 4 | 8 | 16),
        3 => matches!(depth, 1 | 2 | 4 | 8),
        2 | 4 | 6 => matches!(depth, 8 | 16),
        _ => false,
    };
    if !depth_fits || compression != 0 || filter != 0 || interlace > 1 {
        return Err(source.broken("its header is impossible"));
    }
    tally.alpha = matches!(color, 4 | 6);
    check_size(width, height, tally.limits)?;
    Ok((width, height))
}

/// Reads `acTL` and returns the declared number of frames.
fn animation<R: Read + Seek>(source: &mut Source<R>, len: u64) -> Result<u32, Refusal> {
    if len != 8 {
        return Err(source.broken("the animation header has an impossible length"));
    }
    let frames = u32::from_be_bytes(source.bytes(CUT)?);
    source.skip(4, CUT)?;
    Ok(frames)
}

/// Reads `fcTL`, whose frame must lie on the canvas.
fn frame<R: Read + Seek>(source: &mut Source<R>, len: u64, canvas: (u32, u32)) -> Result<(), Refusal> {
    if len != 26 {
        return Err(source.broken("a frame header has an impossible length"));
    }
    source.skip(4, CUT)?;
    let width = u32::from_be_bytes(source.bytes(CUT)?);
    let height = u32::from_be_bytes(source.bytes(CUT)?);
    let left = u32::from_be_bytes(source.bytes(CUT)?);
    let top = u32::from_be_bytes(source.bytes(CUT)?);
    let fits =
        |start: u32, side: u32, whole| side > 0 && start.checked_add(side).is_some_and(|end| end <= whole);
    if !fits(left, width, canvas.0) || !fits(top, height, canvas.1) {
        return Err(source.broken("a frame does not lie on the canvas"));
    }
    source.skip(6, CUT)
}

/// Bounds `iCCP` by its compressed size, because only inflating would tell the real one.
fn profile<R: Read + Seek>(source: &mut Source<R>, len: u64, tally: &mut Tally<'_>) -> Result<(), Refusal> {
    tally.profile = tally.profile.saturating_add(len);
    let permitted = tally.limits.max_compressed_icc_bytes.saturating_add(KEYWORD_LEN);
    check_count("bytes of compressed color profile", tally.profile, permitted)?;
    source.skip(len, CUT)
}

/// Adds `compressed` to the sum of compressed texts, jumps over the `rest` of the chunk, and returns the sum.
fn compressed_text<R: Read + Seek>(
    source: &mut Source<R>,
    compressed: u64,
    rest: u64,
    sum: u64,
    limits: &Limits,
) -> Result<u64, Refusal> {
    let sum = sum.saturating_add(compressed);
    check_count("bytes of compressed text", sum, limits.max_compressed_text_bytes)?;
    source.skip(rest, CUT)?;
    Ok(sum)
}

/// Reads the keyword and compression flag of `iTXt`: how many bytes count as compressed, and how many are left.
fn international_text<R: Read + Seek>(source: &mut Source<R>, len: u64) -> Result<(u64, u64), Refusal> {
    let head = source.block(len.min(KEYWORD_LEN + 1), CUT)?;
    let flag = head
        .iter()
        .position(|&byte| byte == 0)
        .and_then(|end| head.get(end + 1));
    // A keyword without an end is taken as compressed: a lenient reader might find the flag elsewhere.
    let compressed = if flag == Some(&0) { 0 } else { len };
    Ok((compressed, len.saturating_sub(len.min(KEYWORD_LEN + 1))))
}
