//! Renditions by name: which there are, what they are made of, and what names their content.
use crate::{Image, Renditions, State};
use infravault_imaging::{Fit, Format, Gravity, MediaType, Recipe, Resize};
use infravault_kernel::Sha256;
use std::str::FromStr;

/// A rendition that every image has, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name, as addresses spell it: lower-case letters, digits and hyphens.
    pub name: String,
    /// The size it is brought to.
    pub resize: Resize,
}

/// How strongly renditions are compressed, 1 to 100, where nobody says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quality {
    /// For JPEG.
    pub jpeg: u8,
    /// For WebP.
    pub webp: u8,
    /// For AVIF.
    pub avif: u8,
}

impl Quality {
    /// The quality of a format.
    #[must_use]
    pub fn of(self, format: Format) -> u8 {
        match format {
            Format::Jpeg => self.jpeg,
            Format::Webp => self.webp,
            Format::Avif => self.avif,
            Format::Png => 100,
        }
    }
}

impl Preset {
    /// The recipe that makes it in a format.
    #[must_use]
    pub fn recipe(&self, format: Format, quality: Quality) -> Recipe {
        Recipe {
            resize: Some(self.resize),
            ..Recipe::new(format, quality.of(format))
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

/// What is said of a rendition where its image is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenditionLink<'a> {
    /// The preset.
    pub preset: &'a str,
    /// What its content is named by in its address; it changes when the preset does.
    pub digest: &'a str,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// What it is served as to clients that take neither AVIF nor WebP.
    pub format: Format,
}

/// What an image is served as to clients that take neither AVIF nor WebP: PNG where it has transparent pixels.
#[must_use]
pub(crate) fn fallback(image: &Image) -> Format {
    fallback_of(image.has_alpha, image.media_type)
}

/// The same, of what it depends on.
#[must_use]
pub(crate) fn fallback_of(has_alpha: Option<bool>, media_type: MediaType) -> Format {
    match has_alpha {
        Some(false) => Format::Jpeg,
        None if media_type == MediaType::Jpeg => Format::Jpeg,
        Some(true) | None => Format::Png,
    }
}

/// Names what a preset makes of any image, in every format, for ever: 16 hexadecimal digits. The original of an image
/// never changes, so that with the image's id this names the content of an address.
#[must_use]
pub(crate) fn digest(preset: &Preset, quality: Quality) -> String {
    let mut hasher = Sha256::hasher();
    for format in Format::ALL {
        hasher.update(preset.recipe(format, quality).canonical().as_bytes());
    }
    let mut digest = hasher.finish().to_string();
    digest.truncate(16);
    digest
}

impl Renditions {
    /// The renditions of an image by name; none before it is ready.
    pub fn renditions(&self, image: &Image) -> impl Iterator<Item = RenditionLink<'_>> {
        let (format, upright) = (fallback(image), (image.width, image.height));
        let ready = image.state == State::Ready;
        let prepared = self.state.presets().iter().take_while(move |_| ready);
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

/// Which row of an image's renditions a recipe is: 16 bytes.
#[must_use]
pub(crate) fn variant(recipe: &Recipe) -> Vec<u8> {
    let digest = Sha256::digest(recipe.canonical().as_bytes());
    digest.bytes().iter().copied().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_read_from_text() {
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
}
