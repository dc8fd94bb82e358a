//! How much a small image differs from what a full decode and one good filter make of the photograph: PSNR and SSIM
//! of its brightness, as scikit-image defines them.

use crate::{Outcome, load::real};
use fast_image_resize::{
    FilterType, PixelComponentMapper, PixelType, ResizeAlg, ResizeOptions, Resizer, create_srgb_mapper,
    images::Image,
};
use image::DynamicImage;

/// Pixels along each side of the window of SSIM.
const WINDOW: usize = 7;
/// SSIM's constants (Wang and others, 2004) for values up to 255.
const C1: f64 = 2.55 * 2.55;
const C2: f64 = 7.65 * 7.65;

/// The brightness of an image, row by row, 0 to 255.
#[derive(Debug)]
pub(crate) struct Luma {
    width: usize,
    values: Vec<f64>,
}

/// What numbers are averaged when pixels are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    /// The codes of the file, as most programs do.
    Gamma,
    /// The light that they stand for.
    Linear,
}

/// How alike two images are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Likeness {
    /// Decibels.
    pub(crate) psnr: f64,
    /// 1 for the same image.
    pub(crate) ssim: f64,
}

impl Luma {
    /// Of an unchanged image.
    pub(crate) fn of(file: &[u8]) -> Outcome<Self> {
        let rgb = image::load_from_memory(file)?.to_rgb8();
        Self::of_pixels(rgb.as_raw(), usize::try_from(rgb.width())?)
    }

    fn of_pixels(pixels: &[u8], width: usize) -> Outcome<Self> {
        let luma = |pixel: &[u8]| match *pixel {
            [red, green, blue] => {
                (f64::from(red) * 0.299 + f64::from(green) * 0.587 + f64::from(blue) * 0.114).round()
            }
            _ => 0.0,
        };
        let values: Vec<f64> = pixels.chunks_exact(3).map(luma).collect();
        if values.is_empty() {
            return Err("an image without pixels".into());
        }
        Ok(Self { width, values })
    }
}

/// The reference: the whole photograph reduced by Lanczos with three lobes.
pub(crate) fn reference(photo: &DynamicImage, size: (u32, u32), space: Space) -> Outcome<Luma> {
    let mapper: PixelComponentMapper = create_srgb_mapper();
    let rgb = photo.to_rgb8();
    let from = Image::from_vec_u8(rgb.width(), rgb.height(), rgb.into_raw(), PixelType::U8x3)?;
    let lanczos = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    let mut result = Image::new(size.0, size.1, PixelType::U8x3);
    match space {
        Space::Gamma => Resizer::new().resize(&from, &mut result, &lanczos)?,
        Space::Linear => {
            let mut light = Image::new(from.width(), from.height(), PixelType::U16x3);
            mapper.forward_map(&from, &mut light)?;
            let mut small = Image::new(size.0, size.1, PixelType::U16x3);
            Resizer::new().resize(&light, &mut small, &lanczos)?;
            mapper.backward_map(&small, &mut result)?;
        }
    }
    Luma::of_pixels(result.buffer(), usize::try_from(size.0)?)
}

/// Compares two images of one size.
pub(crate) fn likeness(one: &Luma, other: &Luma) -> Outcome<Likeness> {
    if one.values.len() != other.values.len() || one.width != other.width {
        return Err("images of different sizes are compared".into());
    }
    let squares = one.values.iter().zip(&other.values).map(|(a, b)| (a - b).powi(2));
    let error: f64 = squares.sum::<f64>() / real(one.values.len());
    Ok(Likeness {
        psnr: 10.0 * (255.0 * 255.0 / error).log10(),
        ssim: ssim(one, other),
    })
}

/// The mean over all windows that lie inside.
fn ssim(one: &Luma, other: &Luma) -> f64 {
    let (width, height) = (one.width, one.values.len() / one.width.max(1));
    let (mut sum, mut count) = (0.0, 0_usize);
    for y in 0..(height + 1).saturating_sub(WINDOW) {
        for x in 0..(width + 1).saturating_sub(WINDOW) {
            sum += window(one, other, y * width + x);
            count += 1;
        }
    }
    sum / real(count)
}

fn window(one: &Luma, other: &Luma, at: usize) -> f64 {
    let [mut a, mut b, mut aa, mut bb, mut ab] = [0.0; 5];
    for row in 0..WINDOW {
        let start = at + row * one.width;
        let pair = (
            one.values.get(start..start + WINDOW),
            other.values.get(start..start + WINDOW),
        );
        let (Some(first), Some(second)) = pair else {
            continue;
        };
        for (p, q) in first.iter().zip(second) {
            a += p;
            b += q;
            aa += p * p;
            bb += q * q;
            ab += p * q;
        }
    }
    let n = real(WINDOW * WINDOW);
    let (a, b) = (a / n, b / n);
    // The covariances of a sample.
    let of_sample = n / (n - 1.0);
    let [aa, bb, ab] = [aa / n - a * a, bb / n - b * b, ab / n - a * b].map(|value| value * of_sample);
    ((2.0 * a * b + C1) * (2.0 * ab + C2)) / ((a * a + b * b + C1) * (aa + bb + C2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luma(change: f64) -> Luma {
        let value = |at: u32| f64::from(at * 37 % 200) + if at.is_multiple_of(2) { change } else { -change };
        Luma {
            width: 20,
            values: (0..400).map(value).collect(),
        }
    }

    #[test]
    fn the_same_is_alike_and_another_is_less_so() {
        let same = likeness(&luma(0.0), &luma(0.0)).unwrap();
        assert!(
            same.psnr.is_infinite() && (same.ssim - 1.0).abs() < 1e-9,
            "{same:?}"
        );
        let near = likeness(&luma(0.0), &luma(5.0)).unwrap();
        assert!((near.psnr - 34.15).abs() < 0.01, "{near:?}");
        let far = likeness(&luma(0.0), &luma(25.0)).unwrap();
        assert!(far.ssim < near.ssim && near.ssim < 1.0, "{far:?} {near:?}");
    }

    #[test]
    fn light_is_not_averaged_as_codes_are() {
        let stripes = image::RgbImage::from_fn(64, 64, |x, _| {
            image::Rgb([if x.is_multiple_of(2) { 0 } else { 255 }; 3])
        });
        let stripes = DynamicImage::ImageRgb8(stripes);
        let mean = |space| {
            let luma = reference(&stripes, (8, 8), space).unwrap();
            luma.values.iter().sum::<f64>() / 64.0
        };
        assert!((mean(Space::Gamma) - 127.5).abs() < 3.0);
        assert!((mean(Space::Linear) - 188.0).abs() < 3.0);
    }
}
