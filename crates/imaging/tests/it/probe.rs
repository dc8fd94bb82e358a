//! Metadata and color profiles as returned by `probe`.

use crate::build::{jpeg, png, webp};
use infravault_imaging::{Camera, Limits, Location, Probe, probe};

/// An entry of a directory: tag, type and value.
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

/// A directory at this offset of a little-endian block, followed by its long values.
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

/// A block with three directories; the first has pointers to the others.
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

/// A JPEG with this EXIF block and without valid image data, which `probe` does not decode.
fn photo(block: &[u8]) -> Vec<u8> {
    let app1 = jpeg::segment(0xE1, &[b"Exif\0\0".as_slice(), block].concat());
    jpeg::file(&[app1, jpeg::frame(0xC0, 40, 30), jpeg::scan(&[1])])
}

fn probe_file(file: &[u8]) -> Probe {
    probe(file, &Limits::default()).unwrap()
}

fn complete_exif() -> Vec<u8> {
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
fn camera_and_location_are_read_in_every_format() {
    let block = complete_exif();
    let files = [
        photo(&block),
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
        let probe = probe_file(&file);
        assert_eq!(
            (probe.info.width, probe.info.height, probe.info.orientation),
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
fn invalid_locations_are_dropped() {
    let degrees = |d: u32| rationals(&[(d, 1), (0, 1), (0, 1)]);
    let location = |latitude: &[u8], north: &[u8], longitude: &[u8], east: &[u8]| {
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
        probe_file(&photo(&block)).location
    };
    let found = location(&degrees(90), b"N\0", &degrees(180), b"W\0").unwrap();
    assert_eq!(
        (found.latitude, found.longitude, found.altitude),
        (90.0, -180.0, None)
    );
    assert_eq!(location(&degrees(91), b"N\0", &degrees(10), b"E\0"), None);
    assert_eq!(location(&degrees(10), b"N\0", &degrees(181), b"E\0"), None);
    assert_eq!(location(&degrees(10), b"X\0", &degrees(10), b"E\0"), None);
    assert_eq!(location(&degrees(10), b"N\0", &degrees(10), b"\0\0"), None);
    let unknown = rationals(&[(0, 0), (0, 0), (0, 0)]);
    assert_eq!(location(&unknown, b"N\0", &unknown, b"E\0"), None);
    assert_eq!(location(&degrees(10)[..8], b"N\0", &degrees(10), b"E\0"), None);
}

#[test]
fn invalid_fields_are_dropped() {
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
    let probe = probe_file(&photo(&block));
    let expected = Camera {
        model: Some("x".repeat(100)),
        ..Camera::default()
    };
    assert_eq!((probe.camera, probe.location), (expected, None));
}

#[test]
fn circular_pointers_are_followed_once() {
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
    assert_eq!(probe_file(&photo(&block)).camera.make.as_deref(), Some("me"));
}

#[test]
fn truncated_exif_is_read_partially() {
    let block = complete_exif();
    let mut last = 0;
    for len in 0..=block.len() {
        let probe = probe_file(&photo(&block[..len]));
        last = usize::from(probe.camera.make.is_some()) + usize::from(probe.location.is_some());
    }
    assert_eq!(last, 2);
}

#[test]
fn exif_beyond_the_limit_is_ignored() {
    let limits = Limits {
        max_exif_bytes: 60,
        ..Limits::default()
    };
    let probe = probe(&photo(&complete_exif()), &limits).unwrap();
    assert_eq!((probe.camera.lens, probe.location), (None, None));
}

#[test]
fn profile_name_is_read() {
    let icc = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let app2 = jpeg::segment(0xE2, &[b"ICC_PROFILE\0\x01\x01".as_slice(), &icc].concat());
    let jpeg = jpeg::file(&[app2, jpeg::frame(0xC0, 4, 3), jpeg::scan(&[1])]);
    let webp = webp::file(&[
        webp::extended(0x20, 4, 3),
        webp::chunk("ICCP", &icc),
        webp::lossless(4, 3, false),
    ]);
    for file in [jpeg, webp] {
        assert_eq!(probe_file(&file).profile.as_deref(), Some("Display P3"));
    }
    assert_eq!(probe_file(&photo(&complete_exif())).profile, None);
}

#[test]
fn prescan_error_message_is_kept() {
    let limits = Limits {
        max_side: 10,
        ..Limits::default()
    };
    let error = probe(&photo(&complete_exif()), &limits).unwrap_err();
    assert_eq!(
        error.message,
        "the image measures 40 × 30 pixels; the limit is 10 pixels per side"
    );
}
