//! Photographs made in code: gradients, shapes and grain, so that the JPEGs are as large and as dense as a camera's.

use crate::Outcome;
use bytes::Bytes;
use image::{
    ExtendedColorType, ImageEncoder as _,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Grain of a camera, and of an image that a lossless format can still make small.
const GRAIN: u32 = 31;
const FINE_GRAIN: u32 = 1;

const KINDS: [Kind; 4] = [
    Kind {
        name: "camera",
        count: 8,
        width: 4000,
        height: 3000,
        bytes: 3_000_000,
    },
    Kind {
        name: "small",
        count: 1,
        width: 400,
        height: 300,
        bytes: 20_000,
    },
    Kind {
        name: "huge",
        count: 1,
        width: 8000,
        height: 6000,
        bytes: 50_000_000,
    },
    Kind {
        name: "fifty",
        count: 1,
        width: 8660,
        height: 5773,
        bytes: 12_000_000,
    },
];

/// The images that are uploaded.
#[derive(Debug)]
pub(crate) struct Photos {
    /// Eight of 12 megapixels and about 3 MB.
    pub(crate) camera: Vec<Bytes>,
    /// One of about 20 KB.
    pub(crate) small: Bytes,
    /// One of 48 megapixels and about 50 MB.
    pub(crate) huge: Bytes,
    /// One of 50 megapixels, JPEG.
    pub(crate) fifty: Bytes,
    /// The same size as RGB PNG.
    pub(crate) fifty_png: Bytes,
    /// Where the twelve-megapixel ones lie.
    pub(crate) files: Vec<PathBuf>,
}

impl Photos {
    /// Reads the images of a folder, and makes those that are not there. The JPEGs of `given` take the place of the
    /// twelve-megapixel ones.
    pub(crate) fn open(folder: &Path, given: Option<&Path>) -> Outcome<Self> {
        fs::create_dir_all(folder)?;
        let [camera, small, huge, fifty] = KINDS.map(|kind| kind.all(folder));
        let [kind, .., large] = &KINDS;
        let (camera, files) = match given {
            Some(given) => copied(given, &folder.join("given"))?,
            None => (
                camera?,
                (0..kind.count).map(|number| kind.file(folder, number)).collect(),
            ),
        };
        let one = |all: Vec<Bytes>| all.into_iter().next().ok_or("a kind of image has none");
        Ok(Self {
            camera,
            small: one(small?)?,
            huge: one(huge?)?,
            fifty: one(fifty?)?,
            fifty_png: large.png(folder)?,
            files,
        })
    }
}

/// Copies the JPEGs of a folder to where they have the names of those made in code; the images and their files.
fn copied(from: &Path, to: &Path) -> Outcome<(Vec<Bytes>, Vec<PathBuf>)> {
    let [kind, ..] = &KINDS;
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    let mut names: Vec<PathBuf> = fs::read_dir(from)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Outcome<_>>()?;
    names.retain(|name| name.extension().is_some_and(|ending| ending == "jpg"));
    names.sort();
    let (mut images, mut files) = (Vec::new(), Vec::new());
    for (number, name) in (0..).zip(names) {
        let file = kind.file(to, number);
        fs::copy(&name, &file)?;
        images.push(fs::read(&file)?.into());
        files.push(file);
    }
    if files.is_empty() {
        return Err(format!("{} holds no file that ends in .jpg", from.display()).into());
    }
    Ok((images, files))
}

/// Images of one size.
#[derive(Debug)]
struct Kind {
    name: &'static str,
    count: u32,
    width: u32,
    height: u32,
    /// About how large the files become.
    bytes: usize,
}

impl Kind {
    fn all(&self, folder: &Path) -> Outcome<Vec<Bytes>> {
        let mut quality = None;
        let mut all = Vec::new();
        for number in 0..self.count {
            let file = self.file(folder, number);
            if let Ok(bytes) = fs::read(&file) {
                all.push(bytes.into());
                continue;
            }
            let pixels = self.pixels(number, GRAIN);
            // Images of one kind are alike: the quality that fits the first fits them all.
            let quality = match quality {
                Some(quality) => quality,
                None => *quality.insert(self.fitting(&pixels)?),
            };
            let bytes = self.encode(&pixels, quality)?;
            fs::write(&file, &bytes)?;
            all.push(bytes.into());
        }
        Ok(all)
    }

    fn file(&self, folder: &Path, number: u32) -> PathBuf {
        folder.join(format!("{}{number}.jpg", self.name))
    }

    /// The first image, as PNG.
    fn png(&self, folder: &Path) -> Outcome<Bytes> {
        let file = folder.join(format!("{}.png", self.name));
        if let Ok(bytes) = fs::read(&file) {
            return Ok(bytes.into());
        }
        let mut bytes = Vec::new();
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Up).write_image(
            &self.pixels(0, FINE_GRAIN),
            self.width,
            self.height,
            ExtendedColorType::Rgb8,
        )?;
        fs::write(&file, &bytes)?;
        Ok(bytes.into())
    }

    /// The highest quality that keeps to the size.
    fn fitting(&self, pixels: &[u8]) -> Outcome<u8> {
        let (mut low, mut high) = (20, 100);
        while low < high {
            let middle = u8::midpoint(low, high + 1);
            if self.encode(pixels, middle)?.len() <= self.bytes {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Ok(low)
    }

    /// With one sample of color for four of brightness, as most cameras do.
    fn encode(&self, pixels: &[u8], quality: u8) -> Outcome<Vec<u8>> {
        let width = usize::try_from(self.width)?;
        let image = turbojpeg::Image {
            pixels,
            width,
            pitch: 3 * width,
            height: usize::try_from(self.height)?,
            format: turbojpeg::PixelFormat::RGB,
        };
        let subsampling = turbojpeg::Subsamp::Sub2x2;
        Ok(turbojpeg::compress(image, i32::from(quality), subsampling)?.to_vec())
    }

    /// A sky that darkens, hills, and grain over all of it.
    fn pixels(&self, seed: u32, grain: u32) -> Vec<u8> {
        let mut noise = 0x2545_F491 ^ (seed + 1).wrapping_mul(0x9E37_79B9);
        let mut pixels = Vec::new();
        for y in 0..self.height {
            for x in 0..self.width {
                let hill = (x / 7 + seed * 131) % 256 + (x / 3 * (seed + 2)) % 128;
                let land = y * 512 / self.height > hill / 2 + 150;
                let shade = y * 160 / self.height;
                for color in 0..3 {
                    noise ^= noise << 13;
                    noise ^= noise >> 17;
                    noise ^= noise << 5;
                    let plain = if land {
                        60 + color * 20
                    } else {
                        220 - shade - color * 10
                    };
                    let value = (plain + (noise & grain)).saturating_sub(grain / 2);
                    pixels.push(u8::try_from(value).unwrap_or(u8::MAX));
                }
            }
        }
        pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_keep_to_their_size_and_are_jpegs() {
        let kind = Kind {
            name: "test",
            count: 1,
            width: 320,
            height: 200,
            bytes: 15_000,
        };
        let pixels = kind.pixels(0, GRAIN);
        let bytes = kind.encode(&pixels, kind.fitting(&pixels).unwrap()).unwrap();
        assert!((7_000..=15_000).contains(&bytes.len()), "{}", bytes.len());
        let read = image::load_from_memory(&bytes).unwrap();
        assert_eq!((read.width(), read.height()), (320, 200));
        assert_ne!(pixels, kind.pixels(1, GRAIN));
    }
}
