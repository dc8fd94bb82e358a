//! The image types that InfraVault accepts.

use std::fmt;

/// The media type of an image, detected from its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MediaType {
    /// JPEG (ITU-T T.81), baseline, extended or progressive, with 8 or 12 bits.
    Jpeg,
    /// PNG (W3C third edition), still or animated.
    Png,
    /// GIF, versions 87a and 89a.
    Gif,
    /// WebP (RFC 9649), lossy, lossless or animated.
    Webp,
}

/// The text is not the name of an accepted type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of image/jpeg, image/png, image/gif, image/webp")]
pub struct UnknownMediaType;

impl MediaType {
    /// Every accepted type.
    pub const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::Gif, Self::Webp];

    /// The registered media type, such as `image/jpeg`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }

    /// The file name extension without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
        }
    }

    /// The display name, such as `JPEG`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Gif => "GIF",
            Self::Webp => "WebP",
        }
    }

    /// Parses a media type, ignoring case (RFC 9110 section 8.3.1). Rejects parameters.
    pub fn parse(text: &str) -> Result<Self, UnknownMediaType> {
        Self::ALL
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(text))
            .ok_or(UnknownMediaType)
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for MediaType {
    type Err = UnknownMediaType;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_is_the_inverse_of_as_str() {
        for known in MediaType::ALL {
            assert_eq!(MediaType::parse(known.as_str()), Ok(known));
            assert_eq!(known.as_str().to_uppercase().parse(), Ok(known));
        }
        for unknown in [
            "",
            "image/",
            "image/jpg",
            "image/svg+xml",
            " image/png",
            "image/png; q=1",
            "jpeg",
        ] {
            assert_eq!(MediaType::parse(unknown), Err(UnknownMediaType), "{unknown:?}");
        }
    }
}
