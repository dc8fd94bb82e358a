//! Compares renditions with those of libvips, and those of different processing paths with each other.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    clippy::many_single_char_names,
    reason = "the values are small, and formulas are written as in the literature"
)]

use crate::build;
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use infravault_imaging::{
    Color, EncodedImage, Fit, Flip, Format, Gravity, Limits, ProcessRequest, Recipe, Region, Resize,
    Rotation, process,
};
use std::{fs, path::Path, process::Command};

/// Two scalers with the same filter differ in rounding and at the edges. An image that is shifted by half a pixel, scaled
/// without linear light or with another filter is below 0.98 for this scene.
const SAME: f64 = 0.985;
/// The similarity that lossy formats reach at good quality.
const LOSSY: f64 = 0.94;

/// Hills, a disc, fine lines and deterministic noise. With `alpha`, transparent at the bottom right.
fn scene(width: u32, height: u32, alpha: bool) -> DynamicImage {
    let original = RgbaImage::from_fn(width, height, |x, y| {
        let (u, v) = (f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
        let hills = 110.0 + 70.0 * (9.0 * u).sin() * (7.0 * v + 3.0 * u).cos();
        let disc = if (u - 0.3).powi(2) + (v - 0.4).powi(2) < 0.03 {
            90.0
        } else {
            0.0
        };
        let lines = if u > 0.6 && v < 0.4 && (x / 3 + y / 5) % 2 == 0 {
            60.0
        } else {
            0.0
        };
        let noise = f64::from((x * 7919 + y * 104_729) % 17) - 8.0;
        let code = |number: f64| number.clamp(0.0, 255.0).round() as u8;
        let opacity = if alpha {
            255.0 * (2.2 - u - v).clamp(0.0, 1.0)
        } else {
            255.0
        };
        Rgba([
            code(hills + disc + noise),
            code(hills * 0.8 + lines + noise),
            code(220.0 - hills + disc * 0.3 + 80.0 * v + noise),
            code(opacity),
        ])
    });
    if alpha {
        original.into()
    } else {
        DynamicImage::from(original).to_rgb8().into()
    }
}

fn encode(original: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    original.write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn process_all(file: &[u8], recipes: &[Recipe]) -> Vec<EncodedImage> {
    let request = ProcessRequest {
        limits: Limits::default(),
        describe: false,
        recipes: recipes.to_vec(),
    };
    let output = process(file, &request).unwrap();
    assert_eq!(output.renditions.len(), recipes.len());
    output.renditions
}

fn process_one(file: &[u8], recipe: Recipe) -> DynamicImage {
    let rendition = process_all(file, &[recipe]).remove(0);
    let original = image::load_from_memory(&rendition.bytes).unwrap();
    assert_eq!(
        (original.width(), original.height()),
        (rendition.width, rendition.height)
    );
    original
}

fn to(width: u32, height: u32, fit: Fit, format: Format) -> Recipe {
    Recipe {
        resize: Some(Resize {
            width: Some(width),
            height: Some(height),
            fit,
            gravity: Gravity::Center,
        }),
        ..Recipe::new(format, 90)
    }
}

/// The mean structural similarity (SSIM) of luma over windows of 8 by 8 pixels (Wang et al., 2004), over gray.
fn ssim(one: &DynamicImage, other: &DynamicImage) -> f64 {
    assert_eq!((one.width(), one.height()), (other.width(), other.height()));
    let luma = |original: &DynamicImage| -> Vec<f64> {
        let weigh = |pixel: &Rgba<u8>| {
            let [r, g, b, a] = pixel.0.map(f64::from);
            (0.299 * r + 0.587 * g + 0.114 * b) * a / 255.0 + 128.0 * (1.0 - a / 255.0)
        };
        original.to_rgba8().pixels().map(weigh).collect()
    };
    let (one_luma, other_luma) = (luma(one), luma(other));
    let (width, height) = (one.width() as usize, one.height() as usize);
    let (mut sum, mut windows) = (0.0, 0.0);
    for top in (0..height.saturating_sub(7).max(1)).step_by(4) {
        for left in (0..width.saturating_sub(7).max(1)).step_by(4) {
            let (mut a, mut b, mut aa, mut bb, mut ab, mut n) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
            for y in top..(top + 8).min(height) {
                for x in left..(left + 8).min(width) {
                    let (p, q) = (one_luma[y * width + x], other_luma[y * width + x]);
                    (a, b, aa, bb, ab, n) = (a + p, b + q, aa + p * p, bb + q * q, ab + p * q, n + 1.0);
                }
            }
            let (a, b) = (a / n, b / n);
            let (va, vb, cov) = (aa / n - a * a, bb / n - b * b, ab / n - a * b);
            let (c1, c2) = (6.5025, 58.5225);
            sum += (2.0 * a * b + c1) * (2.0 * cov + c2) / ((a * a + b * b + c1) * (va + vb + c2));
            windows += 1.0;
        }
    }
    sum / windows
}

/// Runs a tool of libvips in a new folder. `None` if it is not installed, which fails the test on CI.
fn vips(input: &[u8], tool: &str, arguments: &[&str]) -> Option<DynamicImage> {
    let missing = Command::new(tool).arg("--version").output().is_err();
    if missing {
        assert!(std::env::var_os("CI").is_none(), "{tool} is not installed");
        return None;
    }
    let folder = create_temp_folder();
    fs::write(folder.join("in"), input).unwrap();
    let run = Command::new(tool)
        .args(arguments)
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{tool} {arguments:?}: {}",
        String::from_utf8_lossy(&run.stderr)
    );
    let original = image::open(folder.join("out.png")).unwrap();
    fs::remove_dir_all(folder).unwrap();
    Some(original)
}

fn create_temp_folder() -> std::path::PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("golden-{}-{number}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn thumbnail(input: &[u8], size: &str) -> Option<DynamicImage> {
    vips(
        input,
        "vipsthumbnail",
        &["in", "--linear", "--size", size, "-o", "out.png"],
    )
}

#[test]
fn scaling_matches_libvips() {
    let scene_of = |alpha| scene(1200, 900, alpha);
    let png = encode(&scene_of(false), ImageFormat::Png);
    let alpha = encode(&scene_of(true), ImageFormat::Png);
    let jpeg = encode(&scene_of(false), ImageFormat::Jpeg);
    let gray = encode(&DynamicImage::from(scene_of(false).to_luma8()), ImageFormat::Png);
    let deep = encode(&DynamicImage::from(scene_of(false).to_rgb16()), ImageFormat::Png);
    let webp = encode(&scene_of(true), ImageFormat::WebP);
    for (name, input) in [
        ("png", &png),
        ("alpha", &alpha),
        ("jpeg", &jpeg),
        ("gray", &gray),
        ("16 bits", &deep),
        ("webp", &webp),
    ] {
        for (side, flags) in [(130, "130x98!"), (310, "310x233!"), (700, "700x525!")] {
            let height = (side * 3 + 2) / 4;
            let ours = process_one(input, to(side, height, Fit::Fill, Format::Png));
            let Some(theirs) = thumbnail(input, flags) else {
                return;
            };
            let similarity = ssim(&ours, &theirs);
            // libvips scales WebP in its decoder, which is not in linear light.
            let least = if name == "webp" { 0.95 } else { SAME };
            assert!(similarity > least, "{name} {side}: {similarity}");
        }
    }
}

#[test]
fn every_format_preserves_the_image() {
    let opaque = encode(&scene(640, 480, false), ImageFormat::Png);
    let alpha = encode(&scene(640, 480, true), ImageFormat::Png);
    for (input, transparent) in [(&opaque, false), (&alpha, true)] {
        let reference = process_one(input, to(240, 180, Fit::Inside, Format::Png));
        assert_eq!(reference.color().has_alpha(), transparent);
        for format in [Format::Webp, Format::Avif, Format::Jpeg] {
            let rendition = process_all(input, &[to(240, 180, Fit::Inside, format)]).remove(0);
            assert_eq!((rendition.width, rendition.height), (240, 180));
            let decoded = if format == Format::Avif {
                let Some(decoded) = vips(&rendition.bytes, "vips", &["copy", "in", "out.png"]) else {
                    continue;
                };
                decoded
            } else {
                image::load_from_memory(&rendition.bytes).unwrap()
            };
            let reference = if format == Format::Jpeg {
                assert!(!decoded.color().has_alpha());
                on_white(&reference)
            } else {
                assert_eq!(decoded.color().has_alpha(), transparent, "{format}");
                reference.clone()
            };
            let similarity = ssim(&decoded, &reference);
            assert!(similarity > LOSSY, "{format}: {similarity}");
        }
        let lossless = Recipe {
            quality: 100,
            ..to(240, 180, Fit::Inside, Format::Webp)
        };
        assert_eq!(process_one(input, lossless).to_rgba8(), reference.to_rgba8());
    }
}

fn on_white(original: &DynamicImage) -> DynamicImage {
    let mut original = original.to_rgba8();
    for Rgba([r, g, b, a]) in original.pixels_mut() {
        for channel in [r, g, b] {
            let mixed = u32::from(*channel) * u32::from(*a) + 255 * (255 - u32::from(*a));
            *channel = ((mixed + 127) / 255) as u8;
        }
        *a = 255;
    }
    original.into()
}

/// The stored pixels of an image with this orientation.
fn store_with_orientation(upright: &DynamicImage, orientation: u8) -> DynamicImage {
    match orientation {
        2 => upright.fliph(),
        3 => upright.rotate180(),
        4 => upright.flipv(),
        5 => upright.rotate90().fliph(),
        6 => upright.rotate270(),
        7 => upright.rotate270().fliph(),
        8 => upright.rotate90(),
        _ => upright.clone(),
    }
}

fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let payload = [b"Exif\0\0".as_slice(), &build::exif(orientation)].concat();
    [&jpeg[..2], &build::jpeg::segment(0xE1, &payload), &jpeg[2..]].concat()
}

