//! Writes AVIF with ravif and rav1e, on the calling thread.

use crate::{Format, Layout, Raster, Undecodable, encode::failed, transform::index};
use ravif::{BitDepth, Encoder, Img, RGB8, RGBA8};

pub(super) fn encode(raster: &Raster, quality: u8) -> Result<Vec<u8>, Undecodable> {
    let encoder = Encoder::new()
        .with_quality(f32::from(quality))
        .with_alpha_quality(f32::from(quality))
        .with_speed(speed(raster))
        .with_bit_depth(BitDepth::Eight)
        .with_num_threads(Some(1));
    let (width, height) = (index(raster.width), index(raster.height));
    let made = match raster.layout {
        Layout::Rgb => {
            let (pixels, _) = raster.data.as_chunks::<3>();
            let pixels: Vec<RGB8> = pixels.iter().copied().map(RGB8::from).collect();
            encoder.encode_rgb(Img::new(pixels.as_slice(), width, height))
        }
        Layout::Rgba => {
            let (pixels, _) = raster.data.as_chunks::<4>();
            let pixels: Vec<RGBA8> = pixels.iter().copied().map(RGBA8::from).collect();
            encoder.encode_rgba(Img::new(pixels.as_slice(), width, height))
        }
    };
    let made = made.map_err(|error| failed(Format::Avif, error))?;
    Ok(made.avif_file)
}

/// The effort that keeps an image of any size within about a second of a core (docs/adr/0015): 10 is the least.
fn speed(raster: &Raster) -> u8 {
    match index(raster.width) * index(raster.height) {
        0..=300_000 => 8,
        300_001..=4_000_000 => 9,
        _ => 10,
    }
}
