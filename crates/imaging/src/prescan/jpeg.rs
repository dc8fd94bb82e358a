//! Walks the markers of a JPEG (ITU-T T.81 annex B).

use super::{Source, Tally, check_count, check_size};
use crate::{Facts, Limits, Refusal, exif};
use std::io::{Read, Seek};

const CUT: &str = "it ends before its end marker";
const ICC_PREFIX: &[u8] = b"ICC_PROFILE\0";
/// The profile's prefix, and the number and count of its pieces.
const ICC_HEAD_LEN: u64 = 14;

/// Walks to the end marker; what follows it (motion photos, previews) is not looked at.
pub(super) fn walk<R: Read + Seek>(source: &mut Source<R>, limits: &Limits) -> Result<Facts, Refusal> {
    source.skip(2, CUT)?;
    let mut tally = Tally::new(limits);
    let mut size = None;
    let mut scans = 0_u32;
    loop {
        let marker = next_marker(source)?;
        source.count_part()?;
        match marker {
            0xD9 => break,
            // TEM stands alone.
            0x01 => {}
            0xC0..=0xC2 if size.is_none() => size = Some(frame(source, marker, limits)?),
            0xC0..=0xC2 => return Err(source.broken("it has a second frame header")),
            0xC3 => {
                return Err(Refusal::Unsupported(
                    "the JPEG uses lossless coding, which is not supported",
                ));
            }
            0xC5..=0xC7 | 0xDE | 0xDF => {
                return Err(Refusal::Unsupported(
                    "the JPEG uses hierarchical coding, which is not supported",
                ));
            }
            0xC9..=0xCB | 0xCD..=0xCF => {
                return Err(Refusal::Unsupported(
                    "the JPEG uses arithmetic coding, which is not supported",
                ));
            }
            0xDA => {
                if size.is_none() {
                    return Err(source.broken("a scan comes before the frame header"));
                }
                scans = scans.saturating_add(1);
                check_count("scans", u64::from(scans), u64::from(limits.max_jpeg_scans))?;
                skip_segment(source)?;
            }
            0xE1 => exif_segment(source, &mut tally)?,
            0xE2 => profile_segment(source, &mut tally)?,
            // Tables, restart interval, number of lines, the other application segments and comments.
            0xC4 | 0xCC | 0xDB..=0xDD | 0xE0 | 0xE3..=0xEF | 0xFE => skip_segment(source)?,
            _ => return Err(source.broken("it has a marker that JPEG does not know")),
        }
    }
    let size = size.ok_or_else(|| source.broken("it has no frame header"))?;
    if scans == 0 {
        return Err(source.broken("it has no image data"));
    }
    Ok(tally.into_facts(source.media_type(), size))
}

/// Reads the frame header (B.2.2) and returns width and height.
fn frame<R: Read + Seek>(source: &mut Source<R>, marker: u8, limits: &Limits) -> Result<(u32, u32), Refusal> {
    let len = segment_len(source)?;
    let [precision, h1, h0, w1, w0, components] = source.bytes("the frame header is cut short")?;
    let (width, height) = (
        u16::from_be_bytes([w1, w0]).into(),
        u16::from_be_bytes([h1, h0]).into(),
    );
    let precision_known = precision == 8 || (precision == 12 && marker != 0xC0);
    if !precision_known || !(1..=4).contains(&components) || len != 6 + 3 * u64::from(components) {
        return Err(source.broken("the frame header is impossible"));
    }
    for _ in 0..components {
        let [_, sampling, _] = source.bytes("the frame header is cut short")?;
        if !(1..=4).contains(&(sampling >> 4)) || !(1..=4).contains(&(sampling & 15)) {
            return Err(source.broken("the frame header has impossible sampling factors"));
        }
    }
    if width == 0 || height == 0 {
        return Err(source.broken("its width or height is zero"));
    }
    check_size(width, height, limits)?;
    Ok((width, height))
}

