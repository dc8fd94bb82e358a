//! Decodes PNG, and the default image of an animated PNG.

use super::{buffer_len, check_same_size, color, corrupt, from_io};
use crate::{
    DecodeError, ImageInfo, Layout, Limits, MediaType, Raster, numbers::to_usize, raster::map_pixels,
    segments,
};
use moxcms::ColorProfile;
use png::{ColorType, Decoder, DecodingError, Transformations};
use std::io::Cursor;

/// Memory that the decoder may use in addition to the file and its rows, in bytes.
const DECODER_MEMORY: usize = 1024 * 1024;

pub(super) fn decode_still(file: &[u8], info: &ImageInfo, limits: &Limits) -> Result<Raster, DecodeError> {
    // The decoder stores EXIF twice and two rows. A pixel has at most eight bytes.
    let memory = png::Limits {
        bytes: DECODER_MEMORY + 3 * file.len() + 4 * 8 * to_usize(info.width),
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), memory);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(decode_error)?;
    check_same_size(info, (reader.info().width, reader.info().height))?;
    let (color, _) = reader.output_color_type();
    let size = buffer_len(info.width, info.height, color.samples());
    if reader.output_buffer_size() != Some(size) {
        return Err(corrupt(
            MediaType::Png,
            "the first frame does not fill the canvas",
        ));
    }
    let mut samples = vec![0; size];
    reader.next_frame(&mut samples).map_err(decode_error)?;
    let profile = read_profile(file, limits);
    drop(reader);
    let (layout, data) = match color {
        ColorType::Grayscale | ColorType::GrayscaleAlpha => from_gray(&samples, color, profile.as_ref()),
        ColorType::Rgba => (Layout::Rgba, to_srgb(samples, Layout::Rgba, profile.as_ref())),
        ColorType::Rgb | ColorType::Indexed => (Layout::Rgb, to_srgb(samples, Layout::Rgb, profile.as_ref())),
    };
    Ok(Raster {
        width: info.width,
        height: info.height,
        layout,
        data,
    })
}

/// Reads the color space: code points take precedence over a profile. Gamma and chromaticities are ignored, because
/// most files that have them are meant as sRGB.
pub(super) fn read_profile(file: &[u8], limits: &Limits) -> Option<ColorProfile> {
    let mut icc = None;
    for (kind, payload) in segments::png_chunks(file) {
        match (&kind, payload) {
            // Identity matrix and full range, as PNG requires.
            (b"cICP", [primaries, transfer, 0, 1]) => {
                return color::from_code_points(*primaries, *transfer);
            }
            (b"iCCP", _) if icc.is_none() => icc = inflate(payload, limits),
            (b"IDAT", _) => break,
            _ => {}
        }
    }
    color::parse_icc(&icc?, limits)
}

/// Inflates a compressed profile. `None` if it exceeds the limit. The PNG decoder inflates it as part of a file with a
/// single pixel, so that its memory limit applies to the profile only.
fn inflate(payload: &[u8], limits: &Limits) -> Option<Vec<u8>> {
    let max = usize::try_from(limits.max_icc_bytes).ok()?;
    let header = [0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0];
    let file = [
        b"\x89PNG\r\n\x1A\n".as_slice(),
        &build_chunk(*b"IHDR", &header)?,
        &build_chunk(*b"iCCP", payload)?,
        &build_chunk(*b"IDAT", &[0; 8])?,
    ]
    .concat();
    let memory = png::Limits {
        bytes: max.saturating_add(payload.len()).saturating_add(DECODER_MEMORY),
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), memory);
    decoder.ignore_checksums(true);
    let reader = decoder.read_info().ok()?;
    let icc = reader.info().icc_profile.as_ref()?;
    (icc.len() <= max).then(|| icc.to_vec())
}

/// Builds a chunk with an invalid checksum.
fn build_chunk(kind: [u8; 4], payload: &[u8]) -> Option<Vec<u8>> {
    let len = u32::try_from(payload.len()).ok()?.to_be_bytes();
    Some([len.as_slice(), &kind, payload, &[0; 4]].concat())
}

fn to_srgb(mut samples: Vec<u8>, layout: Layout, profile: Option<&ColorProfile>) -> Vec<u8> {
    if let Some(to_srgb) = profile.and_then(|profile| color::ToSrgb::new(profile, layout)) {
        to_srgb.convert(&mut samples);
    }
    samples
}

fn from_gray(samples: &[u8], kind: ColorType, profile: Option<&ColorProfile>) -> (Layout, Vec<u8>) {
    let table = profile.and_then(color::gray_table).unwrap_or_default();
    let color = |gray: u8| table.get(usize::from(gray)).copied().unwrap_or([gray; 3]);
    if kind == ColorType::GrayscaleAlpha {
        let data = map_pixels(samples, |[gray, alpha]| {
            let [r, g, b] = color(gray);
            [r, g, b, alpha]
        });
        (Layout::Rgba, data)
    } else {
        (Layout::Rgb, map_pixels(samples, |[gray]| color(gray)))
    }
}

fn decode_error(error: DecodingError) -> DecodeError {
    match error {
        DecodingError::IoError(error) => from_io(MediaType::Png, &error),
        other => corrupt(MediaType::Png, other),
    }
}
