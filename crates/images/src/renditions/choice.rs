//! Which format a client gets: what it forced, or the best of what it takes (RFC 9110 section 12.5.1).
use infravault_imaging::Format;

/// What a client says about the format that it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// This one, whatever else it takes.
    Forced(Format),
    /// One that it takes.
    Negotiated(Accepted),
}

/// What a client takes, by its `Accept`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one for each format; any of them can hold"
)]
pub struct Accepted {
    /// It names AVIF. A wildcard is no word for a format that many clients cannot show.
    avif: bool,
    /// It names WebP.
    webp: bool,
    /// It takes JPEG, by name or by a wildcard.
    jpeg: bool,
    /// It takes PNG, by name or by a wildcard.
    png: bool,
}

/// What the choice of a format depends on besides the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SourceTraits {
    /// Whether it moves: only WebP keeps that.
    pub(crate) animated: bool,
    /// JPEG, or PNG where pixels are transparent.
    pub(crate) fallback: Format,
}

impl Default for Accepted {
    /// Who says nothing takes what everybody can show.
    fn default() -> Self {
        Self {
            avif: false,
            webp: false,
            jpeg: true,
            png: true,
        }
    }
}

impl Accepted {
    /// Reads the value of `Accept`; several headers are one value joined by commas. What cannot be read is ignored.
    #[must_use]
    pub fn parse(header: &str) -> Self {
        let ranges = || header.split(',').filter_map(range);
        // The most specific range counts (RFC 9110 section 12.5.1).
        let named = |name: &str| ranges().find(|(range, _)| range.eq_ignore_ascii_case(name));
        let by_name = |format: Format| named(format.media_type()).is_some_and(|(_, takes)| takes);
        let by_any = |format: Format| {
            named(format.media_type())
                .or_else(|| named("image/*"))
                .or_else(|| named("*/*"))
                .is_some_and(|(_, takes)| takes)
        };
        if ranges().next().is_none() {
            return Self::default();
        }
        Self {
            avif: by_name(Format::Avif),
            webp: by_name(Format::Webp),
            jpeg: by_any(Format::Jpeg),
            png: by_any(Format::Png),
        }
    }

    fn takes(self, format: Format) -> bool {
        match format {
            Format::Avif => self.avif,
            Format::Webp => self.webp,
            Format::Jpeg => self.jpeg,
            Format::Png => self.png,
        }
    }
}

/// A media range and whether it is taken at all.
fn range(text: &str) -> Option<(&str, bool)> {
    let mut parts = text.split(';').map(str::trim);
    let range = parts.next().filter(|range| range.contains('/'))?;
    let weight = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    let refused = weight
        .and_then(|weight| weight.parse::<f32>().ok())
        .is_some_and(|weight| weight <= 0.0);
    Some((range, !refused))
}

impl Choice {
    /// The format of an image for this client. Who takes none of them still gets an image (RFC 9110 section 15.5.7
    /// allows that).
    pub(crate) fn format(self, image: SourceTraits) -> Format {
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
            .find(|format| accepted.takes(*format))
            .unwrap_or(image.fallback)
    }

    /// The formats that it can come to, whatever the image is like; never none.
    pub(crate) fn possible(self) -> &'static [Format] {
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
    fn what_browsers_send_and_what_they_get() {
        use Format::{Avif, Jpeg, Png, Webp};
        let chrome = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
        let safari = "image/webp,image/avif,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5";
        for (accept, photo, logo, clip) in [
            (chrome, Avif, Avif, Webp),
            (safari, Avif, Avif, Webp),
            ("image/webp,*/*", Webp, Webp, Webp),
            ("image/avif", Avif, Avif, Avif),
            ("*/*", Jpeg, Png, Jpeg),
            ("image/*", Jpeg, Png, Jpeg),
            ("", Jpeg, Png, Jpeg),
            ("nonsense", Jpeg, Png, Jpeg),
            ("image/jpeg", Jpeg, Jpeg, Jpeg),
            ("image/png", Png, Png, Png),
            ("image/jpeg, image/*;q=0.1", Jpeg, Png, Jpeg),
            ("image/png;q=0, image/*", Jpeg, Jpeg, Jpeg),
            ("image/avif;q=0, image/webp", Webp, Webp, Webp),
            ("image/avif;q=0.000, */*", Jpeg, Png, Jpeg),
            ("image/avif; q=0.001", Avif, Avif, Avif),
            ("IMAGE/WebP;Q=1", Webp, Webp, Webp),
            ("image/avif;v=b3;q=0,image/webp;v=b3;q=0.7", Webp, Webp, Webp),
            ("text/html", Jpeg, Png, Jpeg),
            ("image/*;q=0", Jpeg, Png, Jpeg),
        ] {
            let choice = Choice::Negotiated(Accepted::parse(accept));
            for (image, expected) in [(PHOTO, photo), (LOGO, logo), (CLIP, clip)] {
                assert_eq!(choice.format(image), expected, "{accept}: {image:?}");
                assert!(choice.possible().contains(&expected), "{accept}: {image:?}");
            }
        }
    }

    #[test]
    fn who_forces_a_format_gets_it() {
        for format in Format::ALL {
            for image in [PHOTO, LOGO, CLIP] {
                assert_eq!(Choice::Forced(format).format(image), format);
            }
            assert_eq!(Choice::Forced(format).possible(), [format]);
        }
    }
}