#[test]
fn every_orientation_is_upright_at_every_scale() {
    let upright = scene(800, 600, false);
    for orientation in 1..=8 {
        let input = with_exif(
            &encode(&store_with_orientation(&upright, orientation), ImageFormat::Jpeg),
            orientation,
        );
        // Reduced by the decoder, scaled by half, and not scaled.
        for (width, height) in [(90, 68), (360, 270), (800, 600)] {
            let ours = process_one(&input, to(width, height, Fit::Fill, Format::Png));
            let reference = process_one(
                &encode(&upright, ImageFormat::Jpeg),
                to(width, height, Fit::Fill, Format::Png),
            );
            let similarity = ssim(&ours, &reference);
            // Unscaled, JPEG artifacts are visible: its quantization tables are not symmetric, so a rotated image loses
            // other details. An image with the wrong orientation is below 0.5.
            let least = if width == 800 { 0.8 } else { 0.95 };
            assert!(similarity > least, "{orientation} {width}: {similarity}");
        }
        let Some(theirs) = thumbnail(&input, "200x200") else {
            return;
        };
        let ours = process_one(&input, to(200, 200, Fit::Inside, Format::Png));
        let similarity = ssim(&ours, &theirs);
        // The JPEG decoder does not reduce in linear light.
        assert!(similarity > 0.95, "{orientation}: {similarity}");
    }
}

