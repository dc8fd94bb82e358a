//! Invalid files are rejected by the pre-scan.

use crate::{
    build::{gif, jpeg, png, webp},
    scan,
};
use infravault_imaging::PrescanError;

#[test]
fn other_file_types_are_unsupported() {
    let cases: [&[u8]; 5] = [
        b"",
        b"<script>alert(1)</script>",
        b"<svg/>",
        b"%PDF-1.7\n\xFF\xD8\xFF",
        b"\0\0\0\x18ftypavif",
    ];
    for file in cases {
        let error = scan(file).unwrap_err();
        assert!(matches!(error, PrescanError::Unsupported(_)), "{error}");
        assert_eq!(error.code(), "unsupported-image-type");
    }
}

#[test]
fn only_huffman_coded_jpeg_is_supported() {
    for marker in 0xC0..=0xCF_u8 {
        let file = jpeg::file(&[jpeg::frame(marker, 9, 9), jpeg::scan(&[1])]);
        let outcome = scan(&file);
        match marker {
            0xC0..=0xC2 => assert!(outcome.is_ok(), "{marker:02X}"),
            // Tables and the reserved code are not frame headers.
            0xC4 | 0xC8 | 0xCC => assert!(
                matches!(outcome, Err(PrescanError::Malformed { .. })),
                "{marker:02X}"
            ),
            _ => assert!(
                matches!(outcome, Err(PrescanError::Unsupported(_))),
                "{marker:02X}"
            ),
        }
    }
}

#[test]
fn malformed_jpeg_is_rejected() {
    let (frame, entropy) = (jpeg::frame(0xC0, 9, 9), jpeg::scan(&[1]));
    let framed = |payload: &[u8]| jpeg::file(&[jpeg::segment(0xC0, payload), entropy.clone()]);
    let after = |first: &[u8]| jpeg::file(&[first.to_vec(), frame.clone(), entropy.clone()]);
    assert_malformed(&[
        ("zero width", jpeg::still(0, 9)),
        ("zero height", jpeg::still(9, 0)),
        ("no scan", jpeg::file(std::slice::from_ref(&frame))),
        ("no frame", jpeg::file(&[])),
        ("scan before frame", after(&entropy)),
        ("two frames", after(&frame)),
        ("second start", after(&[0xFF, 0xD8])),
        ("unknown marker", after(&[0xFF, 0x02])),
        ("segment of length 1", after(&[0xFF, 0xFE, 0, 1])),
        ("no components", framed(&[8, 0, 9, 0, 9, 0])),
        (
            "five components",
            framed(&[8, 0, 9, 0, 9, 5, 1, 17, 0, 1, 17, 0, 1, 17, 0, 1, 17, 0, 1, 17, 0]),
        ),
        ("precision 16", framed(&[16, 0, 9, 0, 9, 1, 1, 17, 0])),
        ("precision 12 in baseline", framed(&[12, 0, 9, 0, 9, 1, 1, 17, 0])),
        ("sampling 0", framed(&[8, 0, 9, 0, 9, 1, 1, 0, 0])),
        ("header too long", framed(&[8, 0, 9, 0, 9, 1, 1, 17, 0, 0])),
        ("no end", jpeg::still(9, 9)[..30].to_vec()),
    ]);
}

#[test]
fn malformed_png_is_rejected() {
    let (header, idat) = (png::header(9, 9, 8, 2), png::chunk("IDAT", &[1; 9]));
    let with = |chunk: &[u8]| png::still(9, 9, &[chunk.to_vec()]);
    assert_malformed(&[
        ("zero width", png::still(0, 9, &[])),
        ("zero height", png::still(9, 0, &[])),
        ("width of 2^31", png::still(1 << 31, 9, &[])),
        ("depth", png::file(&[png::header(9, 9, 4, 2), idat.clone()])),
        ("color type", png::file(&[png::header(9, 9, 8, 5), idat.clone()])),
        ("header not first", png::file(&[idat, header.clone()])),
        ("two headers", with(&header)),
        ("no image data", png::file(std::slice::from_ref(&header))),
        ("empty image data", png::file(&[header, png::chunk("IDAT", &[])])),
        ("empty palette", with(&png::chunk("PLTE", &[]))),
        ("palette not in threes", with(&png::chunk("PLTE", &[0; 4]))),
        ("palette of 257", with(&png::chunk("PLTE", &[0; 771]))),
        ("chunk type", with(&png::chunk("a\0bc", &[]))),
        ("chunk past the end", with(b"\0\xFF\xFF\xFFtEXt")),
        ("chunk of 2^31", with(b"\x80\0\0\0tEXt")),
        ("frame outside the canvas", with(&png::frame(5, 5, 5, 0))),
        ("frame overflows", with(&png::frame(5, 5, u32::MAX, 0))),
        ("frame without area", with(&png::frame(0, 5, 0, 0))),
        ("frame header too short", with(&png::chunk("fcTL", &[0; 25]))),
        ("animation header too short", with(&png::chunk("acTL", &[0; 7]))),
    ]);
}

#[test]
fn malformed_gif_is_rejected() {
    assert_malformed(&[
        ("zero width", gif::animation(0, 9, 1)),
        ("zero height", gif::animation(9, 0, 1)),
        ("no frame", gif::animation(9, 9, 0)),
        (
            "unknown block",
            gif::file(&[gif::header(9, 9), vec![0x99], gif::frame(9, 9)]),
        ),
    ]);
}

#[test]
fn malformed_webp_is_rejected() {
    let extended = |flags, parts: &[u8]| webp::file(&[webp::extended(flags, 9, 9), parts.to_vec()]);
    let framed = |width, height, image: &[u8]| extended(2, &webp::frame_at(0, 0, width, height, image));
    assert_malformed(&[
        ("no header", webp::file(&[webp::chunk("EXIF", &[1, 2])])),
        ("zero width", webp::file(&[webp::lossy(0, 9)])),
        ("no image data", extended(0, &[])),
        ("animation without frames", extended(2, &webp::lossy(9, 9))),
        (
            "frames without the flag",
            extended(0, &webp::frame_at(0, 0, 9, 9, &webp::lossy(9, 9))),
        ),
        (
            "image larger than canvas",
            extended(0, &webp::lossy(16_383, 16_383)),
        ),
        (
            "image larger than frame",
            framed(9, 9, &webp::lossless(16_384, 16_384, false)),
        ),
        ("frame larger than canvas", framed(10, 9, &webp::lossy(10, 9))),
        (
            "frame outside the canvas",
            extended(2, &webp::frame_at(2, 0, 9, 9, &webp::lossy(9, 9))),
        ),
        ("frame without image", framed(9, 9, &[])),
        ("chunk leaves its frame", framed(9, 9, b"VP8 \xFF\0\0\0")),
        (
            "not a key frame",
            webp::file(&[webp::chunk("VP8 ", &[1, 0, 0, 0x9D, 1, 0x2A, 9, 0, 9, 0])]),
        ),
        (
            "no start code",
            webp::file(&[webp::chunk("VP8 ", &[0, 0, 0, 0x9D, 1, 0x2B, 9, 0, 9, 0])]),
        ),
        (
            "lossless version",
            webp::file(&[webp::chunk("VP8L", &[0x2F, 0, 0, 0, 0x20])]),
        ),
    ]);
}

fn assert_malformed(cases: &[(&str, Vec<u8>)]) {
    for (name, file) in cases {
        match scan(file) {
            Err(error @ PrescanError::Malformed { .. }) => assert_eq!(error.code(), "image-undecodable"),
            other => panic!("{name}: {other:?}"),
        }
    }
}
