//! Detects the type of an image from its first bytes.

use crate::MediaType;

/// Number of leading bytes that [`sniff`] reads. JPEG, PNG and GIF need fewer.
pub const HEAD_LEN: usize = 12;

/// Returns the accepted type whose signature `head` starts with. Only signatures at byte 0 count, so that a PDF, ZIP or
/// HTML file with an embedded image is not accepted.
#[must_use]
pub fn sniff(head: &[u8]) -> Option<MediaType> {
    if head.starts_with(&[0xFF, 0xD8, 0xFF]) {
        Some(MediaType::Jpeg)
    } else if head.starts_with(b"\x89PNG\r\n\x1A\n") {
        Some(MediaType::Png)
    } else if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        Some(MediaType::Gif)
    } else if head.starts_with(b"RIFF") && head.get(8..HEAD_LEN) == Some(b"WEBP") {
        Some(MediaType::Webp)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_is_detected_from_the_signature() {
        let cases: [(&[u8], Option<MediaType>); 22] = [
            (b"\xFF\xD8\xFF\xE0", Some(MediaType::Jpeg)),
            (b"\xFF\xD8\xFF", Some(MediaType::Jpeg)),
            (b"\xFF\xD8", None),
            (b"\x89PNG\r\n\x1A\n", Some(MediaType::Png)),
            (b"\x89PNG\n\x1A\n", None),
            (b"GIF87a", Some(MediaType::Gif)),
            (b"GIF89a!", Some(MediaType::Gif)),
            (b"GIF88a", None),
            (b"RIFF\0\0\0\0WEBP", Some(MediaType::Webp)),
            (b"RIFF\0\0\0\0WEB", None),
            (b"RIFF\0\0\0\0WAVE", None),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", None),
            (b"\xEF\xBB\xBF<?xml version=\"1.0\"?><svg/>", None),
            (b"<!-- GIF89a --><svg/>", None),
            (b"\x1F\x8B\x08\0\0\0\0\0\0\x03", None),
            (b"<!doctype html><script>", None),
            (b"%PDF-1.7\n\xFF\xD8\xFF", None),
            (b"\0\0\0\x18ftypheic", None),
            (b"\0\0\0\x1Cftypavif", None),
            (b"II*\0\x08\0\0\0", None),
            (b"BM\x36\0\0\0", None),
            (b"", None),
        ];
        for (head, expected) in cases {
            assert_eq!(sniff(head), expected, "{:?}", String::from_utf8_lossy(head));
        }
    }
}
