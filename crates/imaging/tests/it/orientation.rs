//! The EXIF orientation is read in every format.

use crate::{
    build::{self, jpeg, png, webp},
    scan,
};

fn with_exif(block: &[u8]) -> [(&'static str, Vec<u8>); 6] {
    let prefixed = [b"Exif\0\0".as_slice(), block].concat();
    let app1 = jpeg::segment(0xE1, &prefixed);
    let xmp = jpeg::segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>");
    let (frame, scan) = (jpeg::frame(0xC0, 30, 20), jpeg::scan(&[1]));
    let late = png::file(&[
        png::header(30, 20, 8, 2),
        png::chunk("IDAT", &[1; 9]),
        png::chunk("eXIf", block),
    ]);
    let webp_file = |payload: &[u8]| {
        webp::file(&[
            webp::extended(8, 30, 20),
            webp::lossy(30, 20),
            webp::chunk("EXIF", payload),
        ])
    };
    [
        ("JPEG", jpeg::file(&[app1.clone(), frame.clone(), scan.clone()])),
        ("JPEG with XMP first", jpeg::file(&[xmp, app1, frame, scan])),
        ("PNG", png::still(30, 20, &[png::chunk("eXIf", block)])),
        ("PNG, after the image data", late),
        ("WebP", webp_file(block)),
        ("WebP with a prefix", webp_file(&prefixed)),
    ]
}

#[test]
fn every_orientation_is_read_in_every_format() {
    for orientation in 1..=8 {
        for (name, file) in with_exif(&build::exif(orientation)) {
            let info = scan(&file).unwrap();
            let upright = if orientation < 5 { (30, 20) } else { (20, 30) };
            assert_eq!(
                (info.orientation, info.width, info.height),
                (orientation, 30, 20),
                "{name}"
            );
            assert_eq!(info.upright_size(), upright, "{name}");
        }
    }
}

#[test]
fn malformed_exif_has_orientation_1() {
    let cases: [&[u8]; 6] = [
        b"",
        b"MM",
        b"MM\0*\xFF\xFF\xFF\xFF\0\x01",
        b"MM\0*\0\0\0\x08\xFF\xFF",
        &build::exif(0),
        &build::exif(9),
    ];
    for block in cases {
        for (name, file) in with_exif(block) {
            assert_eq!(scan(&file).unwrap().orientation, 1, "{name}: {block:02X?}");
        }
    }
}

#[test]
fn first_exif_block_counts() {
    let app1 = |orientation| {
        jpeg::segment(
            0xE1,
            &[b"Exif\0\0".as_slice(), &build::exif(orientation)].concat(),
        )
    };
    let file = jpeg::file(&[app1(6), app1(3), jpeg::frame(0xC0, 3, 2), jpeg::scan(&[1])]);
    assert_eq!(scan(&file).unwrap().orientation, 6);
}

#[test]
fn huge_exif_block_is_read_partially() {
    let block = [build::exif(8), vec![0x55; 3_000_000]].concat();
    let file = png::still(30, 20, &[png::chunk("eXIf", &block)]);
    let mut reader = crate::Counting::new(&file);
    let len = u64::try_from(file.len()).unwrap();
    let info = infravault_imaging::prescan(&mut reader, len, &infravault_imaging::Limits::default()).unwrap();
    assert_eq!(info.orientation, 8);
    assert!(reader.read < 200_000, "{} bytes read", reader.read);
}
