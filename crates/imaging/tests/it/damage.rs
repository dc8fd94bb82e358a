//! Truncated and damaged files never cause a panic.

use crate::{
    build::{self, gif, jpeg, png, webp},
    scan,
};
use infravault_imaging::{Limits, PrescanError, prescan};

/// A file of each format that uses most features of the format.
fn feature_rich_files() -> [(&'static str, Vec<u8>); 4] {
    let exif = build::exif(6);
    let app1 = jpeg::segment(0xE1, &[b"Exif\0\0".as_slice(), &exif].concat());
    let original = jpeg::file(&[
        app1,
        jpeg::profile(20),
        jpeg::frame(0xC2, 9, 9),
        jpeg::segment(0xC4, &[0; 20]),
        jpeg::scan(&[1, 0xFF, 0, 0xFF, 0xD0, 2]),
        jpeg::scan(&[3, 4]),
    ]);
    let apng = png::file(&[
        png::header(9, 9, 8, 6),
        png::animation(2),
        png::chunk("iCCP", b"sRGB\0\0abc"),
        png::chunk("eXIf", &exif),
        png::international_text(true, 9),
        png::frame(9, 9, 0, 0),
        png::chunk("IDAT", &[1; 9]),
        png::frame(4, 4, 1, 1),
        png::chunk("fdAT", &[1; 9]),
    ]);
    let animation = gif::file(&[
        gif::header(9, 9),
        gif::extension(0xFF, &[b"NETSCAPE2.0", &[1, 0, 0]]),
        gif::extension(0xF9, &[&[1, 0, 0, 0]]),
        gif::frame(9, 9).repeat(2),
        gif::extension(0xFE, &[b"hello"]),
    ]);
    let frame = webp::frame_at(
        2,
        2,
        4,
        4,
        &[webp::chunk("ALPH", &[0, 1]), webp::lossy(4, 4)].concat(),
    );
    let moving = webp::file(&[
        webp::extended(0x3A, 9, 9),
        webp::chunk("ICCP", &[7; 9]),
        webp::chunk("ANIM", &[0; 6]),
        frame,
        webp::frame_at(0, 0, 9, 9, &webp::lossless(9, 9, true)),
        webp::chunk("EXIF", &exif),
    ]);
    [
        ("JPEG", original),
        ("PNG", apng),
        ("GIF", animation),
        ("WebP", moving),
    ]
}

#[test]
fn intact_files_are_accepted() {
    for (name, file) in feature_rich_files() {
        let info = scan(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((info.width, info.height), (9, 9), "{name}");
    }
}

#[test]
fn truncated_file_is_rejected() {
    for (name, file) in feature_rich_files() {
        for len in 0..file.len() {
            match scan(&file[..len]) {
                Err(PrescanError::Malformed { offset, .. }) => {
                    assert!(offset <= u64::try_from(len).unwrap(), "{name} at {len}");
                }
                Err(PrescanError::Unsupported(_)) => assert!(len < 12, "{name} at {len}"),
                Err(other) => panic!("{name} at {len}: {other}"),
                // A GIF may end between two blocks, because its trailer is optional.
                Ok(info) => assert!(name == "GIF" && info.frames > 0, "{name} at {len}"),
            }
        }
    }
}

#[test]
fn reader_shorter_than_its_length_is_rejected() {
    for (name, file) in feature_rich_files() {
        let claimed = u64::try_from(file.len()).unwrap();
        for len in [13, file.len() / 2, file.len() - 9] {
            let reader = std::io::Cursor::new(&file[..len]);
            let outcome = prescan(reader, claimed, &Limits::default());
            assert!(
                matches!(outcome, Err(PrescanError::Malformed { .. })),
                "{name} at {len}: {outcome:?}"
            );
        }
    }
}

#[test]
fn half_of_a_photo_is_rejected() {
    let original = image::DynamicImage::ImageRgb8(image::RgbImage::from_fn(300, 200, |x, y| {
        let mixed = x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503);
        let [r, g, b, _] = mixed.to_le_bytes();
        image::Rgb([r, g, b])
    }));
    for format in [
        image::ImageFormat::Jpeg,
        image::ImageFormat::Png,
        image::ImageFormat::Gif,
        image::ImageFormat::WebP,
    ] {
        let mut file = std::io::Cursor::new(Vec::new());
        original.write_to(&mut file, format).unwrap();
        let file = file.into_inner();
        assert!(scan(&file).is_ok(), "{format:?}");
        let error = scan(&file[..file.len() / 2]).unwrap_err();
        assert!(
            matches!(error, PrescanError::Malformed { .. }),
            "{format:?}: {error}"
        );
    }
}

#[test]
fn flipped_bytes_never_panic() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
    };
    let (mut accepted, mut rejected) = (0, 0);
    for (_, file) in feature_rich_files() {
        for _ in 0..5_000 {
            let mut damaged = file.clone();
            for _ in 0..=next(4) {
                let at = next(damaged.len());
                damaged[at] = u8::try_from(next(256)).unwrap();
            }
            match scan(&damaged) {
                Ok(info) => {
                    assert!((1..=8).contains(&info.orientation) && info.width > 0 && info.height > 0);
                    accepted += 1;
                }
                Err(_) => rejected += 1,
            }
        }
    }
    assert!(
        accepted > 1_000 && rejected > 1_000,
        "{accepted} accepted, {rejected} rejected"
    );
}

#[test]
fn io_error_differs_from_a_malformed_image() {
    struct Failing;
    impl std::io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    impl std::io::Seek for Failing {
        fn seek(&mut self, _: std::io::SeekFrom) -> std::io::Result<u64> {
            Ok(0)
        }
    }
    let error = prescan(Failing, 1_000, &Limits::default()).unwrap_err();
    assert!(matches!(error, PrescanError::Io(_)));
    assert_eq!(error.code(), "internal");
}
