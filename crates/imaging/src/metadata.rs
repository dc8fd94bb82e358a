//! Reads what a camera wrote into an image: a few fields, each checked, and the place apart from them.

mod tiff;

use crate::{Camera, Facts, Limits, Location, parts};
use tiff::{Directory, Tiff};

/// Characters of a text.
const MAX_TEXT: usize = 100;
/// What the altitude is believed up to, in metres; no camera has been further.
const MAX_ALTITUDE: f64 = 100_000.0;

/// The tags of CIPA DC-008 that are read, in the first directory, that of EXIF and that of GPS.
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

/// What the EXIF of the image tells. Fields that cannot be read or are impossible are left out; the work is linear in
/// `limits.max_exif_bytes`, because each of the two pointers between directories is followed once.
pub(crate) fn camera_and_location(file: &[u8], facts: &Facts, limits: &Limits) -> (Camera, Option<Location>) {
    let Some(tiff) = parts::exif_block(file, facts, limits).and_then(Tiff::open) else {
        return (Camera::default(), None);
    };
    let first = tiff.first();
    let follow = |tag| match first.pointer(tag) {
        Some(at) => tiff.directory(at),
        None => Directory::default(),
    };
    (camera(&first, &follow(tag::EXIF)), location(&follow(tag::GPS)))
}

fn camera(first: &Directory<'_>, exif: &Directory<'_>) -> Camera {
    Camera {
        make: text(first, tag::MAKE),
        model: text(first, tag::MODEL),
        lens: text(exif, tag::LENS),
        exposure: exif
            .rational(tag::EXPOSURE, 0)
            .filter(|(numerator, denominator)| *numerator > 0 && *denominator > 0),
        f_number: positive(exif, tag::F_NUMBER),
        iso: exif.integer(tag::ISO).filter(|iso| *iso > 0),
        focal_length: positive(exif, tag::FOCAL_LENGTH),
        taken_at: taken_at(exif),
    }
}

fn location(gps: &Directory<'_>) -> Option<Location> {
    Some(Location {
        latitude: degrees(gps, (tag::LATITUDE, tag::LATITUDE_REF), [b'N', b'S'], 90.0)?,
        longitude: degrees(gps, (tag::LONGITUDE, tag::LONGITUDE_REF), [b'E', b'W'], 180.0)?,
        altitude: altitude(gps),
    })
}

/// Degrees, minutes and seconds as degrees; negative in the second of the two directions.
fn degrees(
    gps: &Directory<'_>,
    (tag, direction): (u16, u16),
    [plus, minus]: [u8; 2],
    most: f64,
) -> Option<f64> {
    let part = |at| quotient(gps.rational(tag, at)?);
    let degrees = part(0)? + part(1)? / 60.0 + part(2)? / 3600.0;
    let direction = gps.bytes(direction)?.first()?.to_ascii_uppercase();
    let signed = if direction == plus {
        degrees
    } else if direction == minus {
        -degrees
    } else {
        return None;
    };
    (degrees <= most).then_some(signed)
}

fn altitude(gps: &Directory<'_>) -> Option<f32> {
    let metres = quotient(gps.rational(tag::ALTITUDE, 0)?)?;
    // 1 and 3 are below the sea, 0 and 2 above it.
    let below = gps
        .bytes(tag::ALTITUDE_REF)
        .and_then(<[u8]>::first)
        .is_some_and(|direction| direction & 1 == 1);
    (metres <= MAX_ALTITUDE).then(|| narrow(if below { -metres } else { metres }))
}

fn positive(directory: &Directory<'_>, tag: u16) -> Option<f32> {
    let number = narrow(quotient(directory.rational(tag, 0)?)?);
    (number > 0.0).then_some(number)
}

fn quotient((numerator, denominator): (u32, u32)) -> Option<f64> {
    (denominator > 0).then(|| f64::from(numerator) / f64::from(denominator))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::as_conversions,
    reason = "the numbers are within the range of both, and six digits are what a camera measures"
)]
const fn narrow(number: f64) -> f32 {
    number as f32
}

fn text(directory: &Directory<'_>, tag: u16) -> Option<String> {
    let bytes = directory.bytes(tag)?;
    // A character has at most four bytes, and padding may surround the text.
    let bytes = bytes.get(..8 * MAX_TEXT).unwrap_or(bytes);
    let bytes = bytes.split(|byte| *byte == 0).next()?;
    clean(&String::from_utf8_lossy(bytes), MAX_TEXT)
}

/// The text without what cannot be seen, at most `most` characters of it; none where nothing is left.
pub(crate) fn clean(text: &str, most: usize) -> Option<String> {
    let visible: String = text
        .chars()
        .filter(|character| !character.is_control() && !is_invisible(*character))
        .collect();
    let cut: String = visible.trim().chars().take(most).collect();
    let cut = cut.trim_end();
    (!cut.is_empty()).then(|| cut.to_owned())
}

/// Characters that change the direction of a text or have no width, the byte order mark, and what stands for bytes
/// that were no text.
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFFD}'
    )
}

/// `2026:11:21 10:30:00` as `2026-11-21T10:30:00`, and the offset where it is one.
fn taken_at(exif: &Directory<'_>) -> Option<String> {
    let local = date_time(exif.bytes(tag::TAKEN_AT)?)?;
    let offset = exif.bytes(tag::OFFSET).and_then(offset).unwrap_or_default();
    Some(local + &offset)
}

fn date_time(bytes: &[u8]) -> Option<String> {
    let parts = bytes.first_chunk::<19>()?;
    let separators = [4, 7, 10, 13, 16].map(|at| parts.get(at).copied());
    if separators != [b':', b':', b' ', b':', b':'].map(Some) {
        return None;
    }
    let number = |from: usize, to: usize| digits(parts.get(from..to)?);
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

fn offset(bytes: &[u8]) -> Option<String> {
    let [sign @ (b'+' | b'-'), h1, h0, b':', m1, m0] = bytes.first_chunk::<6>()? else {
        return None;
    };
    let (hours, minutes) = (digits(&[*h1, *h0])?, digits(&[*m1, *m0])?);
    (hours < 24 && minutes < 60).then(|| format!("{}{hours:02}:{minutes:02}", char::from(*sign)))
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0_u32, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        Some(number * 10 + digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_exist_or_are_dropped() {
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
            assert_eq!(date_time(text.as_bytes()).as_deref(), expected, "{text}");
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
            assert_eq!(offset(text.as_bytes()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn texts_are_cleaned_and_cut() {
        for (text, expected) in [
            ("  Canon \u{7}\n", Some("Canon".to_owned())),
            ("\u{202E}evil\u{FFFD}", Some("evil".to_owned())),
            (" \t\u{0}", None),
            (&"é".repeat(300), Some("é".repeat(100))),
        ] {
            assert_eq!(clean(text, 100), expected, "{text:?}");
        }
    }
}
