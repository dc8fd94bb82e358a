//! Range requests (RFC 9110 section 14).
use actix_web::http::header::ByteRangeSpec;

/// Parses the value of `Range`. Other units, several ranges and invalid values are ignored, as the specification allows.
///
/// The parser of actix-web accepts signs (`bytes=+1-2`), skips invalid ranges of a list and ignores positions above 2^64.
pub(super) fn parse_range(text: &str) -> Option<ByteRangeSpec> {
    let (unit, set) = text.split_once('=')?;
    let (first, last) = set.trim().split_once('-')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    match (first, last) {
        ("", last) => parse_digits(last).map(ByteRangeSpec::Last),
        (first, "") => parse_digits(first).map(ByteRangeSpec::From),
        (first, last) => {
            let (first, last) = (parse_digits(first)?, parse_digits(last)?);
            (first <= last).then_some(ByteRangeSpec::FromTo(first, last))
        }
    }
}

/// Parses digits only; a number above 2^64 becomes the largest one.
fn parse_digits(text: &str) -> Option<u64> {
    let legal = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    legal.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_byte_ranges_are_parsed_and_others_ignored() {
        for (text, within_ten) in [
            ("bytes=0-0", Some(Some((0, 0)))),
            ("bytes=0-", Some(Some((0, 9)))),
            ("bytes=3-7", Some(Some((3, 7)))),
            ("bytes=3-700", Some(Some((3, 9)))),
            ("Bytes = 3-3", Some(Some((3, 3)))),
            ("bytes=-3", Some(Some((7, 9)))),
            ("bytes=-10", Some(Some((0, 9)))),
            ("bytes=-99999999999999999999", Some(Some((0, 9)))),
            ("bytes=10-", Some(None)),
            ("bytes=99999999999999999999-", Some(None)),
            ("bytes=10-20", Some(None)),
            ("bytes=-0", Some(None)),
            ("bytes=7-3", None),
            ("bytes=0-0,1-1", None),
            ("bytes=", None),
            ("bytes=-", None),
            ("bytes=a-b", None),
            ("bytes=+1-2", None),
            ("items=0-1", None),
            ("0-1", None),
        ] {
            let range = parse_range(text);
            assert_eq!(
                range.map(|range| range.to_satisfiable_range(10)),
                within_ten,
                "{text}"
            );
        }
        assert_eq!(ByteRangeSpec::From(0).to_satisfiable_range(0), None);
    }
}
