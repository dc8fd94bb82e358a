//! What is to be made of an image: one recipe, one rendition.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Counts the changes of the code that alter what a recipe makes. It is part of [`Recipe::canonical`], so that a
/// rendition made by older code is another rendition.
pub const ENGINE: u32 = 1;

/// How a rendition is made of an image. The steps run in the order of the fields; sizes are of the upright image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Recipe {
    /// Takes this part, before anything else.
    pub crop: Option<Region>,
    /// Turns it clockwise.
    pub rotate: Rotation,
    /// Mirrors it.
    pub flip: Flip,
    /// Brings it to a size.
    pub resize: Option<Resize>,
    /// Blurs it: the standard deviation of the Gaussian, in hundredths of a pixel.
    pub blur: Option<u16>,
    /// Sharpens it by an unsharp mask: its amount, in hundredths; 100 is strong.
    pub sharpen: Option<u16>,
    /// What shows through transparent pixels and around a contained image. Formats without alpha use white.
    pub background: Option<Color>,
    /// What it is encoded as.
    pub format: Format,
    /// 1 to 100; means nothing for PNG, and 100 is lossless for WebP.
    pub quality: u8,
}

/// A rectangle of the upright image, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Region {
    /// The first column.
    pub x: u32,
    /// The first row.
    pub y: u32,
    /// Columns, at least 1.
    pub width: u32,
    /// Rows, at least 1.
    pub height: u32,
}

/// A quarter turn, clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rotation {
    /// None.
    #[default]
    None,
    /// 90 degrees.
    Quarter,
    /// 180 degrees.
    Half,
    /// 270 degrees.
    ThreeQuarters,
}

/// A mirroring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Flip {
    /// None.
    #[default]
    None,
    /// Left becomes right.
    Horizontal,
    /// Top becomes bottom.
    Vertical,
    /// Both.
    Both,
}

/// A size to reach. Where only one side is given the other follows from the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Resize {
    /// Columns wanted.
    pub width: Option<u32>,
    /// Rows wanted.
    pub height: Option<u32>,
    /// How the image meets the size.
    pub fit: Fit,
    /// Which part stays where something is cut off, or where the image lies in its box.
    pub gravity: Gravity,
}

/// How an image meets a size that has another shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Fit {
    /// As large as fits inside, never larger than it was.
    #[default]
    Inside,
    /// As large as fits inside, enlarged if need be, on a background that fills the rest.
    Contain,
    /// Fills the size; what hangs over is cut off. Enlarged if need be.
    Cover,
    /// Stretched to the size.
    Fill,
}

/// A place in an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Gravity {
    /// The middle.
    #[default]
    Center,
    /// The middle of the upper edge.
    North,
    /// The upper right corner.
    NorthEast,
    /// The middle of the right edge.
    East,
    /// The lower right corner.
    SouthEast,
    /// The middle of the lower edge.
    South,
    /// The lower left corner.
    SouthWest,
    /// The middle of the left edge.
    West,
    /// The upper left corner.
    NorthWest,
    /// Where most happens: the part of the highest entropy.
    Entropy,
    /// Where people look: the part with most edges, saturated colors and skin tones.
    Attention,
}

/// A color, sRGB with straight alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Color {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
    /// 0 is transparent, 255 is opaque.
    pub alpha: u8,
}

/// What a rendition is encoded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Format {
    /// AVIF, still.
    Avif,
    /// WebP, still or animated.
    Webp,
    /// Progressive JPEG, still.
    Jpeg,
    /// PNG, still.
    Png,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Avif, Self::Webp, Self::Jpeg, Self::Png];

    /// The registered media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Avif => "image/avif",
            Self::Webp => "image/webp",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The word for it in addresses, such as `webp`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Avif => "avif",
            Self::Webp => "webp",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
        }
    }

    /// Reads what [`Format::word`] writes.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }
}

impl Recipe {
    /// A recipe that only re-encodes.
    #[must_use]
    pub const fn new(format: Format, quality: u8) -> Self {
        Self {
            crop: None,
            rotate: Rotation::None,
            flip: Flip::None,
            resize: None,
            blur: None,
            sharpen: None,
            background: None,
            format,
            quality,
        }
    }

    /// One text for one result, on every node and after every restart: what names a rendition is derived from it.
    #[must_use]
    pub fn canonical(&self) -> String {
        format!("{ENGINE};{self:?}")
    }

