//! Colors are converted to sRGB. The expected values are computed from the definitions of the color spaces, without the
//! library that the decoder uses.

use super::{
    samples::{self, Jpeg, flat, rgb_png},
    *,
};
use image_webp::ColorType as WebpColor;
use moxcms::ColorProfile;
use png::{BitDepth, ColorType};
use turbojpeg::{PixelFormat, Subsamp};

/// Colors within the sRGB gamut when interpreted in either of the two wide color spaces.
const PATCHES: [[u8; 3]; 6] = [
    [128, 128, 128],
    [180, 110, 90],
    [90, 140, 110],
    [70, 80, 150],
    [250, 250, 250],
    [30, 25, 20],
];

/// Linear Display P3 to linear sRGB (both D65).
const P3: [[f64; 3]; 3] = [
    [1.224_940_2, -0.224_940_2, 0.0],
    [-0.042_056_9, 1.042_056_9, 0.0],
    [-0.019_637_6, -0.078_636_1, 1.098_273_7],
];
/// Linear Adobe RGB (1998) to linear sRGB (both D65).
const ADOBE: [[f64; 3]; 3] = [
    [1.398_355_7, -0.398_355_7, 0.0],
    [0.0, 1.0, 0.0],
    [0.0, -0.042_928_7, 1.042_928_7],
];

fn srgb_to_linear(sample: u8) -> f64 {
    let sample = f64::from(sample) / 255.0;
    if sample <= 0.040_45 {
        sample / 12.92
    } else {
        ((sample + 0.055) / 1.055).powf(2.4)
    }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped"
)]
fn linear_to_srgb(linear: f64) -> u8 {
    let sample = if linear <= 0.003_130_8 {
        linear * 12.92
    } else {
        1.055 * linear.powf(1.0 / 2.4) - 0.055
    };
    (sample * 255.0).round().clamp(0.0, 255.0) as u8
}

fn expected(patch: [u8; 3], matrix: [[f64; 3]; 3], to_linear: impl Fn(u8) -> f64) -> [u8; 3] {
    let linear = patch.map(to_linear);
    matrix.map(|row| {
        linear_to_srgb(
            row.iter()
                .zip(linear)
                .map(|(factor, sample)| factor * sample)
                .sum(),
        )
    })
}

/// A profile, and its conversion of a color to sRGB.
type Space = (Vec<u8>, Box<dyn Fn([u8; 3]) -> [u8; 3]>);

fn wide_spaces() -> [Space; 2] {
    let adobe = |sample: u8| (f64::from(sample) / 255.0).powf(2.199_218_75);
    [
        (
            ColorProfile::new_display_p3().encode().unwrap(),
            Box::new(|patch| expected(patch, P3, srgb_to_linear)),
        ),
        (
            ColorProfile::new_adobe_rgb().encode().unwrap(),
            Box::new(move |patch| expected(patch, ADOBE, adobe)),
        ),
    ]
}

#[test]
fn wide_gamut_colors_are_converted_in_every_format() {
    for (icc, convert) in wide_spaces() {
        for patch in PATCHES {
            let samples = flat(8, 8, &patch);
            let want = flat(8, 8, &convert(patch));
            let png = rgb_png((8, 8), &samples, |info| {
                info.icc_profile = Some(icc.clone().into());
            });
            assert_near(&decode(&png).data, &want, 2);
            let webp = samples::lossless_webp((8, 8), WebpColor::Rgb8, &samples, Some(icc.clone()));
            assert_near(&decode(&webp).data, &want, 2);
            let jpeg = samples::with_profile(&Jpeg::RGB.encode((8, 8), &samples), &icc);
            assert_near(&decode(&jpeg).data, &want, 4);
        }
    }
}

#[test]
fn alpha_is_kept_with_a_profile() {
    let [(icc, convert), _] = wide_spaces();
    let [r, g, b] = PATCHES[1];
    let png = samples::png(
        (8, 8),
        (ColorType::Rgba, BitDepth::Eight),
        &flat(8, 8, &[r, g, b, 77]),
        |info| {
            info.icc_profile = Some(icc.into());
        },
    );
    let [r, g, b] = convert(PATCHES[1]);
    assert_near(&decode(&png).data, &flat(8, 8, &[r, g, b, 77]), 2);
}

#[test]
fn srgb_and_invalid_profiles_change_nothing() {
    let samples = flat(8, 8, &PATCHES[1]);
    let srgb = ColorProfile::new_srgb().encode().unwrap();
    let gray = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
    for icc in [srgb, b"no profile".to_vec(), vec![0; 200], gray] {
        let png = rgb_png((8, 8), &samples, |info| {
            info.icc_profile = Some(icc.clone().into());
        });
        assert_eq!(decode(&png).data, samples);
        let webp = samples::lossless_webp((8, 8), WebpColor::Rgb8, &samples, Some(icc));
        assert_eq!(decode(&webp).data, samples);
    }
}

