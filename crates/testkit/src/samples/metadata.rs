//! Images with metadata in every place of their format: camera, author, location, thumbnail.
use super::{
    FORMATS,
    container::{png_chunk, riff_chunk, segment, with_chunks},
    gif, jpeg, png, webp,
};

/// An image with metadata.
#[derive(Clone, Debug)]
pub struct FileWithMetadata {
    /// The media type.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The text in all metadata of [`files_with_metadata`].
pub const METADATA_MARKER: &str = "iv-marker-person";

/// The color of the thumbnail, which no other image here has.
const MAGENTA: [u8; 3] = [255, 0, 255];

/// One file of each format, with EXIF (make, model, serial number, maker note, GPS, thumbnail), XMP, IPTC and comments as
/// far as the format supports them.
#[must_use]
pub fn files_with_metadata() -> Vec<FileWithMetadata> {
    let tiff = tiff(1);
    let exif = [b"Exif\0\0".as_slice(), &tiff].concat();
    let xmp_head = b"http://ns.adobe.com/xap/1.0/\0";
    let photograph = with_segments(
        &jpeg(60, 40, 1),
        &[
            segment(0xE1, &exif),
            segment(0xE1, &[xmp_head, xmp().as_bytes()].concat()),
            segment(0xED, &iptc()),
            segment(0xFE, METADATA_MARKER.as_bytes()),
        ]
        .concat(),
    );
    let text = [b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), xmp().as_bytes()].concat();
    let chunks = [
        png_chunk(*b"eXIf", &tiff),
        png_chunk(*b"iTXt", &text),
        png_chunk(*b"tEXt", format!("Author\0{METADATA_MARKER}").as_bytes()),
        png_chunk(
            *b"tEXt",
            format!(
                "Raw profile type exif\0\nexif\n{:8}\n{}\n",
                exif.len(),
                hex(&exif)
            )
            .as_bytes(),
        ),
    ]
    .concat();
    let files = [
        photograph,
        with_chunks(&png(60, 40, 2), &chunks),
        tagged_gif(),
        tagged_webp(&tiff),
    ];
    FORMATS
        .iter()
        .zip(files)
        .map(|(format, bytes)| FileWithMetadata {
            media_type: format.media_type,
            bytes,
        })
        .collect()
}

/// A JPEG with an EXIF orientation (1 to 8) and a different thumbnail, which is magenta. The quadrants of the displayed
/// image are red and green at the top, blue and white at the bottom; width and height are those of the displayed image.
#[must_use]
pub fn jpeg_with_orientation_and_thumbnail(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let upright = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb(match (x < width / 2, y < height / 2) {
            (true, true) => [255, 0, 0],
            (false, true) => [0, 255, 0],
            (true, false) => [0, 0, 255],
            (false, false) => [255, 255, 255],
        })
    });
    // The inverse of each orientation (Exif 2.3, tag 0x0112).
    let stored = match orientation {
        2 => image::imageops::flip_horizontal(&upright),
        3 => image::imageops::rotate180(&upright),
        4 => image::imageops::flip_vertical(&upright),
        5 => image::imageops::flip_horizontal(&image::imageops::rotate90(&upright)),
        6 => image::imageops::rotate270(&upright),
        7 => image::imageops::flip_horizontal(&image::imageops::rotate270(&upright)),
        8 => image::imageops::rotate90(&upright),
        _ => upright,
    };
    let exif = [b"Exif\0\0".as_slice(), &tiff(orientation)].concat();
    with_segments(&super::encode_jpeg(&stored), &segment(0xE1, &exif))
}

/// The colors in the centers of the quadrants: top left, top right, bottom left, bottom right.
#[must_use]
pub fn quadrant_colors(bytes: &[u8]) -> [&'static str; 4] {
    let image = image::load_from_memory(bytes)
        .expect("an image of a known format")
        .into_rgb8();
    let (width, height) = image.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| {
        let image::Rgb(channels) = image.get_pixel(width * x / 4, height * y / 4);
        match channels.map(|channel| channel > 127) {
            [true, false, false] => "red",
            [false, true, false] => "green",
            [false, false, true] => "blue",
            [true, true, true] => "white",
            _ => "another color",
        }
    })
}

fn with_segments(jpeg: &[u8], segments: &[u8]) -> Vec<u8> {
    let (start, rest) = jpeg.split_at(2);
    [start, segments, rest].concat()
}

