//! Transforms: the URL parameters of ad-hoc renditions, validated and with one canonical spelling.
use crate::renditions::presets::Quality;
use infravault_imaging::{Color, Fit, Flip, Format, Gravity, Recipe, Region, Resize, Rotation};
use infravault_kernel::FieldError;
use std::{borrow::Cow, fmt::Write};

/// Maximum requested width or height in device pixels.
const MAX_SIDE: u32 = 4096;
/// Maximum width or height of a result, if one side follows from the image. The limit of WebP.
const MAX_RESULT_SIDE: u32 = 16_383;
/// Maximum number of pixels of a result.
const MAX_PIXELS: u64 = 16_000_000;
/// In hundredths of a pixel.
const BLUR: std::ops::RangeInclusive<u16> = 30..=10_000;
/// In hundredths.
const SHARPEN: std::ops::RangeInclusive<u16> = 0..=1000;

const FITS: [(&str, Fit); 4] = [
    ("inside", Fit::Inside),
    ("contain", Fit::Contain),
    ("cover", Fit::Cover),
    ("fill", Fit::Fill),
];
const GRAVITIES: [(&str, Gravity); 11] = [
    ("center", Gravity::Center),
    ("north", Gravity::North),
    ("north-east", Gravity::NorthEast),
    ("east", Gravity::East),
    ("south-east", Gravity::SouthEast),
    ("south", Gravity::South),
    ("south-west", Gravity::SouthWest),
    ("west", Gravity::West),
    ("north-west", Gravity::NorthWest),
    ("entropy", Gravity::Entropy),
    ("attention", Gravity::Attention),
];
const ROTATIONS: [(&str, Rotation); 4] = [
    ("0", Rotation::None),
    ("90", Rotation::Quarter),
    ("180", Rotation::Half),
    ("270", Rotation::ThreeQuarters),
];
const FLIPS: [(&str, Flip); 3] = [("h", Flip::Horizontal), ("v", Flip::Vertical), ("hv", Flip::Both)];
/// Half device pixels per requested pixel.
const DENSITIES: [(&str, u32); 4] = [("1", 2), ("1.5", 3), ("2", 4), ("3", 6)];
const FORMATS: [(&str, Format); 4] = [
    ("avif", Format::Avif),
    ("webp", Format::Webp),
    ("jpeg", Format::Jpeg),
    ("png", Format::Png),
];

/// The operations on an image; `None` leaves a property unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transform {
    width: Option<u32>,
    height: Option<u32>,
    fit: Option<Fit>,
    gravity: Option<Gravity>,
    crop: Option<Region>,
    rotate: Option<Rotation>,
    flip: Option<Flip>,
    blur: Option<u16>,
    sharpen: Option<u16>,
    background: Option<Color>,
    format: Option<Format>,
    quality: Option<u8>,
    density: Option<u32>,
}

/// The query of a signed URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignedTransform {
    pub transform: Transform,
    /// Seconds since 1970.
    pub(crate) expires: Option<i64>,
    /// The id of the key.
    pub(crate) kid: Option<String>,
    /// In base64url.
    pub(crate) signature: Option<String>,
}

impl SignedTransform {
    /// Parses query parameters. Returns an error for unknown or repeated parameters and for values outside the limits. A
    /// missing signature is reported by the verification.
    pub fn parse<'a>(pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Result<Self, FieldError> {
        let mut signed = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for (name, value) in pairs {
            if seen.iter().any(|seen| *seen == name) {
                return Err(FieldError::new(name, "is repeated"));
            }
            match name.as_ref() {
                "exp" => {
                    let seconds = value.parse().ok().filter(|seconds| *seconds >= 0);
                    let invalid = || FieldError::new("exp", "must be a time in seconds since 1970");
                    signed.expires = Some(seconds.ok_or_else(invalid)?);
                }
                "kid" => signed.kid = Some(value.into_owned()),
                "sig" => signed.signature = Some(value.into_owned()),
                name => signed.transform.set(name, &value)?,
            }
            seen.push(name.into_owned());
        }
        signed.transform.check()?;
        Ok(signed)
    }
}

