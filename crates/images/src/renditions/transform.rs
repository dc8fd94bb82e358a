//! Transforms: what may be made of an image by an address, in words, checked and written in one way only.
use crate::renditions::presets::Quality;
use infravault_imaging::{Color, Fit, Flip, Format, Gravity, Recipe, Region, Resize, Rotation};
use infravault_kernel::FieldError;
use std::{borrow::Cow, fmt::Write};

/// Most pixels along a side that may be asked for, device pixels considered.
const MAX_SIDE: u32 = 4096;
/// Most pixels along a side of a result, which follows from the image where one side is asked for: no WebP has more.
const MAX_RESULT_SIDE: u32 = 16_383;
/// Most pixels of a result.
const MAX_PIXELS: u64 = 16_000_000;
/// Blur in hundredths of a pixel.
const BLUR: std::ops::RangeInclusive<u16> = 30..=10_000;
/// Sharpening in hundredths.
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
/// Device pixels for each pixel asked for, in halves.
const DENSITIES: [(&str, u32); 4] = [("1", 2), ("1.5", 3), ("2", 4), ("3", 6)];
const FORMATS: [(&str, Format); 4] = [
    ("avif", Format::Avif),
    ("webp", Format::Webp),
    ("jpeg", Format::Jpeg),
    ("png", Format::Png),
];

/// What is to be made of an image. Everything that is not given stays as it is.
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

/// A transform as an address names it, with what makes it valid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignedTransform {
    /// What is to be made.
    pub transform: Transform,
    /// Until when, in seconds since 1970.
    pub(crate) expires: Option<i64>,
    /// The key that signed it.
    pub(crate) kid: Option<String>,
    /// The signature, base64url.
    pub(crate) signature: Option<String>,
}

impl SignedTransform {
    /// Reads the parameters of an address. A parameter that nobody knows, one that is given twice and one outside of the
    /// limits are faults; a missing signature is not one yet.
    pub fn parse<'a>(pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Result<Self, FieldError> {
        let mut signed = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for (name, value) in pairs {
            if seen.iter().any(|seen| *seen == name) {
                return Err(FieldError::new(name, "is given twice"));
            }
            match name.as_ref() {
                "exp" => {
                    let moment = value.parse().ok().filter(|moment| *moment >= 0);
                    let wrong = || FieldError::new("exp", "must be a moment in seconds since 1970");
                    signed.expires = Some(moment.ok_or_else(wrong)?);
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
    /// Sets a parameter by its name in addresses.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), FieldError> {
        let fault = |detail: String| FieldError::new(name, detail);
        match name {
            "w" => self.width = Some(side(value).map_err(fault)?),
            "h" => self.height = Some(side(value).map_err(fault)?),
            "fit" => self.fit = Some(word(&FITS, value).map_err(fault)?),
            "gravity" => self.gravity = Some(word(&GRAVITIES, value).map_err(fault)?),
            "crop" => self.crop = Some(region(value).map_err(fault)?),
            "rotate" => self.rotate = Some(word(&ROTATIONS, value).map_err(fault)?),
            "flip" => self.flip = Some(word(&FLIPS, value).map_err(fault)?),
            "blur" => self.blur = Some(hundredths(value, &BLUR).map_err(fault)?),
            "sharpen" => self.sharpen = Some(hundredths(value, &SHARPEN).map_err(fault)?),
            "bg" => self.background = Some(color(value).map_err(fault)?),
            "format" => self.format = Some(word(&FORMATS, value).map_err(fault)?),
            "quality" => self.quality = Some(quality(value).map_err(fault)?),
            "dpr" => self.density = Some(word(&DENSITIES, value).map_err(fault)?),
            _ => return Err(fault("is not a parameter here".to_owned())),
        }
        Ok(())
    }

    /// Checks what depends on several parameters.
    pub fn check(&self) -> Result<(), FieldError> {
        for (name, side) in [("w", self.width), ("h", self.height)] {
            if side.is_some_and(|side| self.device(side) > MAX_SIDE) {
                return Err(FieldError::new(
                    name,
                    format_args!("must be at most {MAX_SIDE} once it is multiplied by `dpr`"),
                ));
            }
        }
        Ok(())
    }

    /// The format that is asked for, whatever a client takes.
    pub(crate) fn format(&self) -> Option<Format> {
        self.format
    }

    /// How it is made in a format.
    pub(crate) fn recipe(&self, format: Format, default: Quality) -> Recipe {
        let (width, height) = (
            self.width.map(|side| self.device(side)),
            self.height.map(|side| self.device(side)),
        );
        let resize = (width.is_some() || height.is_some()).then(|| Resize {
            width,
            height,
            fit: self.fit.unwrap_or_default(),
            gravity: self.gravity.unwrap_or_default(),
        });
        let quality = match format {
            Format::Png => default.of(format),
            _ => self.quality.unwrap_or(default.of(format)),
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

    /// The size of what is made of an image of this size, if it stays within the limits.
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
                        "must lie inside of the image, which has {} × {} pixels",
                        upright.0, upright.1
                    ),
                ));
            }
        }
        // The size depends on no format.
        let quality = Quality {
            jpeg: 1,
            webp: 1,
            avif: 1,
        };
        let (width, height) = self.recipe(Format::Png, quality).output_size(upright);
        let asked = if self.width.is_none() && self.height.is_some() {
            "h"
        } else {
            "w"
        };
        if u64::from(width) * u64::from(height) > MAX_PIXELS || width.max(height) > MAX_RESULT_SIDE {
            return Err(FieldError::new(
                asked,
                format_args!(
                    "must make the result smaller: {width} × {height} pixels are more than {MAX_PIXELS} or {MAX_RESULT_SIDE} along a side"
                ),
            ));
        }
        Ok((width, height))
    }

    /// The parameters in the one order and the one spelling that are signed.
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

    /// Device pixels of a side, rounded up.
    fn device(&self, side: u32) -> u32 {
        side.saturating_mul(self.density.unwrap_or(2)).div_ceil(2)
    }
}