fn exif_segment<R: Read + Seek>(source: &mut Source<R>, tally: &mut Tally<'_>) -> Result<(), Refusal> {
    let len = segment_len(source)?;
    let (len, is_exif) = strip(source, len, exif::PREFIX)?;
    if is_exif {
        tally.read_exif(source, len)
    } else {
        source.skip(len, CUT)
    }
}

fn profile_segment<R: Read + Seek>(source: &mut Source<R>, tally: &mut Tally<'_>) -> Result<(), Refusal> {
    let len = segment_len(source)?;
    let (rest, is_profile) = strip(source, len, ICC_PREFIX)?;
    if is_profile {
        tally.add_profile(len.saturating_sub(ICC_HEAD_LEN))?;
    }
    source.skip(rest, CUT)
}

/// Consumes as many bytes as `prefix` has, and tells how many of `len` are left and whether they were the prefix.
fn strip<R: Read + Seek>(source: &mut Source<R>, len: u64, prefix: &[u8]) -> Result<(u64, bool), Refusal> {
    let head = len.min(u64::try_from(prefix.len()).unwrap_or(u64::MAX));
    let found = source.block(head, CUT)?;
    Ok((len.saturating_sub(head), found == prefix))
}

fn skip_segment<R: Read + Seek>(source: &mut Source<R>) -> Result<(), Refusal> {
    let len = segment_len(source)?;
    source.skip(len, CUT)
}

/// The bytes of a segment after its length field.
fn segment_len<R: Read + Seek>(source: &mut Source<R>) -> Result<u64, Refusal> {
    let len = u64::from(u16::from_be_bytes(source.bytes(CUT)?));
    len.checked_sub(2)
        .ok_or_else(|| source.broken("a segment is shorter than its length field"))
}

/// Consumes up to and with the next marker that is no restart marker, and returns its code.
///
/// The same search serves entropy-coded data and the places between segments, where decoders skip stray bytes too.
fn next_marker<R: Read + Seek>(source: &mut Source<R>) -> Result<u8, Refusal> {
    let mut after_ff = false;
    loop {
        let chunk = source.peek()?;
        let len = chunk.len();
        let Some(&first) = chunk.first() else {
            return Err(source.broken(CUT));
        };
        if after_ff && is_marker(first) {
            source.consume(1);
            return Ok(first);
        }
        if let Some((at, code)) = find_marker(chunk) {
            source.consume(at + 2);
            return Ok(code);
        }
        after_ff = chunk.last() == Some(&0xFF);
        source.consume(len);
    }
}

/// Whether a byte after 0xFF makes a marker: not a stuffed zero, a restart marker or a fill byte (B.1.1).
const fn is_marker(code: u8) -> bool {
    !matches!(code, 0 | 0xD0..=0xD7 | 0xFF)
}

/// The first marker of `chunk`: where its 0xFF is, and its code.
///
/// Eight positions at a time, without a branch that the data can steer: a file of nothing but stuffed bytes costs
/// no more than any other.
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

/// The top bit of each byte of `word` that is 0xFF with a marker code at the same place of `next`.
const fn marker_bits(word: u64, next: u64) -> u64 {
    const EVERY_F8: u64 = 0xF8F8_F8F8_F8F8_F8F8;
    const EVERY_D0: u64 = 0xD0D0_D0D0_D0D0_D0D0;
    let no_marker = zero_bytes(next) | zero_bytes((next & EVERY_F8) ^ EVERY_D0) | zero_bytes(!next);
    zero_bytes(!word) & !no_marker
}

/// The top bit of each byte that is zero; exact, no carry leaves a byte.
const fn zero_bytes(word: u64) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    !(((word & LOW) + LOW) | word | LOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_at_every_place_is_told_apart() {
        for len in 2..40 {
            for at in 0..len - 1 {
                for code in 0..=255_u8 {
                    let mut chunk = vec![0x55; len];
                    chunk[at] = 0xFF;
                    chunk[at + 1] = code;
                    let expected = is_marker(code).then_some((at, code));
                    // A fill byte at the second place starts a pair with what follows it.
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
    fn a_chunk_too_short_for_a_marker_has_none() {
        assert_eq!(find_marker(&[]), None);
        assert_eq!(find_marker(&[0xFF]), None);
    }
}
