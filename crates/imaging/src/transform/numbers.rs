//! Conversions between whole numbers and fractions that cannot fail.

/// The nearest whole number; what is out of range, or none, becomes the nearest end of the range.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and the standard library has no other conversion of a fraction"
)]
pub(crate) const fn rounded(number: f64) -> u32 {
    number.round() as u32
}

/// The nearest sample of sixteen bits.
pub(crate) fn sample(number: f64) -> u16 {
    u16::try_from(rounded(number)).unwrap_or(u16::MAX)
}

/// The nearest sample of eight bits.
pub(crate) fn byte(number: f64) -> u8 {
    u8::try_from(rounded(number)).unwrap_or(u8::MAX)
}

/// A count as a fraction, for counts below 2^32.
pub(crate) fn float(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// A 32-bit number as an index; no platform that builds this has a smaller one.
pub(crate) fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// An index as a 32-bit number, for sizes of images.
pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
