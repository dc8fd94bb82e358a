//! Decodes JPEG with libjpeg-turbo, which can reduce the image while decoding.

use super::{buffer_len, check_same_size, color, corrupt, truncated};
use crate::{
    DecodeError, DecodeErrorKind, ImageInfo, Layout, Limits, MediaType, Raster, numbers::to_u32,
    raster::map_pixels, segments,
};
use moxcms::ColorProfile;
use turbojpeg::{Colorspace, DecompressHeader, Decompressor, Image, PixelFormat, ScalingFactor};

const ICC_PREFIX: &[u8] = b"ICC_PROFILE\0";
/// The beginnings of libjpeg's warnings. After a warning there is an image, although a damaged one; after an error
/// there is none, and the message of the error replaces that of earlier warnings.
const WARNINGS: [&str; 6] = [
    "Corrupt JPEG data",
    "Premature end of JPEG",
    "Inconsistent progression sequence",
    "Invalid SOS parameters",
    "Unknown Adobe color transform",
    "Warning: ",
];

pub(super) fn decode_still(
    file: &[u8],
    info: &ImageInfo,
    at_least: Option<(u32, u32)>,
    limits: &Limits,
) -> Result<Raster, DecodeError> {
    let mut decoder = Decompressor::new().map_err(|error| decode_error(&error))?;
    decoder
        .set_scan_limit(limits.max_jpeg_scans)
        .map_err(|error| decode_error(&error))?;
    let header = decoder.read_header(file).map_err(|error| decode_error(&error))?;
    check_same_size(info, (to_u32(header.width), to_u32(header.height)))?;
    let denominator = choose_denominator(info, at_least);
    let scale = ScalingFactor::new(1, denominator);
    decoder
        .set_scaling_factor(scale)
        .map_err(|error| decode_error(&error))?;
    let profile = read_profile(file, limits);
    let grays = profile.as_ref().and_then(color::gray_table);
    let format = match header.colorspace {
        Colorspace::CMYK | Colorspace::YCCK => PixelFormat::CMYK,
        Colorspace::Gray if grays.is_some() => PixelFormat::GRAY,
        _ => PixelFormat::RGB,
    };
    let (width, height) = reduced_size(info, denominator);
    let samples = decompress(&mut decoder, file, &header.scaled(scale), format, (width, height))?;
    // Frees the memory of the decoder, up to twice the size of the image, before the conversion.
    drop(decoder);
    let data = match format {
        PixelFormat::CMYK => cmyk_to_srgb(file, profile.as_ref(), samples),
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

/// Reads the profile, which may be split into several segments.
pub(super) fn read_profile(file: &[u8], limits: &Limits) -> Option<ColorProfile> {
    let mut segments: Vec<(u8, &[u8])> = segments::jpeg_segments(file)
        .filter(|(marker, _)| *marker == 0xE2)
        .filter_map(|(_, payload)| match payload.strip_prefix(ICC_PREFIX)? {
            [number, _count, data @ ..] => Some((*number, data)),
            _ => None,
        })
        .collect();
    let total: usize = segments.iter().map(|(_, data)| data.len()).sum();
    if total == 0 || u64::try_from(total).map_or(true, |total| total > limits.max_icc_bytes) {
        return None;
    }
    segments.sort_by_key(|(number, _)| *number);
    let icc: Vec<u8> = segments.into_iter().flat_map(|(_, data)| data).copied().collect();
    color::parse_icc(&icc, limits)
}

/// The largest of 8, 4 and 2 that keeps both sides long enough; otherwise 1.
fn choose_denominator(info: &ImageInfo, at_least: Option<(u32, u32)>) -> usize {
    let Some((width, height)) = at_least else {
        return 1;
    };
    [8, 4, 2]
        .into_iter()
        .find(|denominator| {
            let (scaled_width, scaled_height) = reduced_size(info, *denominator);
            scaled_width >= width && scaled_height >= height
        })
        .unwrap_or(1)
}

fn reduced_size(info: &ImageInfo, denominator: usize) -> (u32, u32) {
    let by = u32::try_from(denominator).unwrap_or(1);
    (info.width.div_ceil(by), info.height.div_ceil(by))
}

fn decompress(
    decoder: &mut Decompressor,
    file: &[u8],
    header: &DecompressHeader,
    format: PixelFormat,
    (width, height): (u32, u32),
) -> Result<Vec<u8>, DecodeError> {
    let mut samples = vec![0; buffer_len(width, height, format.size())];
    let image = Image {
        pixels: samples.as_mut_slice(),
        width: header.width,
        pitch: header.width.saturating_mul(format.size()),
        height: header.height,
        format,
    };
    let Err(error) = decoder.decompress(file, image) else {
        return Ok(samples);
    };
    let text = error.to_string();
    let damaged = WARNINGS.iter().any(|warning| text.contains(warning));
    // The decoder fills missing parts with the last color, so a single color means that nothing was decoded.
    if damaged && !is_one_color(&samples, format.size()) {
        Ok(samples)
    } else {
        Err(decode_error(&error))
    }
}

fn is_one_color(samples: &[u8], size: usize) -> bool {
    let mut pixels = samples.chunks_exact(size);
    let first = pixels.next();
    pixels.all(|pixel| Some(pixel) == first)
}

fn decode_error(error: &turbojpeg::Error) -> DecodeError {
    let text = match error {
        turbojpeg::Error::TurboJpegError(text) => text.clone(),
        other => other.to_string(),
    };
    if text.contains("data precision") {
        let message = "the JPEG has 12 bits per sample, which is not supported";
        DecodeError::new(DecodeErrorKind::Unsupported, message)
    } else if text.contains("Premature end of") {
        truncated(MediaType::Jpeg)
    } else {
        corrupt(MediaType::Jpeg, text)
    }
}

fn to_srgb(profile: Option<&ColorProfile>, mut samples: Vec<u8>) -> Vec<u8> {
    if let Some(to_srgb) = profile.and_then(|profile| color::ToSrgb::new(profile, Layout::Rgb)) {
        to_srgb.convert(&mut samples);
    }
    samples
}

/// Files with an Adobe marker store inverted ink values.
fn cmyk_to_srgb(file: &[u8], profile: Option<&ColorProfile>, mut samples: Vec<u8>) -> Vec<u8> {
    if segments::jpeg_segments(file).any(|(marker, payload)| marker == 0xEE && payload.starts_with(b"Adobe"))
    {
        for sample in &mut samples {
            *sample = !*sample;
        }
    }
    color::from_cmyk(profile, &samples)
}
