//! Reads single directories of a TIFF structure. Never follows a pointer by itself.

use crate::exif::ByteOrder;

/// Bytes of a directory entry: tag, type, count, value.
const ENTRY_LEN: usize = 12;
/// Values up to this length are stored in the entry.
const INLINE_LEN: usize = 4;

const BYTE: u16 = 1;
const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;
const UNDEFINED: u16 = 7;

/// A TIFF structure with a valid header.
#[derive(Clone, Copy)]
pub(super) struct Tiff<'a> {
    bytes: &'a [u8],
    byte_order: ByteOrder,
}

/// The entries of one directory. The first of several entries with the same tag counts.
#[derive(Default)]
pub(super) struct Directory<'a> {
    tiff: Option<Tiff<'a>>,
    entries: &'a [u8],
}

/// The value of an entry and its type.
struct Value<'a> {
    kind: u16,
    bytes: &'a [u8],
    byte_order: ByteOrder,
}

impl<'a> Tiff<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let byte_order = ByteOrder::from_header(bytes)?;
        Some(Self { bytes, byte_order })
    }

    pub(super) fn first_directory(self) -> Directory<'a> {
        let at = self.byte_order.read_u32(self.bytes, 4).unwrap_or(u32::MAX);
        self.directory(at)
    }

    /// Returns the directory at this offset. A truncated one has the entries that exist.
    pub(super) fn directory(self, at: u32) -> Directory<'a> {
        let entries = usize::try_from(at).ok().and_then(|at| {
            let count = usize::from(self.byte_order.read_u16(self.bytes, at)?);
            let entries = self.bytes.get(at.checked_add(2)?..)?;
            Some(entries.get(..count * ENTRY_LEN).unwrap_or(entries))
        });
        Directory {
            tiff: Some(self),
            entries: entries.unwrap_or_default(),
        }
    }
}

impl<'a> Directory<'a> {
    /// The first number of a SHORT or LONG value.
    pub(super) fn integer(&self, tag: u16) -> Option<u32> {
        let value = self.find(tag)?;
        match value.kind {
            SHORT => value.byte_order.read_u16(value.bytes, 0).map(u32::from),
            LONG => value.byte_order.read_u32(value.bytes, 0),
            _ => None,
        }
    }

    /// Numerator and denominator of the RATIONAL at this index of the value.
    pub(super) fn rational(&self, tag: u16, at: usize) -> Option<(u32, u32)> {
        let value = self.find(tag)?;
        if value.kind != RATIONAL {
            return None;
        }
        let start = at.checked_mul(8)?;
        Some((
            value.byte_order.read_u32(value.bytes, start)?,
            value.byte_order.read_u32(value.bytes, start + 4)?,
        ))
    }

    /// The value of an ASCII, BYTE or UNDEFINED entry.
    pub(super) fn bytes(&self, tag: u16) -> Option<&'a [u8]> {
        let value = self.find(tag)?;
        matches!(value.kind, BYTE | ASCII | UNDEFINED).then_some(value.bytes)
    }

    fn find(&self, tag: u16) -> Option<Value<'a>> {
        let Tiff { bytes, byte_order } = self.tiff?;
        let entry = self
            .entries
            .chunks_exact(ENTRY_LEN)
            .find(|entry| byte_order.read_u16(entry, 0) == Some(tag))?;
        let kind = byte_order.read_u16(entry, 2)?;
        let size = match kind {
            BYTE | ASCII | UNDEFINED => 1,
            SHORT => 2,
            LONG => 4,
            RATIONAL => 8,
            _ => return None,
        };
        let len = usize::try_from(byte_order.read_u32(entry, 4)?)
            .ok()?
            .checked_mul(size)?;
        let bytes = if len <= INLINE_LEN {
            entry.get(8..8 + len)?
        } else {
            let start = usize::try_from(byte_order.read_u32(entry, 8)?).ok()?;
            bytes.get(start..start.checked_add(len)?)?
        };
        Some(Value {
            kind,
            bytes,
            byte_order,
        })
    }
}