#[test]
fn gray_profile_is_applied() {
    let icc = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
    let want = flat(8, 8, &[linear_to_srgb(60.0 / 255.0); 3]);
    let png = samples::png(
        (8, 8),
        (ColorType::Grayscale, BitDepth::Eight),
        &flat(8, 8, &[60]),
        |info| {
            info.icc_profile = Some(icc.clone().into());
        },
    );
    assert_near(&decode(&png).data, &want, 2);
    let jpeg = Jpeg {
        format: PixelFormat::GRAY,
        subsamp: Subsamp::Gray,
        progressive: false,
    };
    let jpeg = samples::with_profile(&jpeg.encode((8, 8), &flat(8, 8, &[60])), &icc);
    assert_near(&decode(&jpeg).data, &want, 3);
}

#[test]
fn code_points_take_precedence_and_hdr_is_ignored() {
    let samples = flat(8, 8, &PATCHES[1]);
    let adobe = ColorProfile::new_adobe_rgb().encode().unwrap();
    let with = |code_points: &[u8; 4]| {
        let png = rgb_png((8, 8), &samples, |info| {
            info.icc_profile = Some(adobe.clone().into());
        });
        decode(&samples::with_chunk(&png, *b"cICP", code_points)).data
    };
    let p3 = expected(PATCHES[1], P3, srgb_to_linear);
    assert_near(&with(&[12, 13, 0, 1]), &flat(8, 8, &p3), 2);
    assert_eq!(with(&[1, 13, 0, 1]), samples);
    assert_eq!(with(&[9, 16, 0, 1]), samples);
}

#[test]
fn gamma_alone_is_ignored() {
    let samples = flat(8, 8, &PATCHES[1]);
    let png = rgb_png((8, 8), &samples, |info| {
        info.source_gamma = Some(png::ScaledFloat::new(1.0));
    });
    assert!(png.windows(4).any(|kind| kind == b"gAMA"));
    assert_eq!(decode(&png).data, samples);
}

#[test]
fn profile_that_inflates_beyond_the_limit_is_ignored() {
    let samples = flat(8, 8, &PATCHES[1]);
    let [(mut icc, convert), _] = wide_spaces();
    let decode_within = |icc: &[u8], max_icc_bytes| {
        let png = rgb_png((8, 8), &samples, |info| {
            info.icc_profile = Some(icc.to_vec().into());
        });
        let limits = Limits {
            max_icc_bytes,
            ..Limits::default()
        };
        decode_still(&png, &scan(&png), None, &limits).unwrap().data
    };
    let len = u64::try_from(icc.len()).unwrap();
    let converted = flat(8, 8, &convert(PATCHES[1]));
    assert_near(&decode_within(&icc, len), &converted, 2);
    assert_eq!(decode_within(&icc, len - 1), samples);
    icc.resize(16 * 1024 * 1024, 0);
    assert_eq!(decode_within(&icc, Limits::default().max_icc_bytes), samples);
}

/// A CMYK profile with tables of two points per ink (`mft1`, ICC.1:2010 section 10.9) in which only black has an effect.
pub(super) fn cmyk_profile() -> Vec<u8> {
    let identity: Vec<u8> = (0..=255).collect();
    let nodes = (0..16_u8).flat_map(|node| [if node & 1 == 1 { 0 } else { 255 }, 128, 128]);
    let matrix = [1_u32, 0, 0, 0, 1, 0, 0, 0, 1].map(|one| (one << 16).to_be_bytes());
    let table = [
        b"mft1\0\0\0\0\x04\x03\x02\0".as_slice(),
        &matrix.concat(),
        &identity.repeat(4),
        &nodes.collect::<Vec<u8>>(),
        &identity.repeat(3),
    ]
    .concat();
    let len = u32::try_from(144 + table.len()).unwrap();
    let mut header = vec![0; 128];
    header[..4].copy_from_slice(&len.to_be_bytes());
    header[8..12].copy_from_slice(&[2, 0x40, 0, 0]);
    header[12..24].copy_from_slice(b"prtrCMYKLab ");
    header[36..40].copy_from_slice(b"acsp");
    header[68..80].copy_from_slice(&[0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D]);
    let directory = [
        1_u32.to_be_bytes(),
        *b"A2B0",
        144_u32.to_be_bytes(),
        (len - 144).to_be_bytes(),
    ];
    [header, directory.concat(), table].concat()
}

#[test]
fn cmyk_profile_is_applied() {
    let icc = cmyk_profile();
    for (inks, want) in [
        ([0, 0, 0, 0], [255; 3]),
        ([0, 0, 0, 255], [0; 3]),
        // Cyan without the profile.
        ([255, 0, 0, 0], [255; 3]),
        // L* 50 is a gray of 119.
        ([0, 0, 0, 128], [119; 3]),
    ] {
        let mut file = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut file, 100);
        encoder.add_icc_profile(&icc).unwrap();
        encoder
            .encode(&flat(16, 16, &inks), 16, 16, jpeg_encoder::ColorType::Cmyk)
            .unwrap();
        assert_near(&decode(&file).data, &flat(16, 16, &want), 3);
    }
}
