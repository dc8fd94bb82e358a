//! The recipe for a rendition, and its canonical encoding.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The version of the code that makes renditions. Increment it when the same recipe makes different pixels or bytes. It is
/// part of [`Recipe::canonical`], so that renditions of older code are made again.
pub const ENGINE_VERSION: u32 = 2;

/// A recipe for a rendition. The steps run in the order of the fields; sizes refer to the upright image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Recipe {
    /// Crops to this region.
    pub crop: Option<Region>,
    /// Rotates clockwise.
    pub rotate: Rotation,
    /// Mirrors.
    pub flip: Flip,
    /// Scales to a size.
    pub resize: Option<Resize>,
    /// The standard deviation of a Gaussian blur, in hundredths of a pixel.
    pub blur: Option<u16>,
    /// The amount of an unsharp mask, in hundredths; 100 is strong.
    pub sharpen: Option<u16>,
    /// The color behind transparent pixels and around a contained image. The default is white for formats without alpha,
    /// otherwise transparent.
    pub background: Option<Color>,
    /// The output format.
    pub format: Format,
    /// The quality, 1 to 100. Ignored for PNG; 100 is lossless for WebP.
    pub quality: u8,
}

/// A rectangle of the upright image, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Region {
    /// The left edge.
    pub x: u32,
    /// The top edge.
    pub y: u32,
    /// Width, at least 1.
    pub width: u32,
    /// Height, at least 1.
    pub height: u32,
}

/// A clockwise rotation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rotation {
    /// No rotation.
    #[default]
    None,
    /// 90 degrees.
    Quarter,
    /// 180 degrees.
    Half,
    /// 270 degrees.
    ThreeQuarters,
}

/// A mirror operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Flip {
    /// No mirroring.
    #[default]
    None,
    /// Left and right are exchanged.
    Horizontal,
    /// Top and bottom are exchanged.
    Vertical,
    /// Both.
    Both,
}

/// A target size. If only one side is set, the aspect ratio of the image determines the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Resize {
    /// Target width in pixels.
    pub width: Option<u32>,
    /// Target height in pixels.
    pub height: Option<u32>,
    /// How the image is fitted into the size.
    pub fit: Fit,
    /// The part that is kept when cropping, or the position of a contained image.
    pub gravity: Gravity,
}

/// How an image is fitted into a size with a different aspect ratio.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Fit {
    /// Reduced to fit inside the size, never enlarged.
    #[default]
    Inside,
    /// Reduced or enlarged to fit inside the size, with a background that fills the rest.
    Contain,
    /// Reduced or enlarged to cover the size, and cropped to it.
    Cover,
    /// Stretched to the size, ignoring the aspect ratio.
    Fill,
}

/// A position in an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Gravity {
    /// The center.
    #[default]
    Center,
    /// The center of the top edge.
    North,
    /// The top right corner.
    NorthEast,
    /// The center of the right edge.
    East,
    /// The bottom right corner.
    SouthEast,
    /// The center of the bottom edge.
    South,
    /// The bottom left corner.
    SouthWest,
    /// The center of the left edge.
    West,
    /// The top left corner.
    NorthWest,
    /// The part with the highest entropy.
    Entropy,
    /// The part with the most edges, saturated colors and skin tones.
    Attention,
}

/// An sRGB color with straight alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Color {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
    /// Alpha: 0 is transparent, 255 is opaque.
    pub alpha: u8,
}

/// The format of a rendition.
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

    /// The name in URLs, such as `webp`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Avif => "avif",
            Self::Webp => "webp",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
        }
    }

    /// Parses the name in URLs.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }
}

impl Rotation {
    /// The angle in degrees.
    #[must_use]
    pub const fn degrees(self) -> u16 {
        match self {
            Self::None => 0,
            Self::Quarter => 90,
            Self::Half => 180,
            Self::ThreeQuarters => 270,
        }
    }
}

impl Flip {
    /// The name in the canonical encoding.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Horizontal => "horizontal",
            Self::Vertical => "vertical",
            Self::Both => "both",
        }
    }
}

impl Fit {
    /// The name in URLs and in the canonical encoding.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Contain => "contain",
            Self::Cover => "cover",
            Self::Fill => "fill",
        }
    }
}

impl Gravity {
    /// The name in URLs and in the canonical encoding.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Center => "center",
            Self::North => "north",
            Self::NorthEast => "north-east",
            Self::East => "east",
            Self::SouthEast => "south-east",
            Self::South => "south",
            Self::SouthWest => "south-west",
            Self::West => "west",
            Self::NorthWest => "north-west",
            Self::Entropy => "entropy",
            Self::Attention => "attention",
        }
    }
}

impl Recipe {
    /// Creates a recipe that only re-encodes the image.
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