fn side(text: &str) -> Result<u32, String> {
    number(text)
        .filter(|side| (1..=MAX_SIDE).contains(side))
        .ok_or_else(|| format!("must be 1 to {MAX_SIDE}"))
}

fn quality(text: &str) -> Result<u8, String> {
    number(text)
        .and_then(|quality| u8::try_from(quality).ok())
        .filter(|quality| (1..=100).contains(quality))
        .ok_or_else(|| "must be 1 to 100".to_owned())
}

/// A number of digits only: no sign, no space.
fn number(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn word<T: Copy>(words: &[(&str, T)], text: &str) -> Result<T, String> {
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

/// A decimal number with at most two digits after the point, in hundredths.
fn hundredths(text: &str, range: &std::ops::RangeInclusive<u16>) -> Result<u16, String> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let value = || {
        let places = match part.len() {
            1 => number(part)? * 10,
            2 => number(part)?,
            _ => return None,
        };
        let value = number(whole)?.checked_mul(100)?.checked_add(places)?;
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

fn region(text: &str) -> Result<Region, String> {
    let numbers: Option<Vec<u32>> = text.split(',').map(number).collect();
    match numbers.as_deref() {
        Some(&[x, y, width, height]) if width > 0 && height > 0 => Ok(Region { x, y, width, height }),
        _ => Err("must be x,y,width,height in pixels, none of the last two 0".to_owned()),
    }
}

/// `#rrggbb` or `#rrggbbaa`; the sign may be left out.
fn color(text: &str) -> Result<Color, String> {
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
    fn values_outside_of_the_limits_name_their_parameter() {
        for (name, wrong) in [
            (
                "w",
                &["0", "4097", "-1", "+5", "1e3", "", " 5", "99999999999"][..],
            ),
            ("h", &["0", "4097", "1.5"]),
            ("fit", &["stretch", "Inside", ""]),
            ("gravity", &["centre", "middle"]),
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
            for value in wrong {
                let fault = parse(&[(name, value)]).unwrap_err();
                assert_eq!(fault.field, name, "{value}");
            }
        }
        assert_eq!(parse(&[("w", "5"), ("w", "5")]).unwrap_err().field, "w");
        assert_eq!(parse(&[("w", "2000"), ("dpr", "3")]).unwrap_err().field, "w");
        assert_eq!(parse(&[("dpr", "3"), ("h", "1366")]).unwrap_err().field, "h");
        assert!(parse(&[("dpr", "3"), ("h", "1365")]).is_ok());
    }

    #[test]
    fn one_transform_is_written_in_one_way() {
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
            assert_eq!(super::hundredths(&decimal(hundredths), &SHARPEN), Ok(hundredths));
        }
    }

    #[test]
    fn results_stay_small() {
        let size = |query: &[(&'static str, &'static str)], upright| {
            let fault = |fault: FieldError| fault.field;
            parse(query)
                .unwrap()
                .transform
                .output_size(upright)
                .map_err(fault)
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
