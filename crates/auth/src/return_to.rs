//! Where a browser goes after sign-in: a path on this site, nothing else.
use crate::Error;
use std::str::FromStr;

/// No path in the app is longer.
const MAX_BYTES: usize = 512;

/// A path on this site: `/`, or segments of unreserved letters (RFC 3986 section 3.3) with one slash between.
///
/// There is no host, no query, no fragment, no escape, no backslash, no empty and no dot segment, so a browser cannot
/// read it as anything but a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ReturnTo {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl FromStr for ReturnTo {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let path = text.strip_prefix('/').ok_or(Error::InvalidReturnTo)?;
        // One slash at the end is fine: `/gallery/` is the same place.
        let path = path.strip_suffix('/').unwrap_or(path);
        let fits = text.len() <= MAX_BYTES && (text == "/" || path.split('/').all(is_segment));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::InvalidReturnTo)
        }
    }
}

fn is_segment(segment: &str) -> bool {
    let letters = segment
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=@".contains(&byte));
    !segment.is_empty() && letters && segment != "." && segment != ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_paths_of_this_site() {
        for good in [
            "/",
            "/gallery",
            "/gallery/",
            "/images/01930000-0000-7000-8000-00000000002a",
            "/a.b/c~d",
        ] {
            assert_eq!(good.parse::<ReturnTo>().unwrap().as_str(), good);
        }
    }

    #[test]
    fn refuses_everything_that_could_leave_it() {
        let long = format!("/{}", "a".repeat(MAX_BYTES));
        let bad = [
            "",
            "gallery",
            "//",
            "//evil",
            "///evil",
            "/\\evil",
            "\\/evil",
            "https://evil",
            "javascript:alert(1)",
            "/%0d%0aSet-Cookie:x",
            "/..//evil",
            "/../evil",
            "/./a",
            "/a/..",
            "/a//b",
            "/a b",
            "/a\r\nb",
            "/a\tb",
            "/\u{0}",
            "/ü",
            "/a?next=//evil",
            "/a#b",
            "/%2f%2fevil",
            "/@evil:80",
            long.as_str(),
        ];
        for text in bad {
            assert!(text.parse::<ReturnTo>().is_err(), "{text:?}");
        }
        // Without a colon it is a plain segment, whatever it looks like.
        assert!("/@evil".parse::<ReturnTo>().is_ok());
    }
}
