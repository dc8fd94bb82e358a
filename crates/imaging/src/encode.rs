//! Encodes renditions, without metadata.

mod animation;
#[cfg(feature = "avif")]
mod avif;
mod jpeg;
mod png;
mod webp;

use crate::{DecodeError, DecodeErrorKind, Format, Raster};

pub(crate) use animation::Animation;

/// Encodes an image. JPEG composes transparent pixels over white.
pub(crate) fn encode(raster: Raster, format: Format, quality: u8) -> Result<Vec<u8>, DecodeError> {
    let raster = raster.drop_opaque_alpha();
    let quality = quality.clamp(1, 100);
    match format {
        Format::Jpeg => jpeg::encode(&raster, quality),
        Format::Png => png::encode(&raster),
        Format::Webp => webp::encode(&raster, quality),
        #[cfg(feature = "avif")]
        Format::Avif => avif::encode(&raster, quality),
        #[cfg(not(feature = "avif"))]
        Format::Avif => Err(encode_error(format, "this build has no AVIF encoder")),
    }
}

fn encode_error(format: Format, detail: impl std::fmt::Display) -> DecodeError {
    let message = format!("the rendition cannot be encoded as {format}: {detail}");
    DecodeError::new(DecodeErrorKind::EncodeFailed, message)
}