/// A TIFF block (Exif 2.3, big-endian) with an orientation, a camera, a GPS location and a thumbnail.
fn tiff(orientation: u8) -> Vec<u8> {
    let (ascii, short, long, rational, bytes) = (2, 3, 4, 5, 7);
    let text = |text: &str| [text.as_bytes(), &[0]].concat();
    let number = |number: usize| u32::try_from(number).expect("the block is small").to_be_bytes();
    let triple = |numbers: [u32; 3]| {
        let parts = numbers
            .iter()
            .flat_map(|number| [number.to_be_bytes(), 1_u32.to_be_bytes()]);
        parts.flatten().collect::<Vec<u8>>()
    };
    let thumbnail = super::encode_jpeg(&image::RgbImage::from_pixel(32, 24, image::Rgb(MAGENTA)));
    // Directory offsets depend on the lengths, which do not depend on the offsets, so two rounds suffice.
    let (mut camera, mut place, mut second, mut image) = (0, 0, 0, 0);
    let mut block = Vec::new();
    for _ in 0..2 {
        block = b"MM\0*\0\0\0\x08".to_vec();
        let fields = [
            (0x010F, ascii, text(METADATA_MARKER)),
            (0x0110, ascii, text(METADATA_MARKER)),
            (0x0112, short, vec![0, orientation]),
            (0x013B, ascii, text(METADATA_MARKER)),
            (0x8769, long, number(camera).to_vec()),
            (0x8825, long, number(place).to_vec()),
        ];
        directory(&mut block, &fields, second);
        camera = block.len();
        let fields = [
            (0x927C, bytes, text(METADATA_MARKER)),
            (0xA431, ascii, text(METADATA_MARKER)),
        ];
        directory(&mut block, &fields, 0);
        place = block.len();
        let fields = [
            (1, ascii, text("N")),
            (2, rational, triple([48, 12, 30])),
            (3, ascii, text("E")),
            (4, rational, triple([16, 22, 21])),
        ];
        directory(&mut block, &fields, 0);
        second = block.len();
        let fields = [
            (0x0103, short, vec![0, 6]),
            (0x0201, long, number(image).to_vec()),
            (0x0202, long, number(thumbnail.len()).to_vec()),
        ];
        directory(&mut block, &fields, 0);
        image = block.len();
        block.extend_from_slice(&thumbnail);
    }
    block
}

/// Appends an image file directory and its values.
fn directory(block: &mut Vec<u8>, fields: &[(u16, u16, Vec<u8>)], next: usize) {
    let long = |number: usize| u32::try_from(number).expect("the block is small").to_be_bytes();
    let mut behind = Vec::new();
    let values_at = block.len() + 2 + 12 * fields.len() + 4;
    let len = u16::try_from(fields.len()).expect("a directory has few fields");
    block.extend(len.to_be_bytes());
    for (tag, kind, value) in fields {
        let size = match kind {
            3 => 2,
            4 => 4,
            5 => 8,
            _ => 1,
        };
        block.extend(tag.to_be_bytes());
        block.extend(kind.to_be_bytes());
        block.extend(long(value.len() / size));
        if value.len() > 4 {
            block.extend(long(values_at + behind.len()));
            behind.extend_from_slice(value);
        } else {
            block.extend_from_slice(value);
            block.extend(std::iter::repeat_n(0, 4 - value.len()));
        }
    }
    block.extend(long(next));
    block.extend(behind);
}

fn xmp() -> String {
    format!(
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\" xmlns:exif=\"http://ns.adobe.com/exif/1.0/\" \
         xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\" exif:GPSLatitude=\"48,12.5N\" \
         exif:GPSLongitude=\"16,22.35E\" photoshop:City=\"{METADATA_MARKER}\"/></rdf:RDF></x:xmpmeta>"
    )
}

/// A Photoshop resource with the IPTC city (IIM 4.2, 2:90).
fn iptc() -> Vec<u8> {
    let len = |text: &str| {
        u16::try_from(text.len())
            .expect("the text is short")
            .to_be_bytes()
    };
    let city = [
        &[0x1C, 2, 90],
        len(METADATA_MARKER).as_slice(),
        METADATA_MARKER.as_bytes(),
    ]
    .concat();
    let size = u32::try_from(city.len()).expect("the text is short");
    let padding = vec![0; city.len() % 2];
    [
        b"Photoshop 3.0\x008BIM\x04\x04\0\0".as_slice(),
        &size.to_be_bytes(),
        &city,
        &padding,
    ]
    .concat()
}

/// A GIF with comments and XMP between the header and the first image block.
fn tagged_gif() -> Vec<u8> {
    let file = gif(60, 40, 1, 3);
    let len = u8::try_from(METADATA_MARKER.len()).expect("the marker is short");
    let comment = [&[0x21, 0xFE, len], METADATA_MARKER.as_bytes(), &[0]].concat();
    // XMP in GIF is not a chain of blocks; a trailer of descending numbers resynchronizes readers.
    let trailer: Vec<u8> = [1].into_iter().chain((0..=255).rev()).chain([0]).collect();
    let application = [b"\x21\xFF\x0BXMP DataXMP".as_slice(), xmp().as_bytes(), &trailer].concat();
    let (file, end) = file.split_at(file.len() - 1);
    [file, &comment, &application, end].concat()
}

/// An extended WebP with EXIF and XMP.
fn tagged_webp(tiff: &[u8]) -> Vec<u8> {
    let plain = webp(60, 40, 4);
    let (exif, xmp_there) = (0x08, 0x04);
    let header = riff_chunk(*b"VP8X", &[exif | xmp_there, 0, 0, 0, 59, 0, 0, 39, 0, 0]);
    let body = [
        b"WEBP".as_slice(),
        &header,
        plain.split_at(12).1,
        &riff_chunk(*b"EXIF", tiff),
        &riff_chunk(*b"XMP ", xmp().as_bytes()),
    ]
    .concat();
    riff_chunk(*b"RIFF", &body)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
