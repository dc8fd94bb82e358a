//! The format of a rendition: a fixed one, or the best one that the client accepts.
use infravault_imaging::Format;

/// How the format of a rendition is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatChoice {
    Forced(Format),
    Negotiated(AcceptedFormats),
}

/// The formats that a client accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one for each format")]
pub struct AcceptedFormats {
    pub avif: bool,
    pub webp: bool,
    pub jpeg: bool,
    pub png: bool,
}

/// The properties of an image that the choice depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SourceTraits {
    /// Only WebP renditions are animated.
    pub(super) animated: bool,
    /// PNG for images with transparent pixels, otherwise JPEG.
    pub(super) fallback: Format,
}

impl Default for AcceptedFormats {
    /// The formats that every client supports.
    fn default() -> Self {
        Self {
            avif: false,
            webp: false,
            jpeg: true,
            png: true,
        }
    }
}

impl AcceptedFormats {
    fn contains(self, format: Format) -> bool {
        match format {
            Format::Avif => self.avif,
            Format::Webp => self.webp,
            Format::Jpeg => self.jpeg,
            Format::Png => self.png,
        }
    }
}

impl FormatChoice {
    /// Chooses the format for an image. Returns the fallback if the client accepts none (RFC 9110 section 15.5.7 allows
    /// that).
    pub(super) fn choose(self, image: SourceTraits) -> Format {
        let accepted = match self {
            Self::Forced(format) => return format,
            Self::Negotiated(accepted) => accepted,
        };
        let best = if image.animated {
            [Format::Webp, Format::Avif]
        } else {
            [Format::Avif, Format::Webp]
        };
        let other = match image.fallback {
            Format::Png => Format::Jpeg,
            _ => Format::Png,
        };
        best.into_iter()
            .chain([image.fallback, other])
            .find(|format| accepted.contains(*format))
            .unwrap_or(image.fallback)
    }

    /// Returns every format that [`Self::choose`] can return.
    pub(super) fn possible(self) -> &'static [Format] {
        match self {
            Self::Forced(Format::Avif) => &[Format::Avif],
            Self::Forced(Format::Webp) => &[Format::Webp],
            Self::Forced(Format::Jpeg) => &[Format::Jpeg],
            Self::Forced(Format::Png) => &[Format::Png],
            Self::Negotiated(accepted) => match (accepted.avif, accepted.webp) {
                (true, true) => &[Format::Avif, Format::Webp],
                (true, false) => &[Format::Avif],
                (false, true) => &[Format::Webp],
                (false, false) => &[Format::Jpeg, Format::Png],
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHOTO: SourceTraits = SourceTraits {
        animated: false,
        fallback: Format::Jpeg,
    };
    const LOGO: SourceTraits = SourceTraits {
        animated: false,
        fallback: Format::Png,
    };
    const CLIP: SourceTraits = SourceTraits {
        animated: true,
        fallback: Format::Jpeg,
    };

    #[test]
    fn best_accepted_format_is_chosen() {
        use Format::{Avif, Jpeg, Png, Webp};
        // Accepted are: AVIF, WebP, JPEG, PNG.
        for ([avif, webp, jpeg, png], photo, logo, clip) in [
            ([true, true, true, true], Avif, Avif, Webp),
            ([false, true, true, true], Webp, Webp, Webp),
            ([true, false, false, false], Avif, Avif, Avif),
            ([true, false, true, true], Avif, Avif, Avif),
            ([false, true, false, false], Webp, Webp, Webp),
            ([false, false, true, true], Jpeg, Png, Jpeg),
            ([false, false, true, false], Jpeg, Jpeg, Jpeg),
            ([false, false, false, true], Png, Png, Png),
            ([false, false, false, false], Jpeg, Png, Jpeg),
        ] {
            let choice = FormatChoice::Negotiated(AcceptedFormats {
                avif,
                webp,
                jpeg,
                png,
            });
            for (image, expected) in [(PHOTO, photo), (LOGO, logo), (CLIP, clip)] {
                assert_eq!(choice.choose(image), expected, "{choice:?}: {image:?}");
                assert!(choice.possible().contains(&expected), "{choice:?}: {image:?}");
            }
        }
    }

    #[test]
    fn fixed_format_is_always_used() {
        for format in Format::ALL {
            for image in [PHOTO, LOGO, CLIP] {
                assert_eq!(FormatChoice::Forced(format).choose(image), format);
            }
            assert_eq!(FormatChoice::Forced(format).possible(), [format]);
        }
    }
}
