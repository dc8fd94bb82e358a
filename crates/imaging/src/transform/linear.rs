//! Pixels in linear light: 16 bits per sample, premultiplied alpha.

use crate::{
    Layout, Raster,
    numbers::{round_to_u8, round_to_u16},
};
use fast_image_resize::{
    PixelTrait,
    pixels::{U16x2, U16x3, U16x4},
};

/// A pixel in linear light.
pub(crate) trait LinearPixel: PixelTrait {
    /// The layout of the rasters that this is read from.
    const LAYOUT: Layout;

    fn samples(&self) -> &[u16];

    fn samples_mut(&mut self) -> &mut [u16];

    /// Converts a pixel of a raster of this layout.
    fn read(pixel: &[u8], transfer: &SrgbTransfer) -> Self;

    /// Appends the pixel as 8-bit sRGB with straight alpha.
    fn write(&self, transfer: &SrgbTransfer, to: &mut Vec<u8>);
}

/// The transfer function of sRGB (IEC 61966-2-1) in both directions, as tables.
pub(crate) struct SrgbTransfer {
    to_linear: [u16; 256],
    to_srgb: Vec<u8>,
}

impl SrgbTransfer {
    pub(crate) fn new() -> Self {
        let mut to_linear = [0; 256];
        let mut to_srgb = Vec::with_capacity(65_536);
        for (code, entry) in (0_u16..).zip(&mut to_linear) {
            let code = f64::from(code);
            *entry = round_to_u16(65_535.0 * srgb_to_linear(code / 255.0));
            // This code is the nearest one up to halfway to the next code.
            let end = if code < 255.0 {
                65_535.0 * srgb_to_linear((code + 0.5) / 255.0)
            } else {
                65_535.0
            };
            to_srgb.resize(usize::from(round_to_u16(end.floor())) + 1, round_to_u8(code));
        }
        Self { to_linear, to_srgb }
    }

    fn linear(&self, code: u8) -> u16 {
        self.to_linear.get(usize::from(code)).copied().unwrap_or(0)
    }

    fn srgb(&self, sample: u16) -> u8 {
        self.to_srgb.get(usize::from(sample)).copied().unwrap_or(u8::MAX)
    }
}

/// Both from 0 to 1.
fn srgb_to_linear(code: f64) -> f64 {
    if code <= 0.040_45 {
        code / 12.92
    } else {
        ((code + 0.055) / 1.055).powf(2.4)
    }
}

/// An image in linear light, in rows.
#[derive(Clone, Debug)]
pub(crate) struct LinearImage<P> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<P>,
}

impl<P: LinearPixel> LinearImage<P> {
    pub(crate) fn to_raster(&self, transfer: &SrgbTransfer) -> Raster {
        let mut data = Vec::with_capacity(self.pixels.len() * P::LAYOUT.bytes());
        for pixel in &self.pixels {
            pixel.write(transfer, &mut data);
        }
        Raster {
            width: self.width,
            height: self.height,
            layout: P::LAYOUT,
            data,
        }
    }
}

impl LinearPixel for U16x3 {
    const LAYOUT: Layout = Layout::Rgb;

    fn samples(&self) -> &[u16] {
        &self.0
    }

    fn samples_mut(&mut self) -> &mut [u16] {
        &mut self.0
    }

    fn read(pixel: &[u8], transfer: &SrgbTransfer) -> Self {
        match pixel {
            [red, green, blue, ..] => Self::new([
                transfer.linear(*red),
                transfer.linear(*green),
                transfer.linear(*blue),
            ]),
            _ => Self::default(),
        }
    }

    fn write(&self, transfer: &SrgbTransfer, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.0.map(|sample| transfer.srgb(sample)));
    }
}

impl LinearPixel for U16x4 {
    const LAYOUT: Layout = Layout::Rgba;

    fn samples(&self) -> &[u16] {
        &self.0
    }

    fn samples_mut(&mut self) -> &mut [u16] {
        &mut self.0
    }

    fn read(pixel: &[u8], transfer: &SrgbTransfer) -> Self {
        let [red, green, blue, alpha] = pixel else {
            return Self::default();
        };
        let premultiply = |code: &u8| {
            let product = u32::from(transfer.linear(*code)) * u32::from(*alpha);
            u16::try_from((product + 127) / 255).unwrap_or(u16::MAX)
        };
        Self::new([
            premultiply(red),
            premultiply(green),
            premultiply(blue),
            u16::from(*alpha) * 257,
        ])
    }

    fn write(&self, transfer: &SrgbTransfer, to: &mut Vec<u8>) {
        let [.., alpha] = self.0;
        let shown = u8::try_from((u32::from(alpha) + 128) / 257).unwrap_or(u8::MAX);
        if shown == 0 {
            to.extend_from_slice(&[0; 4]);
            return;
        }
        let alpha = u32::from(alpha);
        let [red, green, blue, _] = self.0.map(|sample| {
            let straight = (u32::from(sample) * 65_535 + alpha / 2) / alpha;
            transfer.srgb(u16::try_from(straight).unwrap_or(u16::MAX))
        });
        to.extend_from_slice(&[red, green, blue, shown]);
    }
}

/// A value and its weight, for the unsharp mask; never converted from or to a raster.
impl LinearPixel for U16x2 {
    const LAYOUT: Layout = Layout::Rgb;

    fn samples(&self) -> &[u16] {
        &self.0
    }

    fn samples_mut(&mut self) -> &mut [u16] {
        &mut self.0
    }

    fn read(_: &[u8], _: &SrgbTransfer) -> Self {
        Self::default()
    }

    fn write(&self, _: &SrgbTransfer, _: &mut Vec<u8>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_preserves_every_code() {
        let transfer = SrgbTransfer::new();
        assert_eq!(transfer.to_srgb.len(), 65_536);
        for code in 0..=255 {
            assert_eq!(transfer.srgb(transfer.linear(code)), code);
            let mut back = Vec::new();
            for alpha in [255, 200, 64] {
                let pixel = [code, 255 - code, code / 2, alpha];
                U16x4::read(&pixel, &transfer).write(&transfer, &mut back);
                let worst = back.iter().zip(&pixel).map(|(a, b)| a.abs_diff(*b)).max();
                // Premultiplied dark colors with low alpha keep fewer bits.
                assert!(worst <= Some(u8::from(alpha != 255)), "{pixel:?} {back:?}");
                back.clear();
            }
        }
    }

    #[test]
    fn half_of_linear_light_is_code_188() {
        let transfer = SrgbTransfer::new();
        assert_eq!(transfer.srgb(32_768), 188);
        assert_eq!((transfer.linear(0), transfer.linear(255)), (0, 65_535));
    }
}