impl Transform {
    /// Sets a parameter by its name in URLs.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), FieldError> {
        let error = |detail: String| FieldError::new(name, detail);
        match name {
            "w" => self.width = Some(parse_side(value).map_err(error)?),
            "h" => self.height = Some(parse_side(value).map_err(error)?),
            "fit" => self.fit = Some(parse_word(&FITS, value).map_err(error)?),
            "gravity" => self.gravity = Some(parse_word(&GRAVITIES, value).map_err(error)?),
            "crop" => self.crop = Some(parse_region(value).map_err(error)?),
            "rotate" => self.rotate = Some(parse_word(&ROTATIONS, value).map_err(error)?),
            "flip" => self.flip = Some(parse_word(&FLIPS, value).map_err(error)?),
            "blur" => self.blur = Some(parse_hundredths(value, &BLUR).map_err(error)?),
            "sharpen" => self.sharpen = Some(parse_hundredths(value, &SHARPEN).map_err(error)?),
            "bg" => self.background = Some(parse_color(value).map_err(error)?),
            "format" => self.format = Some(parse_word(&FORMATS, value).map_err(error)?),
            "quality" => self.quality = Some(parse_quality(value).map_err(error)?),
            "dpr" => self.density = Some(parse_word(&DENSITIES, value).map_err(error)?),
            _ => return Err(error("is not a parameter of a transform".to_owned())),
        }
        Ok(())
    }

    /// Checks limits that depend on several parameters.
    pub fn check(&self) -> Result<(), FieldError> {
        for (name, side) in [("w", self.width), ("h", self.height)] {
            if side.is_some_and(|side| self.device_pixels(side) > MAX_SIDE) {
                return Err(FieldError::new(
                    name,
                    format_args!("must be at most {MAX_SIDE} after multiplication by `dpr`"),
                ));
            }
        }
        Ok(())
    }

    /// Returns the format that overrides content negotiation.
    pub(crate) fn format(&self) -> Option<Format> {
        self.format
    }

    pub(crate) fn recipe(&self, format: Format, default: Quality) -> Recipe {
        let (width, height) = (
            self.width.map(|side| self.device_pixels(side)),
            self.height.map(|side| self.device_pixels(side)),
        );
        let resize = (width.is_some() || height.is_some()).then(|| Resize {
            width,
            height,
            fit: self.fit.unwrap_or_default(),
            gravity: self.gravity.unwrap_or_default(),
        });
        let quality = match format {
            Format::Png => default.for_format(format),
            _ => self.quality.unwrap_or(default.for_format(format)),
        };
        Recipe {
            crop: self.crop,
            rotate: self.rotate.unwrap_or_default(),
            flip: self.flip.unwrap_or_default(),
            resize,
            blur: self.blur,
            sharpen: self.sharpen.filter(|amount| *amount > 0),
            background: self.background,
            ..Recipe::new(format, quality)
        }
    }

    /// Returns the size of the result for an image of this size, or an error if it exceeds the limits.
    pub(crate) fn output_size(&self, upright: (u32, u32)) -> Result<(u32, u32), FieldError> {
        if let Some(part) = self.crop {
            let inside = part.x.checked_add(part.width).is_some_and(|end| end <= upright.0)
                && part
                    .y
                    .checked_add(part.height)
                    .is_some_and(|end| end <= upright.1);
            if !inside {
                return Err(FieldError::new(
                    "crop",
                    format_args!(
                        "must be inside the image, which has {} × {} pixels",
                        upright.0, upright.1
                    ),
                ));
            }
        }
        // The size does not depend on format and quality.
        let quality = Quality {
            jpeg: 1,
            webp: 1,
            avif: 1,
        };
        let (width, height) = self.recipe(Format::Png, quality).output_size(upright);
        let parameter = if self.width.is_none() && self.height.is_some() {
            "h"
        } else {
            "w"
        };
        if u64::from(width) * u64::from(height) > MAX_PIXELS || width.max(height) > MAX_RESULT_SIDE {
            return Err(FieldError::new(
                parameter,
                format_args!(
                    "must be smaller: the result has {width} × {height} pixels; the limits are {MAX_PIXELS} pixels in total and {MAX_RESULT_SIDE} per side"
                ),
            ));
        }
        Ok((width, height))
    }

    /// Returns the parameters in canonical order and spelling. Signatures depend on it.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::with_capacity(8);
        let mut add = |name: &'static str, value: Option<String>| {
            if let Some(value) = value {
                pairs.push((name, value));
            }
        };
        add("w", self.width.map(|side| side.to_string()));
        add("h", self.height.map(|side| side.to_string()));
        add("fit", self.fit.map(|fit| word_of(&FITS, fit)));
        add(
            "gravity",
            self.gravity.map(|gravity| word_of(&GRAVITIES, gravity)),
        );
        add(
            "crop",
            self.crop
                .map(|part| format!("{},{},{},{}", part.x, part.y, part.width, part.height)),
        );
        add("rotate", self.rotate.map(|rotate| word_of(&ROTATIONS, rotate)));
        add("flip", self.flip.map(|flip| word_of(&FLIPS, flip)));
        add("blur", self.blur.map(decimal));
        add("sharpen", self.sharpen.map(decimal));
        add("bg", self.background.map(color_text));
        add("format", self.format.map(|format| word_of(&FORMATS, format)));
        add("quality", self.quality.map(|quality| quality.to_string()));
        add("dpr", self.density.map(|density| word_of(&DENSITIES, density)));
        pairs
    }

    /// Converts to device pixels, rounded up.
    fn device_pixels(&self, side: u32) -> u32 {
        side.saturating_mul(self.density.unwrap_or(2)).div_ceil(2)
    }
}

