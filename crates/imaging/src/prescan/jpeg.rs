//! Walks the markers of a JPEG (ITU-T T.81 annex B).

use super::{Reader, ScanState, check_count, check_size};
use crate::{ImageInfo, Limits, PrescanError, exif};
use std::io::{Read, Seek};

const TRUNCATED: &str = "the data ends before the end marker";
const ICC_PREFIX: &[u8] = b"ICC_PROFILE\0";
/// The prefix of a profile, the number of the segment and the number of segments.
const ICC_HEAD_LEN: u64 = 14;

/// Walks to the end marker. Ignores bytes after it, such as motion photos and previews.
pub(super) fn scan<R: Read + Seek>(
    reader: &mut Reader<R>,
    limits: &Limits,
) -> Result<ImageInfo, PrescanError> {
    reader.skip(2, TRUNCATED)?;
    let mut state = ScanState::new(limits);
    let mut size = None;
    let mut scans = 0_u32;
    loop {
        let marker = next_marker(reader)?;
        reader.count_block()?;
        match marker {
            0xD9 => break,
            // TEM has no payload.
            0x01 => {}
            0xC0..=0xC2 if size.is_none() => size = Some(scan_frame_header(reader, marker, limits)?),
            0xC0..=0xC2 => return Err(reader.malformed("there is a second frame header")),
            0xC3 => {
                return Err(PrescanError::Unsupported(
                    "the JPEG uses lossless coding, which is not supported",
                ));
            }
            0xC5..=0xC7 | 0xDE | 0xDF => {
                return Err(PrescanError::Unsupported(
                    "the JPEG uses hierarchical coding, which is not supported",
                ));
            }
            0xC9..=0xCB | 0xCD..=0xCF => {
                return Err(PrescanError::Unsupported(
                    "the JPEG uses arithmetic coding, which is not supported",
                ));
            }
            0xDA => {
                if size.is_none() {
                    return Err(reader.malformed("there is a scan before the frame header"));
                }
                scans = scans.saturating_add(1);
                check_count("scans", u64::from(scans), u64::from(limits.max_jpeg_scans))?;
                skip_segment(reader)?;
            }
            0xE1 => scan_exif(reader, &mut state)?,
            0xE2 => scan_profile(reader, &mut state)?,
            // Tables, restart interval, number of lines, the other application segments and comments.
            0xC4 | 0xCC | 0xDB..=0xDD | 0xE0 | 0xE3..=0xEF | 0xFE => skip_segment(reader)?,
            _ => return Err(reader.malformed("there is an unknown marker")),
        }
    }
    let size = size.ok_or_else(|| reader.malformed("the frame header is missing"))?;
    if scans == 0 {
        return Err(reader.malformed("the image data is missing"));
    }
    Ok(state.into_info(reader.media_type(), size))
}

/// Reads the frame header (B.2.2) and returns width and height.
fn scan_frame_header<R: Read + Seek>(
    reader: &mut Reader<R>,
    marker: u8,
    limits: &Limits,
) -> Result<(u32, u32), PrescanError> {
    let len = read_segment_len(reader)?;
    let [precision, h1, h0, w1, w0, components] = reader.read_array("the frame header is incomplete")?;
    let (width, height) = (
        u16::from_be_bytes([w1, w0]).into(),
        u16::from_be_bytes([h1, h0]).into(),
    );
    let precision_known = precision == 8 || (precision == 12 && marker != 0xC0);
    if !precision_known || !(1..=4).contains(&components) || len != 6 + 3 * u64::from(components) {
        return Err(reader.malformed("the frame header is invalid"));
    }
    for _ in 0..components {
        let [_, sampling, _] = reader.read_array("the frame header is incomplete")?;
        if !(1..=4).contains(&(sampling >> 4)) || !(1..=4).contains(&(sampling & 15)) {
            return Err(reader.malformed("the sampling factors are invalid"));
        }
    }
    if width == 0 || height == 0 {
        return Err(reader.malformed("the width or height is zero"));
    }
    check_size(width, height, limits)?;
    Ok((width, height))
}

fn scan_exif<R: Read + Seek>(reader: &mut Reader<R>, state: &mut ScanState<'_>) -> Result<(), PrescanError> {
    let len = read_segment_len(reader)?;
    let (len, is_exif) = read_prefix(reader, len, exif::PREFIX)?;
    if is_exif {
        state.read_exif(reader, len)
    } else {
        reader.skip(len, TRUNCATED)
    }
}

fn scan_profile<R: Read + Seek>(
    reader: &mut Reader<R>,
    state: &mut ScanState<'_>,
) -> Result<(), PrescanError> {
    let len = read_segment_len(reader)?;
    let (rest, is_profile) = read_prefix(reader, len, ICC_PREFIX)?;
    if is_profile {
        state.add_profile(len.saturating_sub(ICC_HEAD_LEN))?;
    }
    reader.skip(rest, TRUNCATED)
}

