//! Cut and damaged files end in facts or a refusal, never in a panic.

use crate::{
    build::{self, gif, jpeg, png, webp},
    scan,
};
use infravault_imaging::{Limits, Refusal, prescan};

/// A file of each format that has most of what the format can have.
fn rich() -> [(&'static str, Vec<u8>); 4] {
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
fn the_whole_files_pass() {
    for (name, file) in rich() {
        let facts = scan(&file).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        assert_eq!((facts.width, facts.height), (9, 9), "{name}");
    }
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    for (name, file) in rich() {
        for len in 0..file.len() {
            match scan(&file[..len]) {
                Err(Refusal::Broken { offset, .. }) => {
                    assert!(offset <= u64::try_from(len).unwrap(), "{name} at {len}");
                }
                Err(Refusal::Unsupported(_)) => assert!(len < 12, "{name} at {len}"),
                Err(other) => panic!("{name} at {len}: {other}"),
                // A GIF may end between two blocks, because decoders do without the trailer.
                Ok(facts) => assert!(name == "GIF" && facts.frames > 0, "{name} at {len}"),
            }
        }
    }
}

#[test]
fn a_reader_shorter_than_its_length_is_refused() {
    for (name, file) in rich() {
        let claimed = u64::try_from(file.len()).unwrap();
        for len in [13, file.len() / 2, file.len() - 9] {
            let reader = std::io::Cursor::new(&file[..len]);
            let outcome = prescan(reader, claimed, &Limits::default());
            assert!(
                matches!(outcome, Err(Refusal::Broken { .. })),
                "{name} at {len}: {outcome:?}"
            );
        }
    }
}

#[test]
fn a_half_uploaded_photograph_is_refused() {
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
        let refusal = scan(&file[..file.len() / 2]).unwrap_err();
        assert!(matches!(refusal, Refusal::Broken { .. }), "{format:?}: {refusal}");
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
    let (mut accepted, mut refused) = (0, 0);
    for (_, file) in rich() {
        for _ in 0..5_000 {
            let mut damaged = file.clone();
            for _ in 0..=next(4) {
                let at = next(damaged.len());
                damaged[at] = u8::try_from(next(256)).unwrap();
            }
            match scan(&damaged) {
                Ok(facts) => {
                    assert!((1..=8).contains(&facts.orientation) && facts.width > 0 && facts.height > 0);
                    accepted += 1;
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(
        accepted > 1_000 && refused > 1_000,
        "{accepted} accepted, {refused} refused"
    );
}

#[test]
fn a_failing_reader_is_told_apart_from_a_broken_image() {
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
    let refusal = prescan(Failing, 1_000, &Limits::default()).unwrap_err();
    assert!(matches!(refusal, Refusal::Unreadable(_)));
    assert_eq!(refusal.code(), "internal");
}
