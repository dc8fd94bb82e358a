//! Presets: named recipes for renditions, and the digests that name their results.
use crate::{Image, Renditions, State};
use infravault_imaging::{Fit, Format, Gravity, MediaType, Recipe, Resize};
use infravault_kernel::Sha256;
use std::str::FromStr;

/// A named rendition of every image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Lower-case letters, digits and hyphens.
    pub name: String,
    pub resize: Resize,
}

/// Default encoding quality, 1 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quality {
    pub jpeg: u8,
    pub webp: u8,
    pub avif: u8,
}

impl Quality {
    #[must_use]
    pub fn for_format(self, format: Format) -> u8 {
        match format {
            Format::Jpeg => self.jpeg,
            Format::Webp => self.webp,
            Format::Avif => self.avif,
            Format::Png => 100,
        }
    }
}

impl Preset {
    #[must_use]
    pub fn recipe(&self, format: Format, quality: Quality) -> Recipe {
        Recipe {
            resize: Some(self.resize),
            ..Recipe::new(format, quality.for_format(format))
        }
    }
}

/// `name=WIDTHxHEIGHT:fit`, such as `thumb=256x256:cover`.
impl FromStr for Preset {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "must be name=WIDTHxHEIGHT:fit";
        let (name, rest) = text.split_once('=').ok_or(FORM)?;
        let (size, fit) = rest.split_once(':').ok_or(FORM)?;
        let (width, height) = size.split_once('x').ok_or(FORM)?;
        let parse = |text: &str| {
            text.parse::<u32>()
                .ok()
                .filter(|side| (1..=4096).contains(side))
                .ok_or("has a side that is not 1 to 4096")
        };
        let plain = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
        if name.is_empty() || name.len() > 32 || !name.chars().all(plain) {
            return Err("has a name that is not lower-case letters, digits and hyphens");
        }
        Ok(Self {
            name: name.to_owned(),
            resize: Resize {
                width: Some(parse(width)?),
                height: Some(parse(height)?),
                fit: match fit {
                    "inside" => Fit::Inside,
                    "contain" => Fit::Contain,
                    "cover" => Fit::Cover,
                    "fill" => Fit::Fill,
                    _ => return Err("has a fit that is not inside, contain, cover or fill"),
                },
                gravity: Gravity::Center,
            },
        })
    }
}

/// The rendition of an image by a preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenditionLink<'a> {
    pub preset: &'a str,
    /// Part of the URL; changes with the preset.
    pub digest: &'a str,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The format for clients that accept neither AVIF nor WebP.
    pub format: Format,
}

/// Returns the format for clients that accept neither AVIF nor WebP: PNG for images with transparent pixels.
pub(super) fn fallback_format(has_alpha: Option<bool>, media_type: MediaType) -> Format {
    match has_alpha {
        Some(false) => Format::Jpeg,
        None if media_type == MediaType::Jpeg => Format::Jpeg,
        Some(true) | None => Format::Png,
    }
}

/// Identifies the results of a preset in all formats: 16 hexadecimal digits. Because originals never change, the image's id
/// and this digest identify the content of a URL.
pub(super) fn preset_digest(preset: &Preset, quality: Quality) -> String {
    let mut hasher = Sha256::hasher();
    for format in Format::ALL {
        hasher.update(preset.recipe(format, quality).canonical().as_bytes());
    }
    let mut digest = hasher.finish().to_string();
    digest.truncate(16);
    digest
}

impl Renditions {
    /// Returns the renditions of an image by preset; none before it is ready.
    pub fn rendition_links(&self, image: &Image) -> impl Iterator<Item = RenditionLink<'_>> {
        let (format, upright) = (
            fallback_format(image.has_alpha, image.media_type),
            (image.width, image.height),
        );
        let ready = image.state == State::Ready;
        let prepared = self.state.presets.iter().take_while(move |_| ready);
        prepared.map(move |prepared| {
            let (width, height) = prepared.preset.resize.output_size(upright);
            RenditionLink {
                preset: &prepared.preset.name,
                digest: &prepared.digest,
                width,
                height,
                format,
            }
        })
    }
}

/// Identifies a recipe among the renditions of an image: 16 bytes.
pub(super) fn variant_id(recipe: &Recipe) -> Vec<u8> {
    let digest = Sha256::digest(recipe.canonical().as_bytes());
    digest.bytes().iter().copied().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_parsed() {
        let thumb: Preset = "thumb=256x256:cover".parse().unwrap();
        assert_eq!(thumb.name, "thumb");
        assert_eq!(thumb.resize.fit, Fit::Cover);
        assert_eq!((thumb.resize.width, thumb.resize.height), (Some(256), Some(256)));
        for wrong in [
            "",
            "thumb",
            "thumb=256",
            "thumb=256x256",
            "thumb=256x256:",
            "thumb=256x256:crop",
            "thumb=0x256:cover",
            "thumb=256x4097:cover",
            "Thumb=256x256:cover",
            "a/b=256x256:cover",
            "=256x256:cover",
        ] {
            assert!(wrong.parse::<Preset>().is_err(), "{wrong}");
        }
    }

    /// Names of stored renditions and cached URLs: a change orphans them all and needs a new engine version.
    #[test]
    fn names_of_renditions_are_stable() {
        let thumb: Preset = "thumb=256x256:cover".parse().unwrap();
        let quality = Quality {
            jpeg: 82,
            webp: 80,
            avif: 60,
        };
        let id = variant_id(&thumb.recipe(Format::Webp, quality))
            .iter()
            .fold(String::new(), |id, byte| format!("{id}{byte:02x}"));
        assert_eq!(id, "7154c2ca1991d43aa9680611c8192abc");
        assert_eq!(preset_digest(&thumb, quality), "4989a57a53f686c8");
    }
}
