//! Encodes progressive JPEG (ITU-T T.81) with libjpeg-turbo, whose only metadata is the JFIF header.

use crate::{
    DecodeError, Format, Layout, Raster, encode::encode_error, numbers::to_usize, transform::flatten_on_white,
};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

/// The lowest quality without chroma subsampling.
const FULL_CHROMA: u8 = 90;

pub(super) fn encode(raster: &Raster, quality: u8) -> Result<Vec<u8>, DecodeError> {
    match raster.layout {
        Layout::Rgb => compress(raster, quality),
        Layout::Rgba => compress(&flatten_on_white(raster.clone()), quality),
    }
    .map_err(|error| encode_error(Format::Jpeg, error))
}

fn compress(raster: &Raster, quality: u8) -> turbojpeg::Result<Vec<u8>> {
    let mut compressor = Compressor::new()?;
    compressor.set_quality(i32::from(quality))?;
    compressor.set_subsamp(if quality < FULL_CHROMA {
        Subsamp::Sub2x2
    } else {
        Subsamp::None
    })?;
    compressor.set_progressive(true)?;
    compressor.compress_to_vec(Image {
        pixels: raster.data.as_slice(),
        width: to_usize(raster.width),
        pitch: to_usize(raster.width) * 3,
        height: to_usize(raster.height),
        format: PixelFormat::RGB,
    })
}
