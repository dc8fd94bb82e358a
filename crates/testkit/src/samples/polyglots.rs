//! Polyglots: valid images that are valid in another format too.
use super::{
    container::{png_chunk, with_chunks, with_segment, zip},
    gif, jpeg, png,
};

/// A valid image with other content, which must never be served to anyone but its owner.
#[derive(Clone, Debug)]
pub struct Polyglot {
    /// A description for messages.
    pub name: &'static str,
    /// The media type of the image.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// Bytes in the file that must not occur in renditions.
    pub markers: Vec<&'static str>,
}

const SCRIPT: &str = "<script>alert('iv-marker-script')</script>";
const PHP: &str = "<?php echo 'iv-marker-php'; ?>";
const ZIPPED: &str = "iv-marker-zip";
const PDF_HEAD: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/Title(iv-marker-pdf)>>endobj\n";
const PDF_TAIL: &str = "\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// GIF and ZIP; JPEG and HTML; PNG with script and PHP; JPEG and PDF.
#[must_use]
pub fn polyglots() -> Vec<Polyglot> {
    let image = gif(16, 12, 1, 1);
    let archive = zip("marker.txt", ZIPPED.as_bytes(), &image);
    let text = png_chunk(*b"tEXt", format!("Comment\0{SCRIPT}").as_bytes());
    let html = format!("--><html>{SCRIPT}</html><!--");
    vec![
        Polyglot {
            name: "GIF and ZIP",
            media_type: "image/gif",
            bytes: [image, archive].concat(),
            markers: vec![ZIPPED],
        },
        Polyglot {
            name: "JPEG with HTML in a comment",
            media_type: "image/jpeg",
            bytes: with_segment(&jpeg(16, 12, 2), 0xFE, html.as_bytes()),
            markers: vec!["iv-marker-script"],
        },
        Polyglot {
            name: "PNG with a script in tEXt and PHP after its end",
            media_type: "image/png",
            bytes: [with_chunks(&png(16, 12, 3), &text), PHP.into()].concat(),
            markers: vec!["iv-marker-script", "iv-marker-php"],
        },
        Polyglot {
            name: "JPEG and PDF",
            media_type: "image/jpeg",
            bytes: [
                with_segment(&jpeg(16, 12, 4), 0xFE, PDF_HEAD.as_bytes()),
                PDF_TAIL.into(),
            ]
            .concat(),
            markers: vec!["iv-marker-pdf"],
        },
    ]
}
