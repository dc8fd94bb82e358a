//! Conditional requests and ranges (RFC 9110 sections 13 and 14), as far as images need them.
use crate::ValidationError;
use std::ops::RangeInclusive;

/// An entity tag (RFC 9110 section 8.8.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Etag {
    /// Whether it is weak.
    pub weak: bool,
    /// What stands between the quotes.
    pub tag: String,
}

impl Etag {
    /// Reads an entity tag.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (weak, quoted) = match text.strip_prefix("W/") {
            Some(quoted) => (true, quoted),
            None => (false, text),
        };
        let tag = quoted.strip_prefix('"')?.strip_suffix('"')?;
        let legal = |byte: u8| byte == 0x21 || (0x23..=0x7E).contains(&byte) || byte >= 0x80;
        tag.bytes().all(legal).then(|| Self {
            weak,
            tag: tag.to_owned(),
        })
    }
}

/// The value of `If-Range`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfRange {
    /// The range counts only for this one.
    Etag(Etag),
    /// A date, which never holds, because originals carry none; or nonsense.
    Other,
}

impl IfRange {
    /// Reads the value of the header.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Etag::parse(text.trim()).map_or(Self::Other, Self::Etag)
    }

    /// Whether the range counts for this tag, compared strongly.
    pub(crate) fn holds(&self, tag: &str) -> bool {
        matches!(self, Self::Etag(etag) if !etag.weak && etag.tag == tag)
    }
}

/// The value of `If-Match` or `If-None-Match`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Etags {
    /// `*`: whatever there is.
    Any,
    /// One of these.
    Listed(Vec<Etag>),
}

impl Etags {
    /// Reads the value of the header; several headers are one value joined by commas.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        if text.trim() == "*" {
            return Ok(Self::Any);
        }
        // A tag may contain a comma, so the quotes lead.
        let mut tags = Vec::new();
        let mut rest = text.trim_matches([' ', '\t', ',']);
        while !rest.is_empty() {
            let open = rest.find('"').ok_or(ValidationError::NO_ETAG)?;
            let tail = rest.get(open + 1..).ok_or(ValidationError::NO_ETAG)?;
            let close = tail.find('"').ok_or(ValidationError::NO_ETAG)?;
            let (tag, after) = rest
                .split_at_checked(open + close + 2)
                .ok_or(ValidationError::NO_ETAG)?;
            tags.push(Etag::parse(tag).ok_or(ValidationError::NO_ETAG)?);
            let next = after.trim_start_matches([' ', '\t']);
            if !next.is_empty() && !next.starts_with(',') {
                return Err(ValidationError::NO_ETAG);
            }
            rest = next.trim_start_matches([' ', '\t', ',']);
        }
        if tags.is_empty() {
            return Err(ValidationError::NO_ETAG);
        }
        Ok(Self::Listed(tags))
    }

    /// Whether a strong tag is meant, compared strongly (`If-Match`).
    #[must_use]
    pub fn matches(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(tags) => tags.iter().any(|listed| !listed.weak && listed.tag == tag),
        }
    }

    /// Whether a tag is meant, compared weakly (`If-None-Match`).
    #[must_use]
    pub fn matches_weakly(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(tags) => tags.iter().any(|listed| listed.tag == tag),
        }
    }

    /// The versions of metadata that are meant: what their tags begin with. How far the image had come does not count,
    /// because nobody's change is lost by that.
    pub(crate) fn versions(&self) -> Vec<i32> {
        match self {
            Self::Any => Vec::new(),
            Self::Listed(tags) => tags
                .iter()
                .filter(|tag| !tag.weak)
                .filter_map(|tag| version(&tag.tag))
                .collect(),
        }
    }
}

/// One range of bytes that was asked for (RFC 9110 section 14.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeSpec {
    /// From the first to the last, both included.
    FromTo(u64, u64),
    /// From this one to the end.
    From(u64),
    /// The last so many.
    Last(u64),
}