#[test]
fn unscaled_crops_rotations_and_flips_are_exact() {
    let original = scene(80, 60, true);
    let input = encode(&original, ImageFormat::Png);
    let region = Region {
        x: 13,
        y: 7,
        width: 41,
        height: 30,
    };
    for (rotate, flip, expected) in [
        (Rotation::None, Flip::None, original.crop_imm(13, 7, 41, 30)),
        (
            Rotation::Quarter,
            Flip::None,
            original.crop_imm(13, 7, 41, 30).rotate90(),
        ),
        (
            Rotation::Half,
            Flip::Horizontal,
            original.crop_imm(13, 7, 41, 30).flipv(),
        ),
        (
            Rotation::ThreeQuarters,
            Flip::Vertical,
            original.crop_imm(13, 7, 41, 30).rotate270().flipv(),
        ),
        (
            Rotation::None,
            Flip::Both,
            original.crop_imm(13, 7, 41, 30).rotate180(),
        ),
    ] {
        let recipe = Recipe {
            crop: Some(region),
            rotate,
            flip,
            ..Recipe::new(Format::Png, 80)
        };
        assert_eq!(
            process_one(&input, recipe).to_rgba8(),
            expected.to_rgba8(),
            "{rotate:?} {flip:?}"
        );
    }
}

