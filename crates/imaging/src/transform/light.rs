//! Linear light: sixteen bits a sample, alpha premultiplied, so that sums of pixels are sums of light.

use crate::{
    Layout, Raster,
    transform::numbers::{byte, sample},
};
use fast_image_resize::{
    PixelTrait,
    pixels::{U16x2, U16x3, U16x4},
};

/// A pixel in linear light.
pub(crate) trait Sample: PixelTrait {
    /// The pixels of a raster that this is made of.
    const LAYOUT: Layout;

    fn samples(&self) -> &[u16];

    fn samples_mut(&mut self) -> &mut [u16];

    /// Reads a pixel of a raster of this layout.
    fn read(pixel: &[u8], light: &Light) -> Self;

    /// Appends the pixel as eight-bit sRGB with straight alpha.
    fn write(&self, light: &Light, to: &mut Vec<u8>);
}

/// The transfer curve of sRGB (IEC 61966-2-1), both ways, as tables.
pub(crate) struct Light {
    of_code: [u16; 256],
    to_code: Vec<u8>,
}

impl Light {
    pub(crate) fn new() -> Self {
        let mut of_code = [0; 256];
        let mut to_code = Vec::with_capacity(65_536);
        for (code, entry) in (0_u16..).zip(&mut of_code) {
            let code = f64::from(code);
            *entry = sample(65_535.0 * curve(code / 255.0));
            // Up to the light halfway to the next code, this one is the nearest.
            let end = if code < 255.0 {
                65_535.0 * curve((code + 0.5) / 255.0)
            } else {
                65_535.0
            };
            to_code.resize(usize::from(sample(end.floor())) + 1, byte(code));
        }
        Self { of_code, to_code }
    }

    fn of(&self, code: u8) -> u16 {
        self.of_code.get(usize::from(code)).copied().unwrap_or(0)
    }

    fn code(&self, light: u16) -> u8 {
        self.to_code.get(usize::from(light)).copied().unwrap_or(u8::MAX)
    }
}

/// The light of a code, both from 0 to 1.
fn curve(code: f64) -> f64 {
    if code <= 0.040_45 {
        code / 12.92
    } else {
        ((code + 0.055) / 1.055).powf(2.4)
    }
}

/// An image in linear light, row after row.
#[derive(Clone, Debug)]
pub(crate) struct Image<P> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<P>,
}

impl<P: Sample> Image<P> {
    pub(crate) fn to_raster(&self, light: &Light) -> Raster {
        let mut data = Vec::with_capacity(self.pixels.len() * P::LAYOUT.bytes());
        for pixel in &self.pixels {
            pixel.write(light, &mut data);
        }
        Raster {
            width: self.width,
            height: self.height,
            layout: P::LAYOUT,
            data,
        }
    }
}

impl Sample for U16x3 {
    const LAYOUT: Layout = Layout::Rgb;

    fn samples(&self) -> &[u16] {
        &self.0
    }

    fn samples_mut(&mut self) -> &mut [u16] {
        &mut self.0
    }

    fn read(pixel: &[u8], light: &Light) -> Self {
        match pixel {
            [red, green, blue, ..] => Self::new([light.of(*red), light.of(*green), light.of(*blue)]),
            _ => Self::default(),
        }
    }

    fn write(&self, light: &Light, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.0.map(|sample| light.code(sample)));
    }
}

impl Sample for U16x4 {
    const LAYOUT: Layout = Layout::Rgba;

    fn samples(&self) -> &[u16] {
        &self.0
    }

    fn samples_mut(&mut self) -> &mut [u16] {
        &mut self.0
    }

    fn read(pixel: &[u8], light: &Light) -> Self {
        let [red, green, blue, alpha] = pixel else {
            return Self::default();
        };
        let weigh = |code: &u8| {
            let product = u32::from(light.of(*code)) * u32::from(*alpha);
            u16::try_from((product + 127) / 255).unwrap_or(u16::MAX)
        };
        Self::new([weigh(red), weigh(green), weigh(blue), u16::from(*alpha) * 257])
    }

    fn write(&self, light: &Light, to: &mut Vec<u8>) {
        let [.., alpha] = self.0;
        let shown = u8::try_from((u32::from(alpha) + 128) / 257).unwrap_or(u8::MAX);
        if shown == 0 {
            to.extend_from_slice(&[0; 4]);
            return;
        }
        let alpha = u32::from(alpha);
        let [red, green, blue, _] = self.0.map(|sample| {
            let straight = (u32::from(sample) * 65_535 + alpha / 2) / alpha;
            light.code(u16::try_from(straight).unwrap_or(u16::MAX))
        });
        to.extend_from_slice(&[red, green, blue, shown]);
    }
}

/// One value and its weight, for what is sharpened; it is never read from a raster.
impl Sample for U16x2 {
    const LAYOUT: Layout = Layout::Rgb;

    fn samples(&self) -> &[u16] {
        &self.0
    }

    fn samples_mut(&mut self) -> &mut [u16] {
        &mut self.0
    }

    fn read(_: &[u8], _: &Light) -> Self {
        Self::default()
    }

    fn write(&self, _: &Light, _: &mut Vec<u8>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_changes_nothing() {
        let light = Light::new();
        assert_eq!(light.to_code.len(), 65_536);
        for code in 0..=255 {
            assert_eq!(light.code(light.of(code)), code);
            let mut back = Vec::new();
            for alpha in [255, 200, 64] {
                let pixel = [code, 255 - code, code / 2, alpha];
                U16x4::read(&pixel, &light).write(&light, &mut back);
                let worst = back.iter().zip(&pixel).map(|(a, b)| a.abs_diff(*b)).max();
                // Dark colors under little alpha keep fewer bits of light.
                assert!(worst <= Some(u8::from(alpha != 255)), "{pixel:?} {back:?}");
                back.clear();
            }
        }
    }

    #[test]
    fn half_the_light_is_code_188() {
        let light = Light::new();
        assert_eq!(light.code(32_768), 188);
        assert_eq!((light.of(0), light.of(255)), (0, 65_535));
    }
}