/// Reads as many bytes as `prefix` has. Returns how many of `len` bytes remain, and whether the bytes equal the prefix.
fn read_prefix<R: Read + Seek>(
    reader: &mut Reader<R>,
    len: u64,
    prefix: &[u8],
) -> Result<(u64, bool), PrescanError> {
    let head = len.min(u64::try_from(prefix.len()).unwrap_or(u64::MAX));
    let found = reader.read_block(head, TRUNCATED)?;
    Ok((len.saturating_sub(head), found == prefix))
}

fn skip_segment<R: Read + Seek>(reader: &mut Reader<R>) -> Result<(), PrescanError> {
    let len = read_segment_len(reader)?;
    reader.skip(len, TRUNCATED)
}

/// Reads the length field of a segment. Returns the number of bytes after it.
fn read_segment_len<R: Read + Seek>(reader: &mut Reader<R>) -> Result<u64, PrescanError> {
    let len = u64::from(u16::from_be_bytes(reader.read_array(TRUNCATED)?));
    len.checked_sub(2)
        .ok_or_else(|| reader.malformed("a segment has an invalid length"))
}

/// Consumes all bytes up to the next marker that is not a restart marker, and returns its code.
///
/// Used in entropy-coded data and between segments, where decoders skip stray bytes too.
fn next_marker<R: Read + Seek>(reader: &mut Reader<R>) -> Result<u8, PrescanError> {
    let mut after_ff = false;
    loop {
        let chunk = reader.peek()?;
        let len = chunk.len();
        let Some(&first) = chunk.first() else {
            return Err(reader.malformed(TRUNCATED));
        };
        if after_ff && is_marker(first) {
            reader.consume(1);
            return Ok(first);
        }
        if let Some((at, code)) = find_marker(chunk) {
            reader.consume(at + 2);
            return Ok(code);
        }
        after_ff = chunk.last() == Some(&0xFF);
        reader.consume(len);
    }
}

/// Whether a byte after 0xFF is a marker code: not a stuffed zero, a restart marker or a fill byte (B.1.1).
const fn is_marker(code: u8) -> bool {
    !matches!(code, 0 | 0xD0..=0xD7 | 0xFF)
}

/// Finds the first marker in `chunk`. Returns the position of its 0xFF, and its code.
///
/// Tests eight positions at once without data-dependent branches, so that a file of stuffed bytes is not slower.
fn find_marker(chunk: &[u8]) -> Option<(usize, u8)> {
    let (words, _) = chunk.as_chunks::<8>();
    let (nexts, _) = chunk.get(1..)?.as_chunks::<8>();
    for (index, (word, next)) in words.iter().zip(nexts).enumerate() {
        let hits = marker_bits(u64::from_le_bytes(*word), u64::from_le_bytes(*next));
        if hits != 0 {
            let at = index * 8 + usize::try_from(hits.trailing_zeros() / 8).ok()?;
            return Some((at, *chunk.get(at + 1)?));
        }
    }
    let searched = words.len().min(nexts.len()) * 8;
    let mut tail = chunk.get(searched..)?.windows(2).enumerate();
    tail.find_map(|(index, pair)| match pair {
        [0xFF, code] if is_marker(*code) => Some((searched + index, *code)),
        _ => None,
    })
}

/// Sets the top bit of each byte of `word` that is 0xFF and has a marker code at the same position of `next`.
const fn marker_bits(word: u64, next: u64) -> u64 {
    const EVERY_F8: u64 = 0xF8F8_F8F8_F8F8_F8F8;
    const EVERY_D0: u64 = 0xD0D0_D0D0_D0D0_D0D0;
    let no_marker = zero_bytes(next) | zero_bytes((next & EVERY_F8) ^ EVERY_D0) | zero_bytes(!next);
    zero_bytes(!word) & !no_marker
}

/// Sets the top bit of each byte that is zero. No carry leaves a byte.
const fn zero_bytes(word: u64) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    !(((word & LOW) + LOW) | word | LOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_classified_at_every_position() {
        for len in 2..40 {
            for at in 0..len - 1 {
                for code in 0..=255_u8 {
                    let mut chunk = vec![0x55; len];
                    chunk[at] = 0xFF;
                    chunk[at + 1] = code;
                    let expected = is_marker(code).then_some((at, code));
                    // A fill byte at the second position forms a pair with the next byte.
                    let expected = if code == 0xFF && at + 2 < len {
                        Some((at + 1, 0x55))
                    } else {
                        expected
                    };
                    assert_eq!(find_marker(&chunk), expected, "{code:02X} at {at} of {len}");
                }
            }
        }
    }

    #[test]
    fn chunk_shorter_than_a_marker_has_none() {
        assert_eq!(find_marker(&[]), None);
        assert_eq!(find_marker(&[0xFF]), None);
    }
}
