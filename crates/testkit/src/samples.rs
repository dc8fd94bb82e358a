//! Small generated images: the four accepted formats, metadata, and malicious files.
use image::{
    Delay, DynamicImage, ExtendedColorType, Frame, ImageEncoder, Rgb, RgbImage,
    codecs::{
        gif::{GifEncoder, Repeat},
        jpeg::JpegEncoder,
        png::PngEncoder,
        webp::WebPEncoder,
    },
};

mod bombs;
mod container;
mod metadata;
mod mislabeled;
mod polyglots;
mod resource_exhaustion;

pub use bombs::{Bomb, bombs};
pub use metadata::{
    FileWithMetadata, METADATA_MARKER, files_with_metadata, jpeg_with_orientation_and_thumbnail,
    quadrant_colors,
};
pub use mislabeled::{MislabeledFile, mislabeled_files};
pub use polyglots::{Polyglot, polyglots};
pub use resource_exhaustion::resource_exhausting_files;

/// One of the accepted formats.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The media type, for example `image/jpeg`.
    pub media_type: &'static str,
    /// The file name extension, without the dot.
    pub extension: &'static str,
    /// Generates an image from a width, a height and a seed.
    pub generate: fn(u32, u32, u64) -> Vec<u8>,
}

/// The four accepted formats.
pub const FORMATS: [Format; 4] = [
    Format {
        media_type: "image/jpeg",
        extension: "jpg",
        generate: jpeg,
    },
    Format {
        media_type: "image/png",
        extension: "png",
        generate: png,
    },
    Format {
        media_type: "image/gif",
        extension: "gif",
        generate: |width, height, seed| gif(width, height, 1, seed),
    },
    Format {
        media_type: "image/webp",
        extension: "webp",
        generate: webp,
    },
];

/// A JPEG. As for all generators here, equal seeds produce equal bytes and different seeds different images.
#[must_use]
pub fn jpeg(width: u32, height: u32, seed: u64) -> Vec<u8> {
    encode_jpeg(&pattern(width, height, seed, 0))
}

fn encode_jpeg(image: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(JpegEncoder::new_with_quality(&mut bytes, 85), image);
    bytes
}

/// A true-color PNG.
#[must_use]
pub fn png(width: u32, height: u32, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(PngEncoder::new(&mut bytes), &pattern(width, height, seed, 0));
    bytes
}

/// A lossless WebP.
#[must_use]
pub fn webp(width: u32, height: u32, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(
        WebPEncoder::new_lossless(&mut bytes),
        &pattern(width, height, seed, 0),
    );
    bytes
}

/// A GIF with frames of 100 ms each; more than one frame makes an infinite animation.
#[must_use]
pub fn gif(width: u32, height: u32, frames: u32, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
    if frames > 1 {
        encoder
            .set_repeat(Repeat::Infinite)
            .expect("the repeat count can be encoded");
    }
    for frame in 0..frames {
        let image = DynamicImage::from(pattern(width, height, seed, frame)).into_rgba8();
        let delay = Delay::from_numer_denom_ms(100, 1);
        let frame = Frame::from_parts(image, 0, 0, delay);
        encoder.encode_frame(frame).expect("a frame can be encoded");
    }
    drop(encoder);
    bytes
}

/// A JPEG with an EXIF orientation from 1 (upright) to 8. Width and height are those of the stored pixels, so from 5 on
/// the displayed image has them swapped.
#[must_use]
pub fn jpeg_with_orientation(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let exif = container::exif(orientation, false);
    container::with_segment(&jpeg(width, height, orientation.into()), 0xE1, &exif)
}

/// A JPEG with a GPS location in its EXIF: 48° 12′ 30″ N, 16° 22′ 21″ E.
#[must_use]
pub fn jpeg_with_gps(width: u32, height: u32, seed: u64) -> Vec<u8> {
    container::with_segment(&jpeg(width, height, seed), 0xE1, &container::exif(1, true))
}

fn encode(encoder: impl ImageEncoder, image: &RgbImage) {
    let (width, height) = image.dimensions();
    encoder
        .write_image(image, width, height, ExtendedColorType::Rgb8)
        .expect("a small image can be encoded into memory");
}

/// A gradient of two colors under stripes, rings or checks, selected by the seed.
fn pattern(width: u32, height: u32, seed: u64, frame: u32) -> RgbImage {
    let [from_r, from_g, from_b, to_r, to_g, to_b, step, shape] = scramble(seed).to_be_bytes();
    let (from, to) = ([from_r, from_g, from_b], [to_r, to_g, to_b]);
    let step = 8 + u32::from(step) / 4;
    RgbImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (x.abs_diff(width / 2), y.abs_diff(height / 2));
        let along = match shape % 3 {
            0 => x + y,
            1 => (dx * dx + dy * dy).isqrt(),
            _ => (x / step) * step + (y / step) * step * 2,
        };
        let bright = (along / step + frame).is_multiple_of(2);
        let mut channels = from.iter().zip(to).map(|(&from, to)| {
            let mixed = (u32::from(from) * (height - y) + u32::from(to) * y) / height.max(1);
            let shaded = if bright { mixed } else { mixed * 3 / 4 };
            u8::try_from(shaded).unwrap_or(u8::MAX)
        });
        Rgb(std::array::from_fn(|_| channels.next().unwrap_or_default()))
    })
}

/// Mixes the bits of a seed (`SplitMix64`).
fn scramble(seed: u64) -> u64 {
    let mixed = seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
