//! The path on this site that a browser returns to after sign-in.
use crate::Error;
use std::str::FromStr;

const MAX_BYTES: usize = 512;

/// A path on this site: `/`, or segments of `pchar` (RFC 3986 section 3.3) separated by single slashes.
///
/// Without host, query, fragment, percent-encoding, backslash, empty and dot segments, so that browsers cannot
/// interpret it as anything but a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnTo {
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
        // A trailing slash is allowed.
        let path = path.strip_suffix('/').unwrap_or(path);
        let valid = text.len() <= MAX_BYTES && (text == "/" || path.split('/').all(is_segment));
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::InvalidReturnTo)
        }
    }
}

fn is_segment(segment: &str) -> bool {
    let allowed = segment
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=@".contains(&byte));
    !segment.is_empty() && allowed && segment != "." && segment != ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_on_this_site_are_accepted() {
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
    fn open_redirects_are_rejected() {
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
        // Without a colon it is an ordinary segment.
        assert!("/@evil".parse::<ReturnTo>().is_ok());
    }
}
