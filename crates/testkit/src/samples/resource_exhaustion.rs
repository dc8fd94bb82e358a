//! Files of kilobytes to megabytes that would cost a decoder seconds or gigabytes, although their dimensions are allowed.
use super::{
    Bomb,
    container::{png_chunk, riff_chunk, segment, webp_announcing, with_chunks, zlib_zeros},
    png,
};

/// One gibibyte.
const GIB: u32 = 1024 * 1024 * 1024;

/// Color profiles and texts that inflate to a gibibyte, endless animations, endless scans. All must be rejected without
/// inflating anything.
#[must_use]
pub fn resource_exhausting_files() -> Vec<Bomb> {
    let bomb = |name, media_type, bytes| Bomb {
        name,
        media_type,
        bytes,
    };
    let zeros = zlib_zeros(GIB);
    let with = |kind: [u8; 4], head: &[u8]| {
        with_chunks(
            &png(8, 8, 1),
            &png_chunk(kind, &[head, zeros.as_slice()].concat()),
        )
    };
    let animation = png_chunk(*b"acTL", &[0x80, 0, 0, 0, 0, 0, 0, 0]);
    vec![
        bomb(
            "PNG with a profile of a gibibyte",
            "image/png",
            with(*b"iCCP", b"p\0\0"),
        ),
        bomb(
            "PNG with a text of a gibibyte",
            "image/png",
            with(*b"zTXt", b"k\0\0"),
        ),
        bomb(
            "PNG with an international text of a gibibyte",
            "image/png",
            with(*b"iTXt", b"k\0\x01\0\0\0"),
        ),
        bomb(
            "APNG of 2³¹ frames",
            "image/png",
            with_chunks(&png(8, 8, 1), &animation),
        ),
        bomb(
            "GIF of 10,000 × 5,000 × 1,000 frames",
            "image/gif",
            gif(10_000, 5_000, 1_000),
        ),
        bomb(
            "GIF of 2,000² × 20,000 frames",
            "image/gif",
            gif(2_000, 2_000, 20_000),
        ),
        bomb("GIF of 65,535²", "image/gif", gif(65_535, 65_535, 1)),
        bomb("WebP of 4,000² × 30 frames", "image/webp", webp(4_000, 30)),
        bomb("JPEG with 500 scans", "image/jpeg", jpeg(640, 480, 500)),
        bomb(
            "JPEG of 50 megapixels with 2,000 scans",
            "image/jpeg",
            jpeg(8_192, 6_100, 2_000),
        ),
    ]
}

/// Frames of one pixel on a large canvas.
fn gif(width: u16, height: u16, frames: usize) -> Vec<u8> {
    let head = [
        b"GIF89a".as_slice(),
        &width.to_le_bytes(),
        &height.to_le_bytes(),
        &[0x80, 0, 0, 0, 0, 0, 255, 255, 255],
    ]
    .concat();
    let frame = b"\x21\xF9\x04\x08\x0A\0\0\0\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    [head.as_slice(), &frame.repeat(frames), b";"].concat()
}

/// Full-canvas frames.
fn webp(side: u32, frames: usize) -> Vec<u8> {
    let minus_one = (side - 1).to_le_bytes();
    let canvas = minus_one.split_at(3).0.repeat(2);
    let frame = [
        [0; 6].as_slice(),
        &canvas,
        &[100, 0, 0, 0],
        webp_announcing(side, side).split_at(12).1,
    ]
    .concat();
    let body = [
        b"WEBP".as_slice(),
        &riff_chunk(*b"VP8X", &[[2, 0, 0, 0].as_slice(), &canvas].concat()),
        &riff_chunk(*b"ANIM", &[0; 6]),
        &riff_chunk(*b"ANMF", &frame).repeat(frames),
    ]
    .concat();
    riff_chunk(*b"RIFF", &body)
}

/// A progressive JPEG with thousands of scans of the same coefficients.
fn jpeg(width: u16, height: u16, scans: usize) -> Vec<u8> {
    let ([h1, h0], [w1, w0]) = (height.to_be_bytes(), width.to_be_bytes());
    let scan = [segment(0xDA, &[1, 1, 0, 1, 63, 0x10]), vec![0; 200]].concat();
    [
        [0xFF, 0xD8].as_slice(),
        &segment(0xC2, &[8, h1, h0, w1, w0, 1, 1, 0x11, 0]),
        &scan.repeat(scans),
        &[0xFF, 0xD9],
    ]
    .concat()
}
