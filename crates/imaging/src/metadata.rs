//! Reads camera fields and the GPS location from EXIF, and validates each of them.

mod tiff;

use crate::{Camera, ImageInfo, Limits, Location, segments};
use tiff::{Directory, Tiff};

/// Maximum number of characters of a text.
const MAX_TEXT: usize = 100;
/// The maximum plausible altitude in meters.
const MAX_ALTITUDE: f64 = 100_000.0;

/// Tags of CIPA DC-008 in the first directory, the EXIF directory and the GPS directory.
mod tag {
    pub(super) const MAKE: u16 = 0x010F;
    pub(super) const MODEL: u16 = 0x0110;
    pub(super) const EXIF: u16 = 0x8769;
    pub(super) const GPS: u16 = 0x8825;

    pub(super) const EXPOSURE: u16 = 0x829A;
    pub(super) const F_NUMBER: u16 = 0x829D;
    pub(super) const ISO: u16 = 0x8827;
    pub(super) const TAKEN_AT: u16 = 0x9003;
    pub(super) const OFFSET: u16 = 0x9011;
    pub(super) const FOCAL_LENGTH: u16 = 0x920A;
    pub(super) const LENS: u16 = 0xA434;

    pub(super) const LATITUDE_REF: u16 = 1;
    pub(super) const LATITUDE: u16 = 2;
    pub(super) const LONGITUDE_REF: u16 = 3;
    pub(super) const LONGITUDE: u16 = 4;
    pub(super) const ALTITUDE_REF: u16 = 5;
    pub(super) const ALTITUDE: u16 = 6;
}

/// Reads the EXIF fields. Omits unreadable and implausible fields. The time is linear in `limits.max_exif_bytes`, because
/// each of the two pointers between directories is followed once.
pub(crate) fn camera_and_location(
    file: &[u8],
    info: &ImageInfo,
    limits: &Limits,
) -> (Camera, Option<Location>) {
    let Some(tiff) = segments::exif_block(file, info, limits).and_then(Tiff::parse) else {
        return (Camera::default(), None);
    };
    let first = tiff.first_directory();
    let follow = |tag| {
        first
            .integer(tag)
            .map_or_else(Directory::default, |at| tiff.directory(at))
    };
    (camera(&first, &follow(tag::EXIF)), location(&follow(tag::GPS)))
}

fn camera(first: &Directory<'_>, exif: &Directory<'_>) -> Camera {
    Camera {
        make: read_text(first, tag::MAKE),
        model: read_text(first, tag::MODEL),
        lens: read_text(exif, tag::LENS),
        exposure: exif
            .rational(tag::EXPOSURE, 0)
            .filter(|(numerator, denominator)| *numerator > 0 && *denominator > 0),
        f_number: positive_number(exif, tag::F_NUMBER),
        iso: exif.integer(tag::ISO).filter(|iso| *iso > 0),
        focal_length: positive_number(exif, tag::FOCAL_LENGTH),
        taken_at: read_taken_at(exif),
    }
}

fn location(gps: &Directory<'_>) -> Option<Location> {
    Some(Location {
        latitude: degrees(gps, (tag::LATITUDE, tag::LATITUDE_REF), [b'N', b'S'], 90.0)?,
        longitude: degrees(gps, (tag::LONGITUDE, tag::LONGITUDE_REF), [b'E', b'W'], 180.0)?,
        altitude: altitude(gps),
    })
}

/// Converts degrees, minutes and seconds to degrees; negative for the second direction.
fn degrees(
    gps: &Directory<'_>,
    (tag, direction): (u16, u16),
    [positive, negative]: [u8; 2],
    max: f64,
) -> Option<f64> {
    let part = |at| quotient(gps.rational(tag, at)?);
    let degrees = part(0)? + part(1)? / 60.0 + part(2)? / 3600.0;
    let direction = gps.bytes(direction)?.first()?.to_ascii_uppercase();
    let signed = if direction == positive {
        degrees
    } else if direction == negative {
        -degrees
    } else {
        return None;
    };
    (degrees <= max).then_some(signed)
}

fn altitude(gps: &Directory<'_>) -> Option<f32> {
    let meters = quotient(gps.rational(tag::ALTITUDE, 0)?)?;
    // 1 and 3 are below sea level, 0 and 2 above it.
    let below = gps
        .bytes(tag::ALTITUDE_REF)
        .and_then(<[u8]>::first)
        .is_some_and(|direction| direction & 1 == 1);
    (meters <= MAX_ALTITUDE).then(|| to_f32(if below { -meters } else { meters }))
}