    /// The canonical encoding, from which the names of stored renditions are derived. It must not change without a new
    /// [`ENGINE_VERSION`]: renditions that are stored already would be made again.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut fields = vec![format!("v{ENGINE_VERSION}")];
        if let Some(Region { x, y, width, height }) = self.crop {
            fields.push(format!("crop={x},{y},{width},{height}"));
        }
        fields.push(format!(
            "rotate={};flip={}",
            self.rotate.degrees(),
            self.flip.as_str()
        ));
        if let Some(resize) = self.resize {
            let (width, height) = (resize.width.unwrap_or(0), resize.height.unwrap_or(0));
            let (fit, gravity) = (resize.fit.as_str(), resize.gravity.as_str());
            fields.push(format!(
                "width={width};height={height};fit={fit};gravity={gravity}"
            ));
        }
        let (blur, sharpen) = (self.blur.unwrap_or(0), self.sharpen.unwrap_or(0));
        fields.push(format!("blur={blur};sharpen={sharpen}"));
        if let Some(Color {
            red,
            green,
            blue,
            alpha,
        }) = self.background
        {
            fields.push(format!("background={red:02x}{green:02x}{blue:02x}{alpha:02x}"));
        }
        fields.push(format!("format={};quality={}", self.format, self.quality));
        fields.join(";")
    }

    /// Width and height of the rendition of an upright image of this size, at least 1 each. A crop is limited to the image.
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
    /// Width and height for an image of this size, at least 1 each.
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

/// The largest size with the aspect ratio of `from` that fits into `within`, not larger than `from`.
pub(crate) fn inside(from: (u32, u32), within: (u32, u32)) -> (u32, u32) {
    if from.0 <= within.0 && from.1 <= within.1 {
        return from;
    }
    largest_in(from, within)
}

/// The largest size with the aspect ratio of `from` that fits into `within`.
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
        f.write_str(self.as_str())
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
    fn output_size_follows_resize_and_fit() {
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
    fn crop_is_limited_to_the_image_and_rotated() {
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
    fn canonical_encoding_is_stable() {
        let plain = Recipe::new(Format::Webp, 80);
        let full = Recipe {
            crop: Some(Region {
                x: 1,
                y: 2,
                width: 30,
                height: 40,
            }),
            rotate: Rotation::ThreeQuarters,
            flip: Flip::Both,
            resize: Some(Resize {
                width: Some(512),
                height: None,
                fit: Fit::Contain,
                gravity: Gravity::NorthEast,
            }),
            blur: Some(150),
            sharpen: Some(50),
            background: Some(Color {
                red: 255,
                green: 0,
                blue: 16,
                alpha: 128,
            }),
            format: Format::Avif,
            quality: 60,
        };
        for (recipe, expected) in [
            (
                plain,
                "v2;rotate=0;flip=none;blur=0;sharpen=0;format=webp;quality=80",
            ),
            (
                to(Some(512), Some(384), Fit::Cover),
                "v2;rotate=0;flip=none;width=512;height=384;fit=cover;gravity=center;blur=0;sharpen=0;format=jpeg;quality=80",
            ),
            (
                full,
                "v2;crop=1,2,30,40;rotate=270;flip=both;width=512;height=0;fit=contain;gravity=north-east;blur=150;\
                 sharpen=50;background=ff001080;format=avif;quality=60",
            ),
        ] {
            assert_eq!(recipe.canonical(), expected);
        }
    }

    #[test]
    fn enum_names_are_stable() {
        assert_eq!(Format::ALL.map(Format::as_str), ["avif", "webp", "jpeg", "png"]);
        let fits = [Fit::Inside, Fit::Contain, Fit::Cover, Fit::Fill];
        assert_eq!(fits.map(Fit::as_str), ["inside", "contain", "cover", "fill"]);
        let flips = [Flip::None, Flip::Horizontal, Flip::Vertical, Flip::Both];
        assert_eq!(
            flips.map(Flip::as_str),
            ["none", "horizontal", "vertical", "both"]
        );
        let rotations = [
            Rotation::None,
            Rotation::Quarter,
            Rotation::Half,
            Rotation::ThreeQuarters,
        ];
        assert_eq!(rotations.map(Rotation::degrees), [0, 90, 180, 270]);
        let gravities = [
            (Gravity::Center, "center"),
            (Gravity::North, "north"),
            (Gravity::NorthEast, "north-east"),
            (Gravity::East, "east"),
            (Gravity::SouthEast, "south-east"),
            (Gravity::South, "south"),
            (Gravity::SouthWest, "south-west"),
            (Gravity::West, "west"),
            (Gravity::NorthWest, "north-west"),
            (Gravity::Entropy, "entropy"),
            (Gravity::Attention, "attention"),
        ];
        for (gravity, name) in gravities {
            assert_eq!(gravity.as_str(), name);
        }
    }

    #[test]
    fn different_recipes_have_different_encodings() {
        let one = to(Some(512), Some(512), Fit::Inside);
        let other = Recipe { quality: 81, ..one };
        assert_ne!(one.canonical(), other.canonical());
        assert_eq!(one.canonical(), to(Some(512), Some(512), Fit::Inside).canonical());
    }
}