fn parse_side(text: &str) -> Result<u32, String> {
    parse_number(text)
        .filter(|side| (1..=MAX_SIDE).contains(side))
        .ok_or_else(|| format!("must be 1 to {MAX_SIDE}"))
}

fn parse_quality(text: &str) -> Result<u8, String> {
    parse_number(text)
        .and_then(|quality| u8::try_from(quality).ok())
        .filter(|quality| (1..=100).contains(quality))
        .ok_or_else(|| "must be 1 to 100".to_owned())
}

/// Accepts digits only: no sign, no space.
fn parse_number(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn parse_word<T: Copy>(words: &[(&str, T)], text: &str) -> Result<T, String> {
    let found = words.iter().find(|(word, _)| *word == text);
    found.map(|(_, meant)| *meant).ok_or_else(|| {
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        format!("must be one of {}", all.join(", "))
    })
}

fn word_of<T: PartialEq + Copy>(words: &[(&str, T)], meant: T) -> String {
    let found = words.iter().find(|(_, known)| *known == meant);
    found.map_or_else(String::new, |(word, _)| (*word).to_owned())
}

/// Parses a decimal number with at most two digits after the point. Returns hundredths.
fn parse_hundredths(text: &str, range: &std::ops::RangeInclusive<u16>) -> Result<u16, String> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let value = || {
        let places = match part.len() {
            1 => parse_number(part)? * 10,
            2 => parse_number(part)?,
            _ => return None,
        };
        let value = parse_number(whole)?.checked_mul(100)?.checked_add(places)?;
        u16::try_from(value).ok().filter(|value| range.contains(value))
    };
    value().ok_or_else(|| {
        format!(
            "must be {} to {}, with at most two digits after the point",
            decimal(*range.start()),
            decimal(*range.end())
        )
    })
}

fn decimal(hundredths: u16) -> String {
    let (whole, part) = (hundredths / 100, hundredths % 100);
    match part {
        0 => whole.to_string(),
        part if part % 10 == 0 => format!("{whole}.{}", part / 10),
        part => format!("{whole}.{part:02}"),
    }
}

fn parse_region(text: &str) -> Result<Region, String> {
    let numbers: Option<Vec<u32>> = text.split(',').map(parse_number).collect();
    match numbers.as_deref() {
        Some(&[x, y, width, height]) if width > 0 && height > 0 => Ok(Region { x, y, width, height }),
        _ => Err("must be x,y,width,height in pixels, with width and height at least 1".to_owned()),
    }
}

/// Parses `#rrggbb` or `#rrggbbaa`; `#` is optional.
fn parse_color(text: &str) -> Result<Color, String> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    let byte = |at: usize| {
        let pair = digits.get(at..at + 2)?;
        let plain = pair.bytes().all(|byte| byte.is_ascii_hexdigit());
        plain.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
    };
    let alpha = if digits.len() == 6 { Some(255) } else { byte(6) };
    match (byte(0), byte(2), byte(4), alpha) {
        (Some(red), Some(green), Some(blue), Some(alpha)) if matches!(digits.len(), 6 | 8) => Ok(Color {
            red,
            green,
            blue,
            alpha,
        }),
        _ => Err("must be #rrggbb or #rrggbbaa".to_owned()),
    }
}

