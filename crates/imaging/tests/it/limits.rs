//! An image at a limit is accepted, and rejected with the right error beyond it.

use crate::{
    build::{gif, jpeg, png, webp},
    scan_with,
};
use infravault_imaging::{Limits, PrescanError};

fn small_limits() -> Limits {
    Limits {
        max_side: 100,
        max_pixels: 5_000,
        max_animation_pixels: 2_000,
        max_frames: 4,
        max_jpeg_scans: 3,
        max_icc_bytes: 600,
        max_compressed_icc_bytes: 50,
        max_compressed_text_bytes: 40,
        max_exif_bytes: 64,
        max_blocks: 200,
    }
}

/// Builds an image with this width and height.
type Builder<'a> = &'a dyn Fn(u16, u16) -> Vec<u8>;

#[test]
fn size_limits() {
    let lossy = |width: u16, height| webp::file(&[webp::lossy(width, height)]);
    let lossless = |width: u16, height: u16| webp::file(&[webp::lossless(width.into(), height.into(), true)]);
    let extended = |width: u16, height: u16| {
        webp::file(&[
            webp::extended(0, width.into(), height.into()),
            webp::lossy(width, height),
        ])
    };
    let builders: [(&str, Builder<'_>); 6] = [
        ("JPEG", &jpeg::still),
        ("PNG", &|width, height| {
            png::still(width.into(), height.into(), &[])
        }),
        ("GIF", &|width, height| gif::animation(width, height, 1)),
        ("WebP, lossy", &lossy),
        ("WebP, lossless", &lossless),
        ("WebP, extended", &extended),
    ];
    for (name, build) in builders {
        for (width, height, accepted) in [
            (100, 50, true),
            (50, 100, true),
            (101, 1, false),
            (1, 101, false),
            (100, 51, false),
            (1, 1, true),
        ] {
            match scan_with(&build(width, height), &small_limits()) {
                Ok(info) => {
                    assert!(accepted, "{name} {width} × {height}");
                    assert_eq!((info.width, info.height), (width.into(), height.into()), "{name}");
                    assert_eq!(info.frames, 1, "{name}");
                }
                Err(error) => {
                    assert!(!accepted, "{name} {width} × {height}: {error}");
                    assert!(matches!(error, PrescanError::TooLarge { .. }), "{name}: {error}");
                }
            }
        }
    }
}

#[test]
fn scan_and_block_limits() {
    let scans = |count| jpeg::file(&[jpeg::frame(0xC2, 9, 9), jpeg::scan(&[1, 2]).repeat(count)]);
    let blocks = |count| {
        jpeg::file(&[
            jpeg::segment(0xFE, b"x").repeat(count),
            jpeg::still(9, 9)[2..25].to_vec(),
        ])
    };
    assert_limit("JPEG scans", &scans(3), &scans(4));
    // The frame header, the scan and the end marker are blocks too.
    assert_limit("blocks", &blocks(197), &blocks(198));
}

#[test]
fn profile_and_text_limits() {
    let jpeg_profile = |bytes| {
        jpeg::file(&[
            jpeg::profile(300),
            jpeg::profile(bytes),
            jpeg::frame(0xC0, 9, 9),
            jpeg::scan(&[1]),
        ])
    };
    let webp_profile = |bytes| {
        webp::file(&[
            webp::extended(0, 9, 9),
            webp::chunk("ICCP", &vec![7; bytes]),
            webp::lossy(9, 9),
        ])
    };
    let gif_profile = |bytes: usize| {
        let extension = gif::extension(0xFF, &[b"ICCRGBG1012", &[7; 255], &[7; 255], &vec![7; bytes]]);
        gif::file(&[gif::header(9, 9), extension, gif::frame(9, 9)])
    };
    // The name of the profile may have 80 more bytes.
    let png_profile = |bytes: usize| png::still(9, 9, &[png::chunk("iCCP", &vec![7; bytes])]);
    let text = |bytes| {
        png::still(
            9,
            9,
            &[png::chunk("zTXt", &[1; 20]), png::chunk("zTXt", &vec![1; bytes])],
        )
    };
    assert_limit("JPEG profile", &jpeg_profile(300), &jpeg_profile(301));
    assert_limit("WebP profile", &webp_profile(600), &webp_profile(601));
    assert_limit("GIF profile", &gif_profile(90), &gif_profile(91));
    assert_limit("PNG profile", &png_profile(130), &png_profile(131));
    assert_limit("PNG text", &text(20), &text(21));
}

#[test]
fn animation_limits() {
    let apng = |side, frames| png::still(side, side, &[png::animation(frames)]);
    let counted = |side, frames| png::still(side, side, &[png::frame(1, 1, 0, 0).repeat(frames)]);
    assert_limit("APNG frames declared", &apng(20, 4), &apng(20, 5));
    assert_limit("APNG area declared", &apng(31, 2), &apng(32, 2));
    assert_limit("APNG frames counted", &counted(20, 4), &counted(20, 5));
    assert_limit("APNG area counted", &counted(31, 2), &counted(32, 2));
    assert_limit(
        "GIF frames",
        &gif::animation(20, 20, 4),
        &gif::animation(20, 20, 5),
    );
    assert_limit("GIF area", &gif::animation(50, 20, 2), &gif::animation(50, 21, 2));
    assert_limit(
        "WebP frames",
        &webp::animation(20, 20, 4),
        &webp::animation(20, 20, 5),
    );
    assert_limit(
        "WebP area",
        &webp::animation(50, 20, 2),
        &webp::animation(50, 21, 2),
    );
}

fn assert_limit(name: &str, at: &[u8], beyond: &[u8]) {
    if let Err(error) = scan_with(at, &small_limits()) {
        panic!("{name} at the limit: {error}");
    }
    let error = scan_with(beyond, &small_limits()).unwrap_err();
    assert!(
        matches!(error, PrescanError::TooComplex { .. }),
        "{name}: {error}"
    );
}

#[test]
fn still_image_has_no_animation_limit() {
    let info = scan_with(&gif::animation(100, 50, 1), &small_limits()).unwrap();
    assert!(!info.is_animated());
    let info = scan_with(&gif::animation(10, 10, 3), &small_limits()).unwrap();
    assert_eq!((info.frames, info.is_animated()), (3, true));
}
