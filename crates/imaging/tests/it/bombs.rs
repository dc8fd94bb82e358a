//! Decompression bombs: small files that cost a decoder gigabytes or minutes are rejected, most after a few bytes.

use crate::{
    Counting,
    build::{gif, jpeg, png, webp},
    scan,
};
use infravault_imaging::{Limits, MediaType, PrescanError, prescan};

/// The maximum number of bytes that are read of a bomb that is recognized by its first bytes.
const FEW: usize = 33 * 1024;

#[test]
fn oversized_canvas_is_rejected_by_the_header() {
    let idat = png::chunk("IDAT", &vec![0; 437 * 1024]);
    let cases = [
        (
            "PNG, 1 bit, 60 000 squared",
            png::file(&[png::header(60_000, 60_000, 1, 0), idat.clone()]),
        ),
        (
            "PNG, sides of 2^31 - 1",
            png::file(&[png::header(0x7FFF_FFFF, 0x7FFF_FFFF, 8, 6), idat.clone()]),
        ),
        (
            "WebP, lossy, 16 383 squared",
            webp::file(&[webp::lossy(16_383, 16_383)]),
        ),
        (
            "WebP, lossless, 16 384 squared",
            webp::file(&[webp::lossless(16_384, 16_384, false)]),
        ),
        (
            "WebP, canvas of 2^24",
            webp::file(&[webp::extended(0, 1 << 24, 255), webp::lossy(1, 1)]),
        ),
        ("JPEG, 65 535 squared", jpeg::still(65_535, 65_535)),
        ("GIF, 65 535 squared", gif::animation(65_535, 65_535, 1)),
        (
            "GIF, small screen, large frame",
            gif::file(&[gif::header(1, 1), gif::frame(65_535, 65_535)]),
        ),
    ];
    for (name, file) in cases {
        let mut reader = Counting::new(&file);
        let error = prescan(
            &mut reader,
            u64::try_from(file.len()).unwrap(),
            &Limits::default(),
        )
        .unwrap_err();
        assert!(matches!(error, PrescanError::TooLarge { .. }), "{name}: {error}");
        assert!(reader.read <= FEW, "{name}: {} bytes read", reader.read);
    }
}

#[test]
fn oversized_animation_is_rejected_while_counting() {
    let many_frames = png::still(100, 100, &[png::frame(1, 1, 0, 0).repeat(301)]);
    let declared = png::still(100, 100, &[png::animation(1 << 31)]);
    let declared_area = png::still(5_000, 5_000, &[png::animation(3)]);
    let cases = [
        (
            "GIF, 10 000 × 5 000, 1 000 frames",
            gif::animation(10_000, 5_000, 1_000),
        ),
        (
            "GIF, 2 000 squared, 20 000 frames",
            gif::animation(2_000, 2_000, 20_000),
        ),
        ("GIF, 1 pixel, 1 000 000 frames", gif::animation(1, 1, 1_000_000)),
        (
            "WebP, 4 000 squared, 30 frames",
            webp::animation(4_000, 4_000, 30),
        ),
        ("WebP, 1 pixel, 10 000 frames", webp::animation(1, 1, 10_000)),
        ("APNG, 2^31 frames declared", declared),
        ("APNG, 75 megapixels declared", declared_area),
        ("APNG, 301 frames not declared", many_frames),
    ];
    for (name, file) in cases {
        let mut reader = Counting::new(&file);
        let error = prescan(
            &mut reader,
            u64::try_from(file.len()).unwrap(),
            &Limits::default(),
        )
        .unwrap_err();
        assert!(
            matches!(error, PrescanError::TooComplex { .. }),
            "{name}: {error}"
        );
        assert!(reader.read <= FEW, "{name}: {} bytes read", reader.read);
    }
}