fn color_text(color: Color) -> String {
    let Color {
        red,
        green,
        blue,
        alpha,
    } = color;
    let mut text = format!("#{red:02x}{green:02x}{blue:02x}");
    if alpha != 255 {
        let _ = write!(text, "{alpha:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &[(&'static str, &'static str)]) -> Result<SignedTransform, FieldError> {
        SignedTransform::parse(
            query
                .iter()
                .map(|(name, value)| (Cow::Borrowed(*name), Cow::Borrowed(*value))),
        )
    }

    #[test]
    fn errors_name_the_invalid_parameter() {
        for (name, invalid) in [
            (
                "w",
                &["0", "4097", "-1", "+5", "1e3", "", " 5", "99999999999"][..],
            ),
            ("h", &["0", "4097", "1.5"]),
            ("fit", &["stretch", "Inside", ""]),
            ("gravity", &["Center", "middle"]),
            (
                "crop",
                &[
                    "1,2,3",
                    "1,2,3,4,5",
                    "1,2,0,4",
                    "1,2,3,0",
                    "-1,2,3,4",
                    "a,b,c,d",
                    "",
                ],
            ),
            ("rotate", &["45", "-90", "360"]),
            ("flip", &["x", "vh"]),
            (
                "blur",
                &["0.29", "100.01", "1.234", "-1", ".5", "5.", "NaN", "inf"],
            ),
            ("sharpen", &["10.01", "-1"]),
            (
                "bg",
                &["red", "#fff", "#ff00000", "#gg0000", "#ff0000ff0", "#+10000"],
            ),
            ("format", &["gif", "JPEG", "jpg"]),
            ("quality", &["0", "101", "80.5"]),
            ("dpr", &["0", "4", "1.25", "2.0"]),
            ("exp", &["soon", "-5"]),
            ("width", &["5"]),
        ] {
            for value in invalid {
                let error = parse(&[(name, value)]).unwrap_err();
                assert_eq!(error.field, name, "{value}");
            }
        }
        assert_eq!(parse(&[("w", "5"), ("w", "5")]).unwrap_err().field, "w");
        assert_eq!(parse(&[("w", "2000"), ("dpr", "3")]).unwrap_err().field, "w");
        assert_eq!(parse(&[("dpr", "3"), ("h", "1366")]).unwrap_err().field, "h");
        assert!(parse(&[("dpr", "3"), ("h", "1365")]).is_ok());
    }

    #[test]
    fn transforms_have_one_canonical_spelling() {
        let all = [
            ("dpr", "1.5"),
            ("quality", "080"),
            ("format", "webp"),
            ("bg", "FF0000FF"),
            ("sharpen", "1.50"),
            ("blur", "0.30"),
            ("flip", "hv"),
            ("rotate", "90"),
            ("crop", "1,02,3,4"),
            ("gravity", "south-east"),
            ("fit", "cover"),
            ("h", "20"),
            ("w", "010"),
        ];
        let text: Vec<String> = parse(&all)
            .unwrap()
            .transform
            .pairs()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(
            text.join("&"),
            "w=10&h=20&fit=cover&gravity=south-east&crop=1,2,3,4&rotate=90&flip=hv&blur=0.3&sharpen=1.5&bg=#ff0000&format=webp&quality=80&dpr=1.5"
        );
        for hundredths in 0..=1000 {
            assert_eq!(parse_hundredths(&decimal(hundredths), &SHARPEN), Ok(hundredths));
        }
    }

    #[test]
    fn output_size_is_limited() {
        let size = |query: &[(&'static str, &'static str)], upright| {
            parse(query)
                .unwrap()
                .transform
                .output_size(upright)
                .map_err(|error| error.field)
        };
        let photo = (4000, 3000);
        assert_eq!(size(&[], photo), Ok(photo));
        assert_eq!(size(&[], (8000, 6000)), Err("w".to_owned()));
        assert_eq!(size(&[("h", "100")], (8000, 6000)), Ok((133, 100)));
        assert_eq!(size(&[("w", "100"), ("dpr", "2")], photo), Ok((200, 150)));
        assert_eq!(
            size(&[("h", "4096"), ("fit", "fill")], (12_000, 1)),
            Err("h".to_owned())
        );
        assert_eq!(size(&[("crop", "0,0,4000,3000")], photo), Ok(photo));
        for outside in ["1,0,4000,3000", "0,1,4000,3000", "4294967295,0,1,1"] {
            assert_eq!(
                size(&[("crop", outside)], photo),
                Err("crop".to_owned()),
                "{outside}"
            );
        }
        let turned = [("crop", "0,0,400,300"), ("rotate", "270")];
        assert_eq!(size(&turned, photo), Ok((300, 400)));
    }
}
