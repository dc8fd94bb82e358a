//! Images as encoders and cameras write them are accepted with the right properties.

use crate::{
    build::{gif, jpeg, png, webp},
    scan,
};
use image::{DynamicImage, Frame, ImageFormat, codecs::gif::GifEncoder};
use infravault_imaging::{ImageInfo, MediaType};
use std::io::Cursor;

fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

#[test]
fn encoder_output_is_accepted() {
    let (rgb, rgba) = (DynamicImage::new_rgb8(61, 37), DynamicImage::new_rgba8(61, 37));
    let cases = [
        (encode(&rgb, ImageFormat::Jpeg), MediaType::Jpeg, false),
        (encode(&rgb, ImageFormat::Png), MediaType::Png, false),
        (encode(&rgba, ImageFormat::Png), MediaType::Png, true),
        (
            encode(&DynamicImage::new_luma16(61, 37), ImageFormat::Png),
            MediaType::Png,
            false,
        ),
        (encode(&rgba, ImageFormat::Gif), MediaType::Gif, true),
        (encode(&rgb, ImageFormat::WebP), MediaType::Webp, false),
        (encode(&rgba, ImageFormat::WebP), MediaType::Webp, true),
    ];
    for (file, media_type, has_alpha) in cases {
        let expected = ImageInfo {
            media_type,
            width: 61,
            height: 37,
            orientation: 1,
            frames: 1,
            has_alpha,
            has_profile: false,
        };
        assert_eq!(scan(&file).unwrap(), expected);
    }
}

#[test]
fn animated_gif_is_accepted() {
    let mut file = Vec::new();
    let frames = (0..5).map(|_| Frame::new(DynamicImage::new_rgb8(20, 10).into_rgba8()));
    GifEncoder::new(&mut file).encode_frames(frames).unwrap();
    let info = scan(&file).unwrap();
    assert_eq!(
        (info.frames, info.width, info.height, info.has_alpha),
        (5, 20, 10, false)
    );
}

#[test]
fn camera_jpeg_is_accepted() {
    let frame = |marker| jpeg::frame(marker, 30, 20);
    let progressive = [vec![frame(0xC2)], vec![jpeg::scan(&[1, 2]); 10]].concat();
    let restarts: Vec<u8> = (0..8).flat_map(|n| [0x11, 0xFF, 0xD0 + n]).collect();
    let motion_photo = [
        jpeg::still(30, 20),
        b"\0\0\0\x18ftypmp42".to_vec(),
        vec![0xFF; 9],
        jpeg::still(9, 9),
    ]
    .concat();
    // A run that is longer than the buffer, with 0xFF at its end.
    let across = [vec![0x55; 32 * 1024 - 24], vec![0xFF, 0, 0xFF, 0]].concat();
    let twelve_bit = jpeg::segment(0xC1, &[12, 0, 20, 0, 30, 1, 1, 0x11, 0]);
    let color = jpeg::segment(0xC0, &[8, 0, 20, 0, 30, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
    let cases = [
        ("progressive", jpeg::file(&progressive)),
        (
            "restart markers",
            jpeg::file(&[frame(0xC0), jpeg::scan(&restarts)]),
        ),
        (
            "fill bytes",
            jpeg::file(&[
                vec![0xFF; 3],
                frame(0xC0),
                vec![0xFF; 2],
                jpeg::scan(&[1, 0xFF, 0xFF]),
            ]),
        ),
        (
            "stray bytes",
            jpeg::file(&[
                frame(0xC0),
                vec![0, 0],
                jpeg::scan(&[1]),
                jpeg::segment(0xDC, &[0, 20]),
            ]),
        ),
        ("motion photo", motion_photo),
        ("twelve bits", jpeg::file(&[twelve_bit, jpeg::scan(&[1])])),
        ("color", jpeg::file(&[color, jpeg::scan(&[1])])),
        (
            "stuffed bytes only",
            jpeg::file(&[frame(0xC0), jpeg::scan(&[0xFF, 0].repeat(100_000))]),
        ),
        ("long runs", jpeg::file(&[frame(0xC0), jpeg::scan(&across)])),
    ];
    for (name, file) in cases {
        let info = scan(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((info.width, info.height), (30, 20), "{name}");
    }
}

#[test]
fn marker_across_buffers_is_found() {
    for filler in 32 * 1024 - 64..32 * 1024 + 8 {
        let file = jpeg::file(&[jpeg::frame(0xC0, 30, 20), jpeg::scan(&vec![0x55; filler])]);
        assert!(scan(&file).is_ok(), "{filler}");
        assert!(scan(&file[..file.len() - 1]).is_err(), "{filler}");
    }
}

#[test]
fn bytes_after_the_end_are_ignored() {
    let php = b"<?php system($_GET['c']);".to_vec();
    let cases = [
        jpeg::still(9, 9),
        png::still(9, 9, &[]),
        gif::animation(9, 9, 1),
        webp::file(&[webp::lossy(9, 9)]),
        webp::file(&[webp::extended(0, 9, 9), webp::lossy(9, 9)]),
    ];
    for file in cases {
        assert_eq!(
            scan(&file).unwrap(),
            scan(&[file.clone(), php.clone()].concat()).unwrap()
        );
    }
}

#[test]
fn alpha_is_detected() {
    let palette = png::file(&[
        png::header(9, 9, 8, 3),
        png::chunk("tRNS", &[0]),
        png::chunk("IDAT", &[1; 9]),
    ]);
    let controlled = |flags| {
        gif::file(&[
            gif::header(9, 9),
            gif::extension(0xF9, &[&[flags, 0, 0, 0]]),
            gif::frame(9, 9),
        ])
    };
    let cases = [
        ("PNG, opaque", png::still(9, 9, &[]), false),
        ("PNG, palette", palette, true),
        ("GIF, transparent", controlled(1), true),
        ("GIF, opaque", controlled(0), false),
        (
            "GIF, partly covered",
            gif::file(&[gif::header(9, 9), gif::frame_at(1, 0, 8, 9)]),
            true,
        ),
        ("WebP, lossless", webp::file(&[webp::lossless(9, 9, true)]), true),
        (
            "WebP, extended",
            webp::file(&[webp::extended(0x10, 9, 9), webp::lossy(9, 9)]),
            true,
        ),
    ];
    for (name, file, has_alpha) in cases {
        let info = scan(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((info.has_alpha, info.has_profile), (has_alpha, false), "{name}");
    }
}

#[test]
fn color_profile_is_detected() {
    let gif_profile = gif::extension(0xFF, &[b"ICCRGBG1012", b"abc"]);
    let webp_parts = [
        webp::extended(0x20, 9, 9),
        webp::chunk("ICCP", &[1; 3]),
        webp::lossy(9, 9),
    ];
    let cases = [
        (
            "JPEG",
            jpeg::file(&[jpeg::profile(9), jpeg::frame(0xC0, 9, 9), jpeg::scan(&[1])]),
        ),
        ("PNG", png::still(9, 9, &[png::chunk("iCCP", b"sRGB\0\0abc")])),
        (
            "GIF",
            gif::file(&[gif::header(9, 9), gif_profile, gif::frame(9, 9)]),
        ),
        ("WebP", webp::file(&webp_parts)),
    ];
    for (name, file) in cases {
        assert!(scan(&file).unwrap().has_profile, "{name}");
    }
}
