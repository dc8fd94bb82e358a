//! Writes progressive JPEG (ITU-T T.81) with libjpeg-turbo, which writes a JFIF header and nothing else.

use crate::{
    Format, Layout, Raster, Undecodable,
    encode::failed,
    transform::{index, on_white},
};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

/// From this quality on, colors keep their full resolution.
const FINE: u8 = 90;

pub(super) fn encode(raster: &Raster, quality: u8) -> Result<Vec<u8>, Undecodable> {
    match raster.layout {
        Layout::Rgb => compress(raster, quality),
        Layout::Rgba => compress(&on_white(raster.clone()), quality),
    }
    .map_err(|error| failed(Format::Jpeg, error))
}

fn compress(raster: &Raster, quality: u8) -> turbojpeg::Result<Vec<u8>> {
    let mut compressor = Compressor::new()?;
    compressor.set_quality(i32::from(quality))?;
    compressor.set_subsamp(if quality < FINE {
        Subsamp::Sub2x2
    } else {
        Subsamp::None
    })?;
    compressor.set_progressive(true)?;
    compressor.compress_to_vec(Image {
        pixels: raster.data.as_slice(),
        width: index(raster.width),
        pitch: index(raster.width) * 3,
        height: index(raster.height),
        format: PixelFormat::RGB,
    })
}
