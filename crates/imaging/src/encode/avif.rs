//! Encodes AVIF with ravif and rav1e, on the calling thread.

use crate::{DecodeError, Format, Layout, Raster, encode::encode_error, numbers::to_usize};
use ravif::{BitDepth, Encoder, Img, RGBA8};

pub(super) fn encode(raster: &Raster, quality: u8) -> Result<Vec<u8>, DecodeError> {
    let encoder = Encoder::new()
        .with_quality(f32::from(quality))
        .with_alpha_quality(f32::from(quality))
        .with_speed(speed(raster))
        .with_bit_depth(BitDepth::Eight)
        .with_num_threads(Some(1));
    let (width, height) = (to_usize(raster.width), to_usize(raster.height));
    // Always `encode_rgba`, which leaves out an opaque alpha channel: `encode_rgb` is an inline function, and using it
    // compiles all of rav1e a second time, in this crate.
    let pixels: Vec<RGBA8> = match raster.layout {
        Layout::Rgb => {
            let (pixels, _) = raster.data.as_chunks::<3>();
            pixels
                .iter()
                .map(|[red, green, blue]| RGBA8::new(*red, *green, *blue, u8::MAX))
                .collect()
        }
        Layout::Rgba => {
            let (pixels, _) = raster.data.as_chunks::<4>();
            pixels.iter().copied().map(RGBA8::from).collect()
        }
    };
    let output = encoder
        .encode_rgba(Img::new(pixels.as_slice(), width, height))
        .map_err(|error| encode_error(Format::Avif, error))?;
    Ok(output.avif_file)
}

/// The speed that encodes an image of any size within about one second (docs/adr/0015); 10 is the fastest.
fn speed(raster: &Raster) -> u8 {
    match to_usize(raster.width) * to_usize(raster.height) {
        0..=300_000 => 8,
        300_001..=4_000_000 => 9,
        _ => 10,
    }
}