fn positive_number(directory: &Directory<'_>, tag: u16) -> Option<f32> {
    let number = to_f32(quotient(directory.rational(tag, 0)?)?);
    (number > 0.0).then_some(number)
}

fn quotient((numerator, denominator): (u32, u32)) -> Option<f64> {
    (denominator > 0).then(|| f64::from(numerator) / f64::from(denominator))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::as_conversions,
    reason = "the numbers are within the range of both types, and no camera measures more than six digits"
)]
const fn to_f32(number: f64) -> f32 {
    number as f32
}

fn read_text(directory: &Directory<'_>, tag: u16) -> Option<String> {
    let bytes = directory.bytes(tag)?;
    // A character has at most four bytes, and padding may surround the text.
    let bytes = bytes.get(..8 * MAX_TEXT).unwrap_or(bytes);
    let bytes = bytes.split(|byte| *byte == 0).next()?;
    clean_text(&String::from_utf8_lossy(bytes), MAX_TEXT)
}

/// Removes control and invisible characters, trims, and limits the length. `None` if nothing remains.
pub(crate) fn clean_text(text: &str, max: usize) -> Option<String> {
    let visible: String = text
        .chars()
        .filter(|character| !character.is_control() && !is_invisible(*character))
        .collect();
    let cut: String = visible.trim().chars().take(max).collect();
    let cut = cut.trim_end();
    (!cut.is_empty()).then(|| cut.to_owned())
}

/// Characters that change the direction of a text or have no width, the byte order mark and the replacement character.
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFFD}'
    )
}

/// Converts `2026:11:21 10:30:00` to `2026-11-21T10:30:00`, followed by the UTC offset if it is valid.
fn read_taken_at(exif: &Directory<'_>) -> Option<String> {
    let local = parse_date_time(exif.bytes(tag::TAKEN_AT)?)?;
    let offset = exif.bytes(tag::OFFSET).and_then(parse_offset).unwrap_or_default();
    Some(local + &offset)
}

fn parse_date_time(bytes: &[u8]) -> Option<String> {
    let fields = bytes.first_chunk::<19>()?;
    let separators = [4, 7, 10, 13, 16].map(|at| fields.get(at).copied());
    if separators != [b':', b':', b' ', b':', b':'].map(Some) {
        return None;
    }
    let number = |from: usize, to: usize| parse_digits(fields.get(from..to)?);
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let exists = year > 0 && (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
    exists.then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
}

fn parse_offset(bytes: &[u8]) -> Option<String> {
    let [sign @ (b'+' | b'-'), h1, h0, b':', m1, m0] = bytes.first_chunk::<6>()? else {
        return None;
    };
    let (hours, minutes) = (parse_digits(&[*h1, *h0])?, parse_digits(&[*m1, *m0])?);
    (hours < 24 && minutes < 60).then(|| format!("{}{hours:02}:{minutes:02}", char::from(*sign)))
}

fn parse_digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0_u32, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        Some(number * 10 + digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_dates_are_dropped() {
        for (text, expected) in [
            ("2026:11:21 10:30:00", Some("2026-11-21T10:30:00")),
            ("2024:02:29 23:59:59", Some("2024-02-29T23:59:59")),
            ("2023:02:29 00:00:00", None),
            ("1900:02:29 00:00:00", None),
            ("2000:02:29 00:00:00", Some("2000-02-29T00:00:00")),
            ("0000:00:00 00:00:00", None),
            ("2026:13:01 00:00:00", None),
            ("2026:04:31 00:00:00", None),
            ("2026:01:01 24:00:00", None),
            ("2026:01:01 00:60:00", None),
            ("2026-01-01 00:00:00", None),
            ("    :  :     :  :  ", None),
            ("2026:01:01 00:00", None),
        ] {
            assert_eq!(parse_date_time(text.as_bytes()).as_deref(), expected, "{text}");
        }
        for (text, expected) in [
            ("+09:00", Some("+09:00")),
            ("-03:30\0", Some("-03:30")),
            ("+24:00", None),
            ("+09:60", None),
            ("09:00", None),
            ("Z", None),
            ("      ", None),
        ] {
            assert_eq!(parse_offset(text.as_bytes()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn texts_are_cleaned_and_truncated() {
        for (text, expected) in [
            ("  Canon \u{7}\n", Some("Canon".to_owned())),
            ("\u{202E}evil\u{FFFD}", Some("evil".to_owned())),
            (" \t\u{0}", None),
            (&"é".repeat(300), Some("é".repeat(100))),
        ] {
            assert_eq!(clean_text(text, 100), expected, "{text:?}");
        }
    }
}
