//! Decodes JPEG by libjpeg-turbo, scaled while it reads where less than the full size is enough.

use super::{bytes, color, failed, map_pixels};
use crate::{Facts, Layout, Limits, MediaType, Raster, Undecodable, parts};
use moxcms::ColorProfile;
use turbojpeg::{Colorspace, DecompressHeader, Decompressor, Image, PixelFormat, ScalingFactor};

const ICC_PREFIX: &[u8] = b"ICC_PROFILE\0";
const TWELVE_BITS: &str = "it has 12 bits per sample, which is not supported";
/// How the texts of libjpeg's warnings start: the image is damaged, and there is one. Errors end without one, and
/// their text replaces that of a warning before them.
const WARNINGS: [&str; 6] = [
    "Corrupt JPEG data",
    "Premature end of JPEG",
    "Inconsistent progression sequence",
    "Invalid SOS parameters",
    "Unknown Adobe color transform",
    "Warning: ",
];

pub(super) fn still(
    file: &[u8],
    facts: &Facts,
    at_least: Option<(u32, u32)>,
    limits: &Limits,
) -> Result<Raster, Undecodable> {
    let refuse = |why: turbojpeg::Error| refusal(&why);
    let mut decoder = Decompressor::new().map_err(refuse)?;
    decoder.set_scan_limit(limits.max_jpeg_scans).map_err(refuse)?;
    let header = decoder.read_header(file).map_err(refuse)?;
    let whole = (u32::try_from(header.width), u32::try_from(header.height));
    if whole != (Ok(facts.width), Ok(facts.height)) {
        return Err(failed(MediaType::Jpeg, "it has two sizes"));
    }
    let denominator = denominator(facts, at_least);
    let scale = ScalingFactor::new(1, denominator);
    decoder.set_scaling_factor(scale).map_err(refuse)?;
    let profile = profile(file, limits);
    let grays = profile.as_ref().and_then(color::gray_table);
    let format = match header.colorspace {
        Colorspace::CMYK | Colorspace::YCCK => PixelFormat::CMYK,
        Colorspace::Gray if grays.is_some() => PixelFormat::GRAY,
        _ => PixelFormat::RGB,
    };
    let (width, height) = scaled(facts, denominator);
    let samples = decompress(&mut decoder, file, &header.scaled(scale), format, (width, height))?;
    // The decoder's own memory, up to twice the image's, is given back before more is taken.
    drop(decoder);
    let data = match format {
        PixelFormat::CMYK => from_cmyk(file, profile.as_ref(), samples),
        PixelFormat::GRAY => {
            let table = grays.unwrap_or_default();
            map_pixels(&samples, |[gray]| {
                table.get(usize::from(gray)).copied().unwrap_or([gray; 3])
            })
        }
        _ => to_srgb(profile.as_ref(), samples),
    };
    Ok(Raster {
        width,
        height,
        layout: Layout::Rgb,
        data,
    })
}

/// The profile of a JPEG, put together from its pieces.
pub(super) fn profile(file: &[u8], limits: &Limits) -> Option<ColorProfile> {
    let mut pieces: Vec<(u8, &[u8])> = parts::jpeg_segments(file)
        .filter(|(marker, _)| *marker == 0xE2)
        .filter_map(|(_, payload)| match payload.strip_prefix(ICC_PREFIX)? {
            [number, _count, piece @ ..] => Some((*number, piece)),
            _ => None,
        })
        .collect();
    let whole: usize = pieces.iter().map(|(_, piece)| piece.len()).sum();
    if whole == 0 || u64::try_from(whole).map_or(true, |whole| whole > limits.max_icc_bytes) {
        return None;
    }
    pieces.sort_by_key(|(number, _)| *number);
    let icc: Vec<u8> = pieces.into_iter().flat_map(|(_, piece)| piece).copied().collect();
    color::read(&icc, limits)
}

/// The largest of 8, 4 and 2 by which both sides can be divided and stay long enough; else 1.
fn denominator(facts: &Facts, at_least: Option<(u32, u32)>) -> usize {
    let Some((width, height)) = at_least else {
        return 1;
    };
    [8, 4, 2]
        .into_iter()
        .find(|denominator| {
            let (scaled_width, scaled_height) = scaled(facts, *denominator);
            scaled_width >= width && scaled_height >= height
        })
        .unwrap_or(1)
}

fn scaled(facts: &Facts, denominator: usize) -> (u32, u32) {
    let by = u32::try_from(denominator).unwrap_or(1);
    (facts.width.div_ceil(by), facts.height.div_ceil(by))
}

fn decompress(
    decoder: &mut Decompressor,
    file: &[u8],
    header: &DecompressHeader,
    format: PixelFormat,
    (width, height): (u32, u32),
) -> Result<Vec<u8>, Undecodable> {
    let mut samples = vec![0; bytes(width, height, format.size())];
    let image = Image {
        pixels: samples.as_mut_slice(),
        width: header.width,
        pitch: header.width.saturating_mul(format.size()),
        height: header.height,
        format,
    };
    let Err(why) = decoder.decompress(file, image) else {
        return Ok(samples);
    };
    let text = why.to_string();
    let damaged = WARNINGS.iter().any(|warning| text.contains(warning));
    // What the decoder could not read it fills with the last color it knew, so one color is no image.
    if damaged && !is_one_color(&samples, format.size()) {
        Ok(samples)
    } else {
        Err(refusal(&why))
    }
}

fn is_one_color(samples: &[u8], size: usize) -> bool {
    let mut pixels = samples.chunks_exact(size);
    let first = pixels.next();
    pixels.all(|pixel| Some(pixel) == first)
}

fn refusal(why: &turbojpeg::Error) -> Undecodable {
    let text = match why {
        turbojpeg::Error::TurboJpegError(text) => text.clone(),
        other => other.to_string(),
    };
    if text.contains("data precision") {
        failed(MediaType::Jpeg, TWELVE_BITS)
    } else {
        failed(MediaType::Jpeg, text)
    }
}

fn to_srgb(profile: Option<&ColorProfile>, mut samples: Vec<u8>) -> Vec<u8> {
    if let Some(to_srgb) = profile.and_then(|profile| color::ToSrgb::new(profile, Layout::Rgb)) {
        to_srgb.apply(&mut samples);
    }
    samples
}

/// Adobe's programs store the light that is left instead of the ink, and say so by their marker.
fn from_cmyk(file: &[u8], profile: Option<&ColorProfile>, mut samples: Vec<u8>) -> Vec<u8> {
    if parts::jpeg_segments(file).any(|(marker, payload)| marker == 0xEE && payload.starts_with(b"Adobe")) {
        for sample in &mut samples {
            *sample = !*sample;
        }
    }
    color::from_cmyk(profile, &samples)
}