    /// Width and height of what this makes of an upright image of this size, at least 1 each. A crop that reaches
    /// over the edge is cut at it.
    #[must_use]
    pub fn output_size(&self, upright: (u32, u32)) -> (u32, u32) {
        let (mut width, mut height) = match self.crop {
            None => upright,
            Some(part) => (
                part.width.min(upright.0.saturating_sub(part.x)).max(1),
                part.height.min(upright.1.saturating_sub(part.y)).max(1),
            ),
        };
        if matches!(self.rotate, Rotation::Quarter | Rotation::ThreeQuarters) {
            (width, height) = (height, width);
        }
        match self.resize {
            None => (width, height),
            Some(resize) => resize.output_size((width, height)),
        }
    }
}

impl Resize {
    /// Width and height of the result for an image of this size, at least 1 each.
    #[must_use]
    pub fn output_size(&self, from: (u32, u32)) -> (u32, u32) {
        let (width, height) = match (self.width, self.height) {
            (None, None) => return from,
            (Some(width), None) => (width, scaled(from.1, width, from.0)),
            (None, Some(height)) => (scaled(from.0, height, from.1), height),
            (Some(width), Some(height)) => (width, height),
        };
        match self.fit {
            Fit::Inside => inside(from, (width, height)),
            Fit::Contain | Fit::Cover | Fit::Fill => (width.max(1), height.max(1)),
        }
    }
}

/// The largest size of the shape of `from` that fits into `within`, not larger than `from`.
#[must_use]
pub(crate) fn inside(from: (u32, u32), within: (u32, u32)) -> (u32, u32) {
    if from.0 <= within.0 && from.1 <= within.1 {
        return from;
    }
    largest_in(from, within)
}

/// The largest size of the shape of `from` that fits into `within`.
#[must_use]
pub(crate) fn largest_in(from: (u32, u32), within: (u32, u32)) -> (u32, u32) {
    let wide = u64::from(from.0) * u64::from(within.1) >= u64::from(within.0) * u64::from(from.1);
    if wide {
        (within.0.max(1), scaled(from.1, within.0, from.0))
    } else {
        (scaled(from.0, within.1, from.1), within.1.max(1))
    }
}

/// `side * to / from`, rounded, at least 1.
fn scaled(side: u32, to: u32, from: u32) -> u32 {
    let from = u64::from(from.max(1));
    let product = u64::from(side) * u64::from(to);
    u32::try_from((product + from / 2) / from)
        .unwrap_or(u32::MAX)
        .max(1)
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(width: Option<u32>, height: Option<u32>, fit: Fit) -> Recipe {
        Recipe {
            resize: Some(Resize {
                width,
                height,
                fit,
                gravity: Gravity::Center,
            }),
            ..Recipe::new(Format::Jpeg, 80)
        }
    }

    #[test]
    fn sizes() {
        let photo = (4000, 3000);
        for (recipe, from, expected) in [
            (to(Some(512), Some(512), Fit::Inside), photo, (512, 384)),
            (to(Some(512), Some(512), Fit::Inside), (3000, 4000), (384, 512)),
            (to(Some(512), Some(512), Fit::Inside), (300, 200), (300, 200)),
            (to(Some(512), Some(512), Fit::Cover), (300, 200), (512, 512)),
            (to(Some(512), Some(256), Fit::Contain), (10, 10), (512, 256)),
            (to(Some(100), None, Fit::Inside), photo, (100, 75)),
            (to(None, Some(300), Fit::Inside), photo, (400, 300)),
            (to(Some(8000), None, Fit::Fill), photo, (8000, 6000)),
            (to(Some(512), Some(512), Fit::Inside), (12_000, 1), (512, 1)),
            (to(None, None, Fit::Inside), photo, photo),
        ] {
            assert_eq!(recipe.output_size(from), expected, "{recipe:?} {from:?}");
        }
    }

    #[test]
    fn a_crop_is_cut_at_the_edge_and_turned_with_the_image() {
        let recipe = Recipe {
            crop: Some(Region {
                x: 3900,
                y: 0,
                width: 500,
                height: 20,
            }),
            rotate: Rotation::Quarter,
            ..Recipe::new(Format::Png, 80)
        };
        assert_eq!(recipe.output_size((4000, 3000)), (20, 100));
    }

    #[test]
    fn different_recipes_have_different_names() {
        let one = to(Some(512), Some(512), Fit::Inside);
        let other = Recipe { quality: 81, ..one };
        assert_ne!(one.canonical(), other.canonical());
        assert_eq!(one.canonical(), to(Some(512), Some(512), Fit::Inside).canonical());
    }
}
