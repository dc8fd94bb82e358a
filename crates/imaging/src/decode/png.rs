//! Decodes PNG, and the default image of an animated PNG.

use super::{bytes, color, failed, index, map_pixels};
use crate::{Facts, Layout, Limits, MediaType, Raster, Undecodable, parts};
use moxcms::ColorProfile;
use png::{ColorType, Decoder, DecodingError, Transformations};
use std::io::Cursor;

/// What the decoder may take for itself beyond what the file and its rows make necessary.
const ROOM: usize = 1024 * 1024;

pub(super) fn still(file: &[u8], facts: &Facts, limits: &Limits) -> Result<Raster, Undecodable> {
    let refuse = |why: DecodingError| failed(MediaType::Png, why);
    // The decoder keeps EXIF twice and two rows; a pixel has at most eight bytes.
    let room = png::Limits {
        bytes: ROOM + 3 * file.len() + 4 * 8 * index(facts.width),
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), room);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(refuse)?;
    if (reader.info().width, reader.info().height) != (facts.width, facts.height) {
        return Err(failed(MediaType::Png, "it has two sizes"));
    }
    let (color, _) = reader.output_color_type();
    let size = bytes(facts.width, facts.height, color.samples());
    if reader.output_buffer_size() != Some(size) {
        return Err(failed(MediaType::Png, "its first frame is not the whole image"));
    }
    let mut samples = vec![0; size];
    reader.next_frame(&mut samples).map_err(refuse)?;
    let profile = profile(file, limits);
    drop(reader);
    let (layout, data) = match color {
        ColorType::Grayscale | ColorType::GrayscaleAlpha => from_gray(&samples, color, profile.as_ref()),
        ColorType::Rgba => (Layout::Rgba, to_srgb(samples, Layout::Rgba, profile.as_ref())),
        ColorType::Rgb | ColorType::Indexed => (Layout::Rgb, to_srgb(samples, Layout::Rgb, profile.as_ref())),
    };
    Ok(Raster {
        width: facts.width,
        height: facts.height,
        layout,
        data,
    })
}

/// What says how the samples mean colors, the strongest first: code points, a profile, sRGB. Gamma and chromaticities
/// alone are ignored: writers that set them mean sRGB far more often than what they set.
pub(super) fn profile(file: &[u8], limits: &Limits) -> Option<ColorProfile> {
    let mut icc = None;
    for (kind, payload) in parts::png_chunks(file) {
        match (&kind, payload) {
            // Identity matrix, full range: the only kind that PNG permits.
            (b"cICP", [primaries, transfer, 0, 1]) => {
                return color::from_code_points(*primaries, *transfer);
            }
            (b"iCCP", _) if icc.is_none() => icc = inflate(payload, limits),
            (b"IDAT", _) => break,
            _ => {}
        }
    }
    color::read(&icc?, limits)
}

/// Inflates a compressed profile, and drops it at the limit. The decoder does it with an image of one pixel around
/// the profile, so that the limit is that of the profile and of nothing else.
fn inflate(payload: &[u8], limits: &Limits) -> Option<Vec<u8>> {
    let most = usize::try_from(limits.max_icc_bytes).ok()?;
    let header = [0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0];
    let file = [
        b"\x89PNG\r\n\x1A\n".as_slice(),
        &chunk(*b"IHDR", &header)?,
        &chunk(*b"iCCP", payload)?,
        &chunk(*b"IDAT", &[0; 8])?,
    ]
    .concat();
    let room = png::Limits {
        bytes: most.saturating_add(payload.len()).saturating_add(ROOM),
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), room);
    decoder.ignore_checksums(true);
    let reader = decoder.read_info().ok()?;
    let icc = reader.info().icc_profile.as_ref()?;
    (icc.len() <= most).then(|| icc.to_vec())
}

/// A chunk without a checksum.
fn chunk(kind: [u8; 4], payload: &[u8]) -> Option<Vec<u8>> {
    let len = u32::try_from(payload.len()).ok()?.to_be_bytes();
    Some([len.as_slice(), &kind, payload, &[0; 4]].concat())
}

fn to_srgb(mut samples: Vec<u8>, layout: Layout, profile: Option<&ColorProfile>) -> Vec<u8> {
    if let Some(to_srgb) = profile.and_then(|profile| color::ToSrgb::new(profile, layout)) {
        to_srgb.apply(&mut samples);
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
