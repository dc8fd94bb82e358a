//! Conversions between integers and floating-point numbers that cannot fail.

/// The nearest integer. Values out of range become the nearest end of the range, NaN becomes 0.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and the standard library has no other conversion of a floating-point number"
)]
pub(crate) const fn round(number: f64) -> u32 {
    number.round() as u32
}

/// The nearest 16-bit sample.
pub(crate) fn round_to_u16(number: f64) -> u16 {
    u16::try_from(round(number)).unwrap_or(u16::MAX)
}

/// The nearest 8-bit sample.
pub(crate) fn round_to_u8(number: f64) -> u8 {
    u8::try_from(round(number)).unwrap_or(u8::MAX)
}

/// Converts a count below 2^32.
pub(crate) fn to_f64(number: usize) -> f64 {
    f64::from(to_u32(number))
}

/// Converts to an index. Exact, because no supported platform has a smaller index.
pub(crate) fn to_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Converts a size in pixels.
pub(crate) fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
