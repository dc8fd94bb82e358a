//! Reads the orientation from the first directory of an EXIF block.

/// The tag of the orientation (CIPA DC-008 section 4.6.5).
const ORIENTATION: u16 = 0x0112;
/// The TIFF types whose values are stored in the entry.
const SHORT: u16 = 3;
const LONG: u16 = 4;
/// Bytes of a directory entry: tag, type, count, value.
const ENTRY_LEN: usize = 12;

/// The prefix of the TIFF header, required in JPEG and optional elsewhere.
pub(crate) const PREFIX: &[u8] = b"Exif\0\0";

/// Returns the orientation, 1 to 8; 1 if the block has none or it is invalid.
///
/// The time is linear in the length of the block, because only the pointer of the header is followed.
pub(crate) fn read_orientation(block: &[u8]) -> u8 {
    read_from_first_directory(block.strip_prefix(PREFIX).unwrap_or(block)).unwrap_or(1)
}

fn read_from_first_directory(tiff: &[u8]) -> Option<u8> {
    let byte_order = ByteOrder::from_header(tiff)?;
    let start = usize::try_from(byte_order.read_u32(tiff, 4)?).ok()?;
    let count = byte_order.read_u16(tiff, start)?;
    let entries = tiff
        .get(start.checked_add(2)?..)?
        .chunks_exact(ENTRY_LEN)
        .take(usize::from(count));
    for entry in entries {
        if byte_order.read_u16(entry, 0)? == ORIENTATION {
            let value = match byte_order.read_u16(entry, 2)? {
                SHORT => u32::from(byte_order.read_u16(entry, 8)?),
                LONG => byte_order.read_u32(entry, 8)?,
                _ => return None,
            };
            return u8::try_from(value).ok().filter(|value| (1..=8).contains(value));
        }
    }
    None
}

/// The byte order declared in the TIFF header.
#[derive(Clone, Copy)]
pub(crate) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    pub(crate) fn from_header(tiff: &[u8]) -> Option<Self> {
        match tiff.first_chunk::<4>()? {
            b"II*\0" => Some(Self::Little),
            b"MM\0*" => Some(Self::Big),
            _ => None,
        }
    }

    pub(crate) fn read_u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let raw = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(raw),
            Self::Big => u16::from_be_bytes(raw),
        })
    }

    pub(crate) fn read_u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let raw = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(raw),
            Self::Big => u32::from_be_bytes(raw),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn little(entries: &[[u8; 12]]) -> Vec<u8> {
        let mut block = b"II*\0\x08\0\0\0".to_vec();
        block.extend(u16::try_from(entries.len()).unwrap().to_le_bytes());
        block.extend(entries.concat());
        block.extend([0; 4]);
        block
    }

    #[test]
    fn every_orientation_is_read() {
        for value in 1..=8_u8 {
            let short = [0x12, 1, 3, 0, 1, 0, 0, 0, value, 0, 0, 0];
            let other = [0x0F, 1, 2, 0, 4, 0, 0, 0, b'a', b'b', b'c', 0];
            assert_eq!(read_orientation(&little(&[short])), value);
            assert_eq!(read_orientation(&little(&[other, short])), value);
            assert_eq!(
                read_orientation(&little(&[[0x12, 1, 4, 0, 1, 0, 0, 0, value, 0, 0, 0]])),
                value
            );
            let big = [
                b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(),
                &[value, 0, 0],
            ]
            .concat();
            assert_eq!(read_orientation(&big), value);
        }
    }

    #[test]
    fn invalid_exif_has_orientation_1() {
        let good = little(&[[0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]]);
        assert_eq!(read_orientation(&good), 6);
        for len in 0..22 {
            assert_eq!(read_orientation(&good[..len]), 1, "cut at {len}");
        }
        for (entry, why) in [
            ([0x12, 1, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0], "zero"),
            ([0x12, 1, 3, 0, 1, 0, 0, 0, 9, 0, 0, 0], "nine"),
            ([0x12, 1, 3, 0, 1, 0, 0, 0, 6, 1, 0, 0], "262"),
            ([0x12, 1, 2, 0, 1, 0, 0, 0, 6, 0, 0, 0], "text"),
        ] {
            assert_eq!(read_orientation(&little(&[entry])), 1, "{why}");
        }
        assert_eq!(read_orientation(b"II*\0\xFF\xFF\xFF\xFF\x01\0"), 1);
        assert_eq!(read_orientation(b"XX*\0\x08\0\0\0"), 1);
    }
}
