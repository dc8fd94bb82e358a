//! Writes still WebP with libwebp.

use crate::{Format, Layout, Raster, Undecodable, encode::failed};
use webp::{PixelLayout, WebPConfig};

/// This quality loses nothing.
const LOSSLESS: u8 = 100;

pub(super) fn encode(raster: &Raster, quality: u8) -> Result<Vec<u8>, Undecodable> {
    let refused = |why: &str| failed(Format::Webp, why);
    let mut config = WebPConfig::new().map_err(|()| refused("libwebp does not start"))?;
    config.quality = f32::from(quality);
    if quality == LOSSLESS {
        config.lossless = 1;
        // How hard it tries, for a lossless file.
        config.quality = 75.0;
        // Colors under transparent pixels are nobody's business, but lossless is lossless.
        config.exact = 1;
    }
    let layout = match raster.layout {
        Layout::Rgb => PixelLayout::Rgb,
        Layout::Rgba => PixelLayout::Rgba,
    };
    let encoder = webp::Encoder::new(&raster.data, layout, raster.width, raster.height);
    let file = encoder
        .encode_advanced(&config)
        .map_err(|error| refused(&format!("{error:?}")))?;
    Ok(file.to_vec())
}
