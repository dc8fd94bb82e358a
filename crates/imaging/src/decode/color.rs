//! Converts decoded samples from the color space of their profile to sRGB.

use crate::{Layout, Limits};
use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, DataColorSpace, MatrixCoefficients, ParsingOptions,
    ProfileText, RenderingIntent, TransferCharacteristics, TransformExecutor, TransformOptions,
};
use std::sync::Arc;

/// Pixels that are converted at once, few enough to stay in the cache.
const STRIP: usize = 4096;
/// A profile that changes no color by more than this counts as sRGB.
const TOLERANCE: u8 = 1;
/// Maximum number of characters of a profile name.
const MAX_DESCRIPTION: usize = 100;

type Executor = Arc<dyn TransformExecutor<u8> + Send + Sync>;

/// A conversion from RGB or RGBA to sRGB.
pub(super) struct ToSrgb {
    layout: Layout,
    executor: Executor,
}

/// Parses an ICC profile. `None` if it is invalid or too large.
pub(super) fn parse_icc(icc: &[u8], limits: &Limits) -> Option<ColorProfile> {
    let max = usize::try_from(limits.max_icc_bytes).unwrap_or(usize::MAX);
    if icc.len() > max {
        return None;
    }
    let options = ParsingOptions {
        // The parser rejects a profile of exactly this size too.
        max_profile_size: max.saturating_add(1),
        ..ParsingOptions::default()
    };
    ColorProfile::new_from_slice_with_options(icc, options).ok()
}

/// Creates the profile that code points describe (ITU-T H.273). `None` for HDR transfer functions, which would become
/// too dark without tone mapping.
pub(super) fn from_code_points(primaries: u8, transfer: u8) -> Option<ColorProfile> {
    let color_primaries = CicpColorPrimaries::try_from(primaries).ok()?;
    let transfer_characteristics = TransferCharacteristics::try_from(transfer).ok()?;
    if matches!(
        transfer_characteristics,
        TransferCharacteristics::Smpte2084 | TransferCharacteristics::Hlg
    ) {
        return None;
    }
    Some(ColorProfile::new_from_cicp(CicpProfile {
        color_primaries,
        transfer_characteristics,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    }))
}

impl ToSrgb {
    /// `None` if the profile is not an RGB profile, or equals sRGB.
    pub(super) fn new(profile: &ColorProfile, layout: Layout) -> Option<Self> {
        if profile.color_space != DataColorSpace::Rgb {
            return None;
        }
        let rgb = create_executor(profile, moxcms::Layout::Rgb, moxcms::Layout::Rgb)?;
        if is_identity(&*rgb) {
            return None;
        }
        let executor = match layout {
            Layout::Rgb => rgb,
            Layout::Rgba => create_executor(profile, moxcms::Layout::Rgba, moxcms::Layout::Rgba)?,
        };
        Some(Self { layout, executor })
    }

    /// Converts samples of the layout given to [`ToSrgb::new`].
    pub(super) fn convert(&self, samples: &mut [u8]) {
        let mut from = vec![0; STRIP * self.layout.bytes()];
        for strip in samples.chunks_mut(from.len().max(1)) {
            let Some(from) = from.get_mut(..strip.len()) else {
                return;
            };
            from.copy_from_slice(strip);
            // Fails only if the length is not a multiple of a pixel. The samples are unchanged then.
            if self.executor.transform(from, strip).is_err() {
                strip.copy_from_slice(from);
            }
        }
    }
}

/// The sRGB color of every gray level of a gray profile. `None` if they are the same in sRGB.
pub(super) fn gray_table(profile: &ColorProfile) -> Option<Vec<[u8; 3]>> {
    if profile.color_space != DataColorSpace::Gray {
        return None;
    }
    let executor = create_executor(profile, moxcms::Layout::Gray, moxcms::Layout::Rgb)?;
    let grays: Vec<u8> = (0..=255).collect();
    let mut colors = vec![0; grays.len() * 3];
    executor.transform(&grays, &mut colors).ok()?;
    let (colors, _) = colors.as_chunks::<3>();
    let same = colors
        .iter()
        .zip(&grays)
        .all(|(color, gray)| color.iter().all(|sample| sample.abs_diff(*gray) <= TOLERANCE));
    (!same).then(|| colors.to_vec())
}

/// Converts CMYK, where 255 is full ink, to sRGB: with the CMYK profile if there is one, otherwise with the simple formula.
pub(super) fn from_cmyk(profile: Option<&ColorProfile>, inks: &[u8]) -> Vec<u8> {
    let executor = profile
        .filter(|profile| profile.color_space == DataColorSpace::Cmyk)
        .and_then(|profile| create_executor(profile, moxcms::Layout::Rgba, moxcms::Layout::Rgb));
    let mut colors = vec![0; inks.len() / 4 * 3];
    for (inks, colors) in inks.chunks(STRIP * 4).zip(colors.chunks_mut(STRIP * 3)) {
        let done = executor
            .as_ref()
            .is_some_and(|executor| executor.transform(inks, colors).is_ok());
        if !done {
            convert_without_profile(inks, colors);
        }
    }
    colors
}

fn convert_without_profile(inks: &[u8], colors: &mut [u8]) {
    let (inks, _) = inks.as_chunks::<4>();
    let (colors, _) = colors.as_chunks_mut::<3>();
    for ([c, m, y, k], color) in inks.iter().zip(colors) {
        *color = [c, m, y].map(|ink| {
            let product = u16::from(255 - ink) * u16::from(255 - k);
            u8::try_from((product + 127) / 255).unwrap_or(255)
        });
    }
}

/// A profile may have tables for some rendering intents only.
fn create_executor(profile: &ColorProfile, from: moxcms::Layout, to: moxcms::Layout) -> Option<Executor> {
    let intents = [
        RenderingIntent::Perceptual,
        RenderingIntent::RelativeColorimetric,
        RenderingIntent::Saturation,
    ];
    intents.into_iter().find_map(|rendering_intent| {
        let options = TransformOptions {
            rendering_intent,
            ..TransformOptions::default()
        };
        profile
            .create_transform_8bit(from, &ColorProfile::new_srgb(), to, options)
            .ok()
    })
}

/// Tests a grid of colors.
fn is_identity(executor: &(dyn TransformExecutor<u8> + Send + Sync)) -> bool {
    const LEVELS: [u8; 6] = [0, 51, 102, 153, 204, 255];
    let samples: Vec<u8> = LEVELS
        .iter()
        .flat_map(|r| LEVELS.iter().map(move |g| (*r, *g)))
        .flat_map(|(r, g)| LEVELS.iter().flat_map(move |b| [r, g, *b]))
        .collect();
    let mut converted = vec![0; samples.len()];
    executor.transform(&samples, &mut converted).is_err()
        || samples
            .iter()
            .zip(&converted)
            .all(|(before, after)| before.abs_diff(*after) <= TOLERANCE)
}

/// The name of the profile.
pub(super) fn description(profile: &ColorProfile) -> Option<String> {
    let text = match profile.description.as_ref()? {
        ProfileText::PlainString(text) => text,
        ProfileText::Localizable(texts) => {
            let english = texts.iter().find(|text| text.language == "en");
            &english.or_else(|| texts.first())?.value
        }
        ProfileText::Description(text) if text.ascii_string.is_empty() => &text.unicode_string,
        ProfileText::Description(text) => &text.ascii_string,
    };
    crate::metadata::clean_text(text, MAX_DESCRIPTION)
}
