//! Encodes PNG. Images with few colors get a palette, which is lossless and much smaller.

use crate::{DecodeError, Format, Layout, Raster, encode::encode_error};
use png::{BitDepth, ColorType, Compression, Encoder};
use std::collections::HashMap;

/// The maximum number of colors of a palette.
const MAX_COLORS: usize = 256;

pub(super) fn encode(raster: &Raster) -> Result<Vec<u8>, DecodeError> {
    write(raster).map_err(|error| encode_error(Format::Png, error))
}

fn write(raster: &Raster) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, raster.width, raster.height);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    let indexed = IndexedImage::from_raster(raster);
    let data = if let Some(indexed) = &indexed {
        encoder.set_color(ColorType::Indexed);
        encoder.set_palette(indexed.colors.concat());
        if !indexed.alphas.is_empty() {
            encoder.set_trns(indexed.alphas.as_slice());
        }
        // Adjacent palette indexes are unrelated, so filters make the file larger.
        encoder.set_filter(png::Filter::NoFilter);
        &indexed.pixels
    } else {
        encoder.set_color(match raster.layout {
            Layout::Rgb => ColorType::Rgb,
            Layout::Rgba => ColorType::Rgba,
        });
        &raster.data
    };
    let mut writer = encoder.write_header()?;
    writer.write_image_data(data)?;
    writer.finish()?;
    Ok(file)
}

/// An image of at most 256 colors.
struct IndexedImage {
    colors: Vec<[u8; 3]>,
    /// The alpha of the first colors, which are the ones that are not opaque.
    alphas: Vec<u8>,
    pixels: Vec<u8>,
}

impl IndexedImage {
    /// Stops at the 257th color, which a photograph has within its first rows.
    fn from_raster(raster: &Raster) -> Option<Self> {
        let pixels = || {
            raster
                .data
                .chunks_exact(raster.layout.bytes())
                .map(|pixel| match pixel {
                    [red, green, blue, alpha] => [*alpha, *red, *green, *blue],
                    [red, green, blue] => [255, *red, *green, *blue],
                    _ => [0; 4],
                })
        };
        let mut seen = HashMap::new();
        let mut last = None;
        for pixel in pixels() {
            if last != Some(pixel) {
                seen.insert(pixel, 0_u8);
                if seen.len() > MAX_COLORS {
                    return None;
                }
                last = Some(pixel);
            }
        }
        let mut colors: Vec<[u8; 4]> = seen.keys().copied().collect();
        colors.sort_unstable();
        for (number, color) in (0..=u8::MAX).zip(&colors) {
            seen.insert(*color, number);
        }
        let alphas = colors.iter().map(|[alpha, ..]| *alpha);
        Some(Self {
            alphas: alphas.take_while(|alpha| *alpha < 255).collect(),
            pixels: pixels()
                .map(|pixel| seen.get(&pixel).copied().unwrap_or(0))
                .collect(),
            colors: colors.iter().map(|[_, r, g, b]| [*r, *g, *b]).collect(),
        })
    }
}
