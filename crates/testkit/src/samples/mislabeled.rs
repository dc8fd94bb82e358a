//! Files that claim to be images but are not.
use super::container::gzip;

/// A file that must be rejected for its content, regardless of its claimed type.
#[derive(Clone, Debug)]
pub struct MislabeledFile {
    /// A description for messages.
    pub name: &'static str,
    /// The claimed media type.
    pub claimed: &'static str,
    /// The claimed file name.
    pub file_name: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

const SVG: &str = r#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;

/// HTML, disguised SVG, and formats that are not accepted.
#[must_use]
pub fn mislabeled_files() -> Vec<MislabeledFile> {
    let file = |name, claimed, file_name, bytes: &[u8]| MislabeledFile {
        name,
        claimed,
        file_name,
        bytes: bytes.to_vec(),
    };
    let html = b"<!doctype html><script>alert(1)</script>".as_slice();
    let xml = format!("<?xml version=\"1.0\"?>\n{SVG}");
    let (marked, commented) = (format!("\u{FEFF}{SVG}"), format!("<!-- GIF89a -->\n{SVG}"));
    let png = "image/png";
    vec![
        file("HTML as JPEG", "image/jpeg", "page.jpg", html),
        file("SVG", "image/svg+xml", "drawing.svg", SVG.as_bytes()),
        file("SVG as PNG", png, "drawing.png", SVG.as_bytes()),
        file("SVG behind an XML head", png, "drawing.png", xml.as_bytes()),
        file(
            "SVG behind a byte order mark",
            png,
            "drawing.png",
            marked.as_bytes(),
        ),
        file(
            "SVG behind a comment",
            "image/gif",
            "drawing.gif",
            commented.as_bytes(),
        ),
        file("SVGZ", png, "drawing.png", &gzip(SVG.as_bytes())),
        file("PDF", "image/jpeg", "paper.jpg", b"%PDF-1.7\n%%EOF\n"),
        file(
            "HEIC",
            "image/jpeg",
            "photo.jpg",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        ),
        file("TIFF", "image/webp", "scan.webp", b"II*\0\x08\0\0\0\0\0\0\0\0\0"),
        file("text", png, "notes.png", b"just words"),
    ]
}
