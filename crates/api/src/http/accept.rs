//! Content negotiation (RFC 9110 section 12.5.1).
use actix_web::{
    HttpMessage,
    http::header::{Accept, Header, Quality},
};
use infravault_images::AcceptedFormats;

/// The image formats that the client accepts. Without an `Accept` header, or with an unparsable one, these are JPEG and PNG.
///
/// AVIF and WebP must be named: clients that do not support them send wildcards too.
pub(crate) fn accepted_formats(request: &impl HttpMessage) -> AcceptedFormats {
    let ranges = Accept::parse(request).map(|accept| accept.0).unwrap_or_default();
    if ranges.is_empty() {
        return AcceptedFormats::default();
    }
    // The most specific matching range decides.
    let accepts = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| ranges.iter().find(|range| range.item.essence_str() == *name))
            .is_some_and(|range| range.quality > Quality::ZERO)
    };
    AcceptedFormats {
        avif: accepts(&["image/avif"]),
        webp: accepts(&["image/webp"]),
        jpeg: accepts(&["image/jpeg", "image/*", "*/*"]),
        png: accepts(&["image/png", "image/*", "*/*"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    /// The accepted formats as letters, e.g. `awjp` for AVIF, WebP, JPEG and PNG.
    fn accepted(headers: &[&str]) -> String {
        let mut request = TestRequest::default();
        for header in headers {
            request = request.append_header(("Accept", *header));
        }
        let formats = accepted_formats(&request.to_http_request());
        [
            (formats.avif, 'a'),
            (formats.webp, 'w'),
            (formats.jpeg, 'j'),
            (formats.png, 'p'),
        ]
        .into_iter()
        .filter_map(|(accepted, letter)| accepted.then_some(letter))
        .collect()
    }

    #[test]
    fn most_specific_range_decides() {
        for (header, expected) in [
            (
                "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
                "awjp",
            ),
            (
                "image/webp,image/avif,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
                "awjp",
            ),
            ("image/webp,*/*", "wjp"),
            ("image/avif", "a"),
            ("*/*", "jp"),
            ("image/*", "jp"),
            ("", "jp"),
            ("nonsense", "jp"),
            ("image/jpeg", "j"),
            ("image/png", "p"),
            ("image/jpeg, image/*;q=0.1", "jp"),
            ("image/png;q=0, image/*", "j"),
            ("image/avif;q=0, image/webp", "w"),
            ("image/avif;q=0.000, */*", "jp"),
            ("image/avif; q=0.001", "a"),
            ("IMAGE/WebP;Q=1", "w"),
            ("image/avif;v=b3;q=0,image/webp;v=b3;q=0.7", "w"),
            ("text/html", ""),
            ("image/*;q=0", ""),
        ] {
            assert_eq!(accepted(&[header]), expected, "{header}");
        }
        assert_eq!(accepted(&[]), "jp");
        assert_eq!(accepted(&["image/avif", "image/png"]), "ap");
    }
}