impl RangeSpec {
    /// Reads the value of `Range`. Another unit, several ranges and what is no range at all are ignored, as the
    /// specification allows and asks.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (unit, set) = text.split_once('=')?;
        let (first, last) = set.trim().split_once('-')?;
        if !unit.trim().eq_ignore_ascii_case("bytes") {
            return None;
        }
        match (first, last) {
            ("", last) => digits(last).map(Self::Last),
            (first, "") => digits(first).map(Self::From),
            (first, last) => {
                let (first, last) = (digits(first)?, digits(last)?);
                (first <= last).then_some(Self::FromTo(first, last))
            }
        }
    }

    /// The bytes meant of a representation of `len` bytes; `None` where there are none.
    pub(crate) fn within(self, len: u64) -> Option<RangeInclusive<u64>> {
        let end = len.checked_sub(1)?;
        match self {
            Self::FromTo(first, last) => (first <= end).then(|| first..=last.min(end)),
            Self::From(first) => (first <= end).then_some(first..=end),
            Self::Last(0) => None,
            Self::Last(count) => Some(len.saturating_sub(count)..=end),
        }
    }
}

/// The version that an entity tag of metadata names ([`crate::Image::etag`]).
fn version(tag: &str) -> Option<i32> {
    let number = match tag.split_once('-') {
        Some((number, "ready" | "failed")) => number,
        Some(_) => return None,
        None => tag,
    };
    number.parse().ok()
}

/// A number of digits only; one too large for this world is as good as the largest.
fn digits(text: &str) -> Option<u64> {
    let legal = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    legal.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_tags() {
        let strong = |tag: &str| Etag {
            weak: false,
            tag: tag.to_owned(),
        };
        for (text, expected) in [
            ("*", Some(Etags::Any)),
            ("\"1\"", Some(Etags::Listed(vec![strong("1")]))),
            (
                "\"a,b\" , W/\"c\",",
                Some(Etags::Listed(vec![
                    strong("a,b"),
                    Etag {
                        weak: true,
                        tag: "c".to_owned(),
                    },
                ])),
            ),
            ("\"\"", Some(Etags::Listed(vec![strong("")]))),
            ("", None),
            (",", None),
            ("1", None),
            ("\"1", None),
            ("\"1\" \"2\"", None),
            ("x\"1\"", None),
            ("w/\"1\"", None),
            ("\"1\", *", None),
            ("\"a b\"", None),
        ] {
            assert_eq!(Etags::parse(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn strong_and_weak_comparison() {
        let tags = Etags::parse("\"1\", W/\"2\", \"x\"").unwrap();
        assert!(tags.matches("1") && !tags.matches("2") && !tags.matches("3"));
        assert!(tags.matches_weakly("1") && tags.matches_weakly("2"));
        assert_eq!(tags.versions(), [1]);
        let states =
            Etags::parse("\"1-ready\", \"2-failed\", \"3-stored\", \"-4\", \"5-\", W/\"6-ready\"").unwrap();
        assert_eq!(states.versions(), [1, 2]);
    }

    #[test]
    fn ranges() {
        for (text, within_ten) in [
            ("bytes=0-0", Some(Some(0..=0))),
            ("bytes=0-", Some(Some(0..=9))),
            ("bytes=3-7", Some(Some(3..=7))),
            ("bytes=3-700", Some(Some(3..=9))),
            ("Bytes = 3-3", Some(Some(3..=3))),
            ("bytes=-3", Some(Some(7..=9))),
            ("bytes=-10", Some(Some(0..=9))),
            ("bytes=-99999999999999999999", Some(Some(0..=9))),
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
            let range = RangeSpec::parse(text);
            assert_eq!(range.map(|range| range.within(10)), within_ten, "{text}");
        }
        assert_eq!(RangeSpec::From(0).within(0), None);
    }
}
