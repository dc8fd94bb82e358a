//! Photographs made in code: gradients, shapes and grain, so that the JPEGs are as large and as dense as a camera's.

use crate::Outcome;
use bytes::Bytes;
use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};
use std::{fs, path::Path};

const KINDS: [Kind; 3] = [
    Kind {
        name: "photo",
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
];

/// The pictures that are uploaded.
#[derive(Debug)]
pub(crate) struct Photos {
    /// Eight of 12 megapixels and about 3 MB.
    pub(crate) camera: Vec<Bytes>,
    /// One of about 20 KB.
    pub(crate) small: Bytes,
    /// One of 48 megapixels and about 50 MB.
    pub(crate) huge: Bytes,
}

impl Photos {
    /// Reads the pictures of a folder, and makes those that are not there.
    pub(crate) fn open(folder: &Path) -> Outcome<Self> {
        fs::create_dir_all(folder)?;
        let [camera, small, huge] = KINDS.map(|kind| kind.all(folder));
        let one = |all: Vec<Bytes>| all.into_iter().next().ok_or("a kind of picture has none");
        Ok(Self {
            camera: camera?,
            small: one(small?)?,
            huge: one(huge?)?,
        })
    }
}

/// Pictures of one size.
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
            let file = folder.join(format!("{}{number}.jpg", self.name));
            if let Ok(bytes) = fs::read(&file) {
                all.push(bytes.into());
                continue;
            }
            let pixels = self.pixels(number);
            // Pictures of one kind are alike: the quality that fits the first fits them all.
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

    fn encode(&self, pixels: &[u8], quality: u8) -> Outcome<Vec<u8>> {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, quality).encode(
            pixels,
            self.width,
            self.height,
            ExtendedColorType::Rgb8,
        )?;
        Ok(bytes)
    }

    /// A sky that darkens, hills, and grain over all of it.
    fn pixels(&self, seed: u32) -> Vec<u8> {
        let mut noise = 0x2545_F491 ^ (seed + 1).wrapping_mul(0x9E37_79B9);
        let mut pixels = Vec::new();
        for y in 0..self.height {
            for x in 0..self.width {
                let hill = (x / 7 + seed * 131) % 256 + (x / 3 * (seed + 2)) % 128;
                let land = y * 512 / self.height > hill / 2 + 150;
                let shade = y * 160 / self.height;
                for colour in 0..3 {
                    noise ^= noise << 13;
                    noise ^= noise >> 17;
                    noise ^= noise << 5;
                    let plain = if land {
                        60 + colour * 20
                    } else {
                        220 - shade - colour * 10
                    };
                    let value = (plain + (noise & 31)).saturating_sub(16);
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
    fn pictures_keep_to_their_size_and_are_jpegs() {
        let kind = Kind {
            name: "test",
            count: 1,
            width: 320,
            height: 200,
            bytes: 15_000,
        };
        let pixels = kind.pixels(0);
        let bytes = kind.encode(&pixels, kind.fitting(&pixels).unwrap()).unwrap();
        assert!((7_000..=15_000).contains(&bytes.len()), "{}", bytes.len());
        let read = image::load_from_memory(&bytes).unwrap();
        assert_eq!((read.width(), read.height()), (320, 200));
        assert_ne!(pixels, kind.pixels(1));
    }
}