#[test]
fn crop_does_not_read_pixels_outside() {
    let original = RgbaImage::from_fn(200, 100, |x, _| {
        Rgba(if x < 100 { [0, 0, 0, 255] } else { [255; 4] })
    });
    let input = encode(&original.into(), ImageFormat::Png);
    for width in [50, 200] {
        let recipe = Recipe {
            crop: Some(Region {
                x: 0,
                y: 0,
                width: 100,
                height: 100,
            }),
            ..to(width, width, Fit::Fill, Format::Png)
        };
        assert!(
            process_one(&input, recipe)
                .to_rgb8()
                .iter()
                .all(|code| *code == 0),
            "{width}"
        );
    }
}

#[test]
fn contained_image_has_a_background() {
    let input = encode(&scene(300, 200, false), ImageFormat::Png);
    let green = Color {
        red: 0,
        green: 200,
        blue: 0,
        alpha: 255,
    };
    for (format, background, corner) in [
        (Format::Png, None, [0, 0, 0, 0]),
        (Format::Webp, None, [0, 0, 0, 0]),
        (Format::Jpeg, None, [255, 255, 255, 255]),
        (Format::Png, Some(green), [0, 200, 0, 255]),
        (Format::Jpeg, Some(green), [0, 200, 0, 255]),
    ] {
        let recipe = Recipe {
            background,
            ..to(120, 120, Fit::Contain, format)
        };
        let made = process_one(&input, recipe).to_rgba8();
        assert_eq!(made.dimensions(), (120, 120));
        let worst = made
            .get_pixel(2, 2)
            .0
            .iter()
            .zip(corner)
            .map(|(a, b)| a.abs_diff(b))
            .max();
        assert!(
            worst <= Some(3),
            "{format} {background:?}: {:?}",
            made.get_pixel(2, 2)
        );
        assert_eq!(made.get_pixel(60, 60).0[3], 255);
    }
}

#[test]
fn palette_is_kept_and_transparent_edges_do_not_darken() {
    let disc = RgbaImage::from_fn(256, 256, |x, y| {
        let inside = x.abs_diff(128).pow(2) + y.abs_diff(128).pow(2) < 100 * 100;
        Rgba(if inside { [250, 120, 40, 255] } else { [0; 4] })
    });
    let input = encode(&disc.into(), ImageFormat::Png);
    let whole = process_all(&input, &[Recipe::new(Format::Png, 80)])
        .remove(0)
        .bytes;
    assert_eq!(whole[25], 3, "written with a palette");
    assert_eq!(
        image::load_from_memory(&whole).unwrap().to_rgba8(),
        image::load_from_memory(&input).unwrap().to_rgba8()
    );
    for blur in [None, Some(300), Some(900)] {
        let recipe = Recipe {
            blur,
            ..to(100, 100, Fit::Inside, Format::Png)
        };
        for pixel in process_one(&input, recipe)
            .to_rgba8()
            .pixels()
            .filter(|pixel| pixel.0[3] > 128)
        {
            let [r, g, b, _] = pixel.0;
            assert!(
                r >= 244 && g.abs_diff(120) <= 8 && b.abs_diff(40) <= 10,
                "{blur:?} {pixel:?}"
            );
        }
    }
}

#[test]
fn processing_is_deterministic_and_removes_metadata() {
    let jpeg = with_exif(&encode(&scene(900, 700, false), ImageFormat::Jpeg), 6);
    let recipes: Vec<Recipe> = Format::ALL
        .into_iter()
        .flat_map(|format| [to(64, 64, Fit::Cover, format), to(300, 300, Fit::Inside, format)])
        .map(|recipe| Recipe {
            sharpen: Some(50),
            ..recipe
        })
        .collect();
    let first = process_all(&jpeg, &recipes);
    assert_eq!(first, process_all(&jpeg, &recipes));
    for (rendition, recipe) in first.iter().zip(&recipes) {
        assert_eq!(rendition.format, recipe.format);
        for trace in [
            b"Exif".as_slice(),
            b"eXIf",
            b"iCCP",
            b"ICC_PROFILE",
            b"http://ns.adobe",
        ] {
            let found = rendition.bytes.windows(trace.len()).any(|window| window == trace);
            assert!(
                !found,
                "{} in {}",
                String::from_utf8_lossy(trace),
                rendition.format
            );
        }
    }
}
