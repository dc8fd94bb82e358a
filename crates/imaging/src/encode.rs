//! Writes renditions: pixels only, no metadata of any kind.

mod animation;
#[cfg(feature = "avif")]
mod avif;
mod jpeg;
mod png;
mod webp;

use crate::{Format, Raster, Undecodable, transform::without_idle_alpha};

pub(crate) use animation::Animation;

/// Encodes an image. JPEG takes opaque images only; whoever calls has put something behind a transparent one.
pub(crate) fn encode(raster: Raster, format: Format, quality: u8) -> Result<Vec<u8>, Undecodable> {
    let raster = without_idle_alpha(raster);
    let quality = quality.clamp(1, 100);
    match format {
        Format::Jpeg => jpeg::encode(&raster, quality),
        Format::Png => png::encode(&raster),
        Format::Webp => webp::encode(&raster, quality),
        #[cfg(feature = "avif")]
        Format::Avif => avif::encode(&raster, quality),
        #[cfg(not(feature = "avif"))]
        Format::Avif => Err(failed(format, "it was built without")),
    }
}

/// What an encoder that fails says to the owner.
fn failed(format: Format, why: impl std::fmt::Display) -> Undecodable {
    Undecodable(format!("the rendition cannot be written as {format}: {why}"))
}
