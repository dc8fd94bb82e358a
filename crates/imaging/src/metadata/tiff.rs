//! Walks single directories of a TIFF structure, and follows no pointer by itself.

use crate::exif::Order;

/// Bytes of a directory entry: tag, type, count, value.
const ENTRY_LEN: usize = 12;
/// The values up to this length lie in the entry itself.
const INLINE: usize = 4;

const BYTE: u16 = 1;
const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;
const UNDEFINED: u16 = 7;

/// A TIFF structure whose header is right.
#[derive(Clone, Copy)]
pub(super) struct Tiff<'a> {
    bytes: &'a [u8],
    order: Order,
}

/// The entries of one directory. Of a tag that comes twice the first one counts.
#[derive(Default)]
pub(super) struct Directory<'a> {
    tiff: Option<Tiff<'a>>,
    entries: &'a [u8],
}

/// The value of an entry, and its type.
struct Value<'a> {
    kind: u16,
    bytes: &'a [u8],
    order: Order,
}

impl<'a> Tiff<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let order = Order::of(bytes)?;
        Some(Self { bytes, order })
    }

    pub(super) fn first(self) -> Directory<'a> {
        let at = self.order.u32(self.bytes, 4).unwrap_or(u32::MAX);
        self.directory(at)
    }

    /// The directory at this offset; one that is cut short has the entries that are there.
    pub(super) fn directory(self, at: u32) -> Directory<'a> {
        let entries = usize::try_from(at).ok().and_then(|at| {
            let count = usize::from(self.order.u16(self.bytes, at)?);
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
    /// Where another directory starts.
    pub(super) fn pointer(&self, tag: u16) -> Option<u32> {
        self.integer(tag)
    }

    /// The first number of a short or long value.
    pub(super) fn integer(&self, tag: u16) -> Option<u32> {
        let value = self.find(tag)?;
        match value.kind {
            SHORT => value.order.u16(value.bytes, 0).map(u32::from),
            LONG => value.order.u32(value.bytes, 0),
            _ => None,
        }
    }

    /// Numerator and denominator of the rational at this place of the value.
    pub(super) fn rational(&self, tag: u16, at: usize) -> Option<(u32, u32)> {
        let value = self.find(tag)?;
        if value.kind != RATIONAL {
            return None;
        }
        let start = at.checked_mul(8)?;
        Some((
            value.order.u32(value.bytes, start)?,
            value.order.u32(value.bytes, start + 4)?,
        ))
    }

    /// The bytes of a text or of a value of bytes.
    pub(super) fn bytes(&self, tag: u16) -> Option<&'a [u8]> {
        let value = self.find(tag)?;
        matches!(value.kind, BYTE | ASCII | UNDEFINED).then_some(value.bytes)
    }

    fn find(&self, tag: u16) -> Option<Value<'a>> {
        let Tiff { bytes, order } = self.tiff?;
        let entry = self
            .entries
            .chunks_exact(ENTRY_LEN)
            .find(|entry| order.u16(entry, 0) == Some(tag))?;
        let kind = order.u16(entry, 2)?;
        let size = match kind {
            BYTE | ASCII | UNDEFINED => 1,
            SHORT => 2,
            LONG => 4,
            RATIONAL => 8,
            _ => return None,
        };
        let len = usize::try_from(order.u32(entry, 4)?).ok()?.checked_mul(size)?;
        let bytes = if len <= INLINE {
            entry.get(8..8 + len)?
        } else {
            let start = usize::try_from(order.u32(entry, 8)?).ok()?;
            bytes.get(start..start.checked_add(len)?)?
        };
        Some(Value { kind, bytes, order })
    }
}
