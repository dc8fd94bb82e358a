//! Encodes still WebP with libwebp.

use crate::{DecodeError, Format, Layout, Raster, encode::encode_error};
use webp::{PixelLayout, WebPConfig};

/// The quality that selects lossless coding.
const LOSSLESS: u8 = 100;

pub(super) fn encode(raster: &Raster, quality: u8) -> Result<Vec<u8>, DecodeError> {
    let error = |detail: &str| encode_error(Format::Webp, detail);
    let mut config = WebPConfig::new().map_err(|()| error("libwebp rejects its configuration"))?;
    config.quality = f32::from(quality);
    if quality == LOSSLESS {
        config.lossless = 1;
        // The effort of lossless coding.
        config.quality = 75.0;
        // Keeps the colors of transparent pixels.
        config.exact = 1;
    }
    let layout = match raster.layout {
        Layout::Rgb => PixelLayout::Rgb,
        Layout::Rgba => PixelLayout::Rgba,
    };
    let encoder = webp::Encoder::new(&raster.data, layout, raster.width, raster.height);
    let file = encoder
        .encode_advanced(&config)
        .map_err(|cause| error(&format!("{cause:?}")))?;
    Ok(file.to_vec())
}
