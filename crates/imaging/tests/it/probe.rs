//! What a probe tells of images with metadata, and what it keeps quiet about.

use crate::build::{jpeg, png, webp};
use infravault_imaging::{Camera, Limits, Location, Probe, probe};

/// An entry of a directory: tag, type and value. The value's count follows from its length.
type Entry<'a> = (u16, u16, &'a [u8]);

const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;
const BYTE: u16 = 1;

fn rationals(numbers: &[(u32, u32)]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()].concat())
        .collect()
}

/// A directory at `at` of a little-endian block, with its long values behind it.
fn directory(at: usize, entries: &[Entry<'_>]) -> Vec<u8> {
    let mut values = Vec::new();
    let start = at + 2 + entries.len() * 12 + 4;
    let mut out = u16::try_from(entries.len()).unwrap().to_le_bytes().to_vec();
    for (tag, kind, value) in entries {
        let size = match *kind {
            SHORT => 2,
            LONG => 4,
            RATIONAL => 8,
            _ => 1,
        };
        out.extend(tag.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend(u32::try_from(value.len() / size).unwrap().to_le_bytes());
        let mut field = value.to_vec();
        if value.len() > 4 {
            field = u32::try_from(start + values.len())
                .unwrap()
                .to_le_bytes()
                .to_vec();
            values.extend_from_slice(value);
        }
        field.resize(4, 0);
        out.extend(field);
    }
    [out, vec![0; 4], values].concat()
}

/// A block of three directories, the second and third found by the pointers of the first.
fn exif(first: &[Entry<'_>], exif: &[Entry<'_>], gps: &[Entry<'_>]) -> Vec<u8> {
    let long = |at: usize| u32::try_from(at).unwrap().to_le_bytes();
    let with_pointers = |exif_at: usize, gps_at: usize| {
        let (exif_at, gps_at) = (long(exif_at), long(gps_at));
        let pointers: [Entry<'_>; 2] = [(0x8769, LONG, &exif_at), (0x8825, LONG, &gps_at)];
        directory(8, &[first, &pointers].concat())
    };
    let exif_at = 8 + with_pointers(0, 0).len();
    let exif = directory(exif_at, exif);
    let gps_at = exif_at + exif.len();
    [
        b"II*\0\x08\0\0\0".to_vec(),
        with_pointers(exif_at, gps_at),
        exif,
        directory(gps_at, gps),
    ]
    .concat()
}

/// A JPEG with this EXIF; the pixels are no pixels, since a probe decodes none.
fn photograph(block: &[u8]) -> Vec<u8> {
    let app1 = jpeg::segment(0xE1, &[b"Exif\0\0".as_slice(), block].concat());
    jpeg::file(&[app1, jpeg::frame(0xC0, 40, 30), jpeg::scan(&[1])])
}

fn run(file: &[u8]) -> Probe {
    probe(file, &Limits::default()).unwrap()
}

fn full() -> Vec<u8> {
    exif(
        &[
            (0x010F, ASCII, b"  Canon\x07\0garbage"),
            (0x0110, ASCII, b"EOS R5\0"),
            (0x0112, SHORT, &[6, 0]),
        ],
        &[
            (0x829A, RATIONAL, &rationals(&[(1, 250)])),
            (0x829D, RATIONAL, &rationals(&[(28, 10)])),
            (0x8827, SHORT, &[0x90, 1]),
            (0x9003, ASCII, b"2026:11:21 10:30:00\0"),
            (0x9011, ASCII, b"+09:00\0"),
            (0x920A, RATIONAL, &rationals(&[(50, 1)])),
            (0xA434, ASCII, b"RF 50mm \xFF F1.2\0"),
        ],
        &[
            (1, ASCII, b"S\0"),
            (2, RATIONAL, &rationals(&[(33, 1), (51, 1), (2412, 100)])),
            (3, ASCII, b"E\0"),
            (4, RATIONAL, &rationals(&[(151, 1), (12, 1), (0, 1)])),
            (5, BYTE, &[1]),
            (6, RATIONAL, &rationals(&[(25, 2)])),
        ],
    )
}

#[test]
fn camera_and_place_are_read_from_every_format() {
    let block = full();
    let files = [
        photograph(&block),
        png::still(40, 30, &[png::chunk("eXIf", &block)]),
        webp::file(&[
            webp::extended(8, 40, 30),
            webp::lossless(40, 30, false),
            webp::chunk("EXIF", &block),
        ]),
        webp::file(&[
            webp::extended(8, 40, 30),
            webp::lossless(40, 30, false),
            webp::chunk("EXIF", &[b"Exif\0\0".as_slice(), &block].concat()),
        ]),
    ];
    for file in files {
        let probe = run(&file);
        assert_eq!(
            (probe.facts.width, probe.facts.height, probe.facts.orientation),
            (40, 30, 6)
        );
        assert_eq!(
            probe.camera,
            Camera {
                make: Some("Canon".to_owned()),
                model: Some("EOS R5".to_owned()),
                lens: Some("RF 50mm  F1.2".to_owned()),
                exposure: Some((1, 250)),
                f_number: Some(2.8),
                iso: Some(400),
                focal_length: Some(50.0),
                taken_at: Some("2026-11-21T10:30:00+09:00".to_owned()),
            }
        );
        let Location {
            latitude,
            longitude,
            altitude,
        } = probe.location.unwrap();
        assert!((latitude + 33.8567).abs() < 1e-9, "{latitude}");
        assert!((longitude - 151.2).abs() < 1e-9, "{longitude}");
        assert_eq!(altitude, Some(-12.5));
    }
}

#[test]
fn impossible_places_are_none() {
    let degrees = |d: u32| rationals(&[(d, 1), (0, 1), (0, 1)]);
    let place = |latitude: &[u8], north: &[u8], longitude: &[u8], east: &[u8]| {
        let block = exif(
            &[],
            &[],
            &[
                (1, ASCII, north),
                (2, RATIONAL, latitude),
                (3, ASCII, east),
                (4, RATIONAL, longitude),
            ],
        );
        run(&photograph(&block)).location
    };
    let found = place(&degrees(90), b"N\0", &degrees(180), b"W\0").unwrap();
    assert_eq!(
        (found.latitude, found.longitude, found.altitude),
        (90.0, -180.0, None)
    );
    assert_eq!(place(&degrees(91), b"N\0", &degrees(10), b"E\0"), None);
    assert_eq!(place(&degrees(10), b"N\0", &degrees(181), b"E\0"), None);
    assert_eq!(place(&degrees(10), b"X\0", &degrees(10), b"E\0"), None);
    assert_eq!(place(&degrees(10), b"N\0", &degrees(10), b"\0\0"), None);
    let unknown = rationals(&[(0, 0), (0, 0), (0, 0)]);
    assert_eq!(place(&unknown, b"N\0", &unknown, b"E\0"), None);
    assert_eq!(place(&degrees(10)[..8], b"N\0", &degrees(10), b"E\0"), None);
}

#[test]
fn impossible_fields_are_left_out() {
    let block = exif(
        &[(0x010F, ASCII, b"\0\0\0\0\0\0"), (0x0110, ASCII, &[b'x'; 5000])],
        &[
            (0x829A, RATIONAL, &rationals(&[(1, 0)])),
            (0x829D, RATIONAL, &rationals(&[(0, 10)])),
            (0x8827, SHORT, &[0, 0]),
            (0x9003, ASCII, b"0000:00:00 00:00:00\0"),
            (0x9011, ASCII, b"+09:00\0"),
            (0x920A, ASCII, b"50mm is a text\0"),
        ],
        &[],
    );
    let probe = run(&photograph(&block));
    let expected = Camera {
        model: Some("x".repeat(100)),
        ..Camera::default()
    };
    assert_eq!((probe.camera, probe.location), (expected, None));
}

#[test]
fn pointers_in_circles_end() {
    // Both pointers of the first directory point to itself.
    let here = 8_u32.to_le_bytes();
    let block = [
        b"II*\0\x08\0\0\0".to_vec(),
        directory(
            8,
            &[
                (0x8769, LONG, &here),
                (0x8825, LONG, &here),
                (0x010F, ASCII, b"me\0"),
            ],
        ),
    ]
    .concat();
    assert_eq!(run(&photograph(&block)).camera.make.as_deref(), Some("me"));
}

#[test]
fn every_cut_of_the_block_is_survived() {
    let block = full();
    let mut last = 0;
    for len in 0..=block.len() {
        let probe = run(&photograph(&block[..len]));
        last = usize::from(probe.camera.make.is_some()) + usize::from(probe.location.is_some());
    }
    assert_eq!(last, 2);
}

#[test]
fn what_lies_beyond_the_limit_is_not_read() {
    let limits = Limits {
        max_exif_bytes: 60,
        ..Limits::default()
    };
    let probe = probe(&photograph(&full()), &limits).unwrap();
    assert_eq!((probe.camera.lens, probe.location), (None, None));
}

#[test]
fn the_profile_is_named() {
    let icc = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let app2 = jpeg::segment(0xE2, &[b"ICC_PROFILE\0\x01\x01".as_slice(), &icc].concat());
    let jpeg = jpeg::file(&[app2, jpeg::frame(0xC0, 4, 3), jpeg::scan(&[1])]);
    let webp = webp::file(&[
        webp::extended(0x20, 4, 3),
        webp::chunk("ICCP", &icc),
        webp::lossless(4, 3, false),
    ]);
    for file in [jpeg, webp] {
        assert_eq!(run(&file).profile.as_deref(), Some("Display P3"));
    }
    assert_eq!(run(&photograph(&full())).profile, None);
}

#[test]
fn a_refusal_keeps_its_words() {
    let limits = Limits {
        max_side: 10,
        ..Limits::default()
    };
    let why = probe(&photograph(&full()), &limits).unwrap_err();
    assert_eq!(
        why.0,
        "the image measures 40 × 30 pixels; permitted are 10 along a side"
    );
}
