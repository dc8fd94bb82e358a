//! Damaged images are rejected or decoded partially, and never cause a panic.

use super::{
    samples::{self, GifFrame, Jpeg, flat, gradient, pixels},
    *,
};
use crate::probe;
use gif::{DisposalMethod, Repeat};
use moxcms::ColorProfile;
use png::{BitDepth, ColorType};
use turbojpeg::Subsamp;

const SIZE: (u32, u32) = (20, 17);
/// Number of damaged variants of each sample.
const VARIANTS: u64 = 250;

fn samples_of_every_kind() -> Vec<Vec<u8>> {
    let (rgb, icc) = (
        gradient(SIZE.0, SIZE.1),
        ColorProfile::new_display_p3().encode().unwrap(),
    );
    let rgba = pixels(SIZE.0, SIZE.1, |x, y| [x * 9, y * 9, 3, 200 - x]);
    let progressive = Jpeg {
        progressive: true,
        subsamp: Subsamp::Sub2x2,
        ..Jpeg::RGB
    };
    let mut cmyk = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut cmyk, 90);
    encoder.add_icc_profile(&super::profiles::cmyk_profile()).unwrap();
    encoder
        .encode(&rgba, 20, 17, jpeg_encoder::ColorType::CmykAsYcck)
        .unwrap();
    let frame = |at, index, dispose| GifFrame {
        at,
        size: (9, 9),
        index,
        dispose,
        delay: 4,
    };
    let frames = [
        frame((0, 0), 0, DisposalMethod::Previous),
        frame((5, 5), 1, DisposalMethod::Background),
        frame((9, 2), 3, DisposalMethod::Keep),
    ];
    let lossy = webp::Encoder::from_rgba(&rgba, SIZE.0, SIZE.1)
        .encode(80.0)
        .to_vec();
    vec![
        samples::with_profile(&Jpeg::RGB.encode(SIZE, &rgb), &icc),
        progressive.encode(SIZE, &rgb),
        cmyk,
        samples::rgb_png(SIZE, &rgb, |info| info.icc_profile = Some(icc.clone().into())),
        samples::png(SIZE, (ColorType::Rgba, BitDepth::Eight), &rgba, |_| {}),
        samples::interlaced(19, |x, y| u8::try_from(x * y % 256).unwrap()),
        samples::gif(20, 17, Some(Repeat::Finite(2)), &frames),
        samples::lossless_webp(SIZE, image_webp::ColorType::Rgba8, &rgba, Some(icc)),
        lossy,
        samples::animated_webp(SIZE, 0, &[(rgba, 20), (flat(SIZE.0, SIZE.1, &[9, 9, 9, 0]), 9)]),
    ]
}

/// Runs every reader on the file, with the properties of the intact file if the pre-scan rejects it: decoders must not rely
/// on the pre-scan for safety.
fn read_all(file: &[u8], whole: &ImageInfo) -> bool {
    let limits = Limits::default();
    let info = probe(file, &limits).map(|probe| probe.info);
    let info = info.as_ref().unwrap_or(whole);
    if u64::from(info.width) * u64::from(info.height) > 100_000 {
        return false;
    }
    crate::metadata::camera_and_location(file, info, &limits);
    profile_description(file, info, &limits);
    let scaled = decode_still(file, info, Some((3, 3)), &limits);
    if let Ok(raster) = &scaled {
        assert_complete(raster);
    }
    if let Ok(frames) = decode_frames(file, info, &limits) {
        for frame in frames.flatten() {
            assert_complete(&frame.raster);
        }
    }
    scaled.is_ok()
}

/// A deterministic pseudo-random number below `below` (Knuth's linear congruential generator).
fn next(state: &mut u64, below: usize) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap() % below
}

#[test]
fn damaged_files_never_panic() {
    for (kind, sample) in samples_of_every_kind().into_iter().enumerate() {
        let whole = scan(&sample);
        assert!(read_all(&sample, &whole), "kind {kind}");
        let mut state = 7 + u64::try_from(kind).unwrap();
        let mut decoded = 0;
        for _ in 0..VARIANTS {
            let mut file = sample.clone();
            for _ in 0..=next(&mut state, 3) {
                let at = next(&mut state, file.len());
                file[at] = match next(&mut state, 4) {
                    0 => 0xFF,
                    1 => 0,
                    2 => file[at] ^ (1 << next(&mut state, 8)),
                    _ => u8::try_from(next(&mut state, 256)).unwrap(),
                };
            }
            decoded += usize::from(read_all(&file, &whole));
        }
        // Otherwise the damage would never get past the first check.
        assert!(decoded > 0, "kind {kind}");
    }
}

#[test]
fn truncated_files_never_panic() {
    for sample in samples_of_every_kind() {
        let whole = scan(&sample);
        for len in (0..sample.len()).step_by(1 + sample.len() / 300) {
            read_all(&sample[..len], &whole);
        }
    }
}

#[test]
fn random_metadata_never_panics() {
    let sample = samples::with_segment(
        &Jpeg::RGB.encode((8, 8), &gradient(8, 8)),
        0xE1,
        b"Exif\0\0II*\0\x08\0\0\0",
    );
    let whole = scan(&sample);
    let mut state = 3;
    for _ in 0..5000 {
        let block: Vec<u8> = (0..120)
            .map(|_| u8::try_from(next(&mut state, 16) * 17 % 256).unwrap())
            .collect();
        let block = [b"Exif\0\0II*\0\x08\0\0\0".as_slice(), &block].concat();
        let file = samples::with_segment(&sample, 0xE1, &block);
        crate::metadata::camera_and_location(&file, &whole, &Limits::default());
    }
}

#[test]
fn truncated_jpeg_is_decoded_partially() {
    let size = (64, 64);
    let samples = gradient(size.0, size.1);
    let file = Jpeg::RGB.encode(size, &samples);
    let whole = scan(&file);
    let cut = decode_still(&file[..file.len() * 3 / 4], &whole, None, &Limits::default()).unwrap();
    let half = samples.len() / 4;
    assert_near(&cut.data[..half], &samples[..half], 12);
    let scan = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    for len in [4, scan, scan + 12] {
        let error = decode_still(&file[..len], &whole, None, &Limits::default()).unwrap_err();
        assert!(error.message.starts_with("the JPEG data "), "{error}");
        assert!(matches!(error.code(), "truncated" | "corrupt"), "{error:?}");
    }
}

#[test]
fn file_without_image_data_is_rejected() {
    for sample in samples_of_every_kind().into_iter().skip(3) {
        let whole = scan(&sample);
        let head = &sample[..sample.len().min(60)];
        let error = decode_still(head, &whole, None, &Limits::default());
        assert!(error.is_err(), "{:?}", whole.media_type);
    }
}