#[test]
fn compressed_profile_and_text_bombs_are_rejected() {
    // The smallest deflate stream of one gigabyte has 1,040,447 bytes.
    let megabyte = [b"bomb\0\0".as_slice(), &vec![0x55; 1_040_447]].concat();
    let text = png::chunk("zTXt", &megabyte[..100_000]);
    let cases = [
        ("iCCP", png::still(8, 8, &[png::chunk("iCCP", &megabyte)])),
        ("zTXt", png::still(8, 8, &[png::chunk("zTXt", &megabyte)])),
        (
            "iTXt",
            png::still(8, 8, &[png::international_text(true, 1_040_447)]),
        ),
        ("many zTXt", png::still(8, 8, &[text.repeat(3)])),
        (
            "iTXt without a keyword's end",
            png::still(8, 8, &[png::chunk("iTXt", &vec![b'x'; 300_000])]),
        ),
    ];
    for (name, file) in cases {
        let mut reader = Counting::new(&file);
        let error = prescan(
            &mut reader,
            u64::try_from(file.len()).unwrap(),
            &Limits::default(),
        )
        .unwrap_err();
        assert!(
            matches!(error, PrescanError::TooComplex { .. }),
            "{name}: {error}"
        );
        assert!(reader.read < file.len() / 2, "{name}: {} bytes read", reader.read);
    }
    let plain = png::still(8, 8, &[png::international_text(false, 1_040_447)]);
    assert_eq!(scan(&plain).unwrap().media_type, MediaType::Png);
}

#[test]
fn jpeg_with_hundreds_of_scans_is_rejected() {
    for (width, height, scans) in [(4_000, 4_000, 500), (10_000, 5_000, 2_000)] {
        let file = jpeg::file(&[
            jpeg::frame(0xC2, width, height),
            jpeg::scan(&[0x55; 240]).repeat(scans),
        ]);
        let mut reader = Counting::new(&file);
        let error = prescan(
            &mut reader,
            u64::try_from(file.len()).unwrap(),
            &Limits::default(),
        )
        .unwrap_err();
        assert!(
            matches!(error, PrescanError::TooComplex { what: "scans", .. }),
            "{error}"
        );
        assert!(reader.read <= FEW, "{} bytes read", reader.read);
    }
}

#[test]
fn thousands_of_empty_blocks_are_rejected() {
    let cases = [
        ("JPEG", jpeg::file(&[jpeg::segment(0xFE, &[]).repeat(600_000)])),
        (
            "PNG",
            png::still(1, 1, &[png::chunk("teXt", &[]).repeat(600_000)]),
        ),
        ("GIF blocks", gif::file(&[gif::header(1, 1), vec![0; 600_000]])),
        (
            "GIF sub-blocks",
            gif::file(&[
                gif::header(1, 1),
                gif::extension(0xFE, &vec![b"x".as_slice(); 600_000]),
            ]),
        ),
        (
            "WebP",
            webp::file(&[webp::extended(0, 1, 1), webp::chunk("none", &[]).repeat(600_000)]),
        ),
    ];
    for (name, file) in cases {
        let error = scan(&file).unwrap_err();
        assert!(
            matches!(
                error,
                PrescanError::TooComplex {
                    what: "structural blocks",
                    ..
                }
            ),
            "{name}: {error}"
        );
    }
}

#[test]
fn payloads_are_skipped() {
    let large = vec![0x55; 8 * 1024 * 1024];
    let cases = [
        (
            "PNG",
            png::file(&[png::header(9, 9, 8, 2), png::chunk("IDAT", &large)]),
        ),
        (
            "WebP",
            webp::file(&[
                webp::extended(0, 9, 9),
                webp::chunk("XMP ", &large),
                webp::lossy(9, 9),
            ]),
        ),
    ];
    for (name, file) in cases {
        let mut reader = Counting::new(&file);
        prescan(
            &mut reader,
            u64::try_from(file.len()).unwrap(),
            &Limits::default(),
        )
        .unwrap();
        assert!(reader.read <= 3 * FEW, "{name}: {} bytes read", reader.read);
    }
}
