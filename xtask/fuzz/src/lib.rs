//! What the fuzz targets try, and what must hold whatever the bytes are.

use infravault_imaging::{Fit, Format, Gravity, Limits, MediaType, ProcessRequest, Recipe, Resize};
use std::io::Cursor;

/// Small, so that a second has many tries.
fn limits() -> Limits {
    Limits {
        max_side: 2048,
        max_pixels: 1 << 18,
        max_animation_pixels: 1 << 19,
        max_frames: 16,
        ..Limits::default()
    }
}

/// Runs the pre-scan, whose facts must keep the limits.
///
/// # Panics
/// Where it finds a fault: that is what the fuzzer looks for.
pub fn prescan(data: &[u8]) {
    let limits = limits();
    let len = u64::try_from(data.len()).unwrap_or(u64::MAX);
    let Ok(facts) = infravault_imaging::prescan(Cursor::new(data), len, &limits) else {
        return;
    };
    assert!((1..=limits.max_side).contains(&facts.width), "{facts:?}");
    assert!((1..=limits.max_side).contains(&facts.height), "{facts:?}");
    assert!((1..=limits.max_frames).contains(&facts.frames), "{facts:?}");
    assert!((1..=8).contains(&facts.orientation), "{facts:?}");
}

/// Reads the metadata, whose texts and numbers must be ones that can be shown.
///
/// # Panics
/// Where it finds a fault: that is what the fuzzer looks for.
pub fn probe(data: &[u8]) {
    let Ok(probe) = infravault_imaging::probe(data, &limits()) else {
        return;
    };
    let camera = &probe.camera;
    let texts = [
        &camera.make,
        &camera.model,
        &camera.lens,
        &camera.taken_at,
        &probe.profile,
    ];
    for text in texts.into_iter().flatten() {
        assert!(
            text.chars().count() <= 100 && !text.chars().any(char::is_control),
            "{text:?}"
        );
    }
    let numbers = [camera.f_number, camera.focal_length];
    assert!(numbers.into_iter().flatten().all(f32::is_finite), "{camera:?}");
    if let Some(place) = &probe.location {
        assert!(
            place.latitude.abs() <= 90.0 && place.longitude.abs() <= 180.0,
            "{place:?}"
        );
        assert!(place.altitude.is_none_or(f32::is_finite), "{place:?}");
    }
}

/// Decodes the data as an image of this type, whatever its first bytes say, and makes something small of it.
///
/// # Panics
/// Where it finds a fault: that is what the fuzzer looks for.
pub fn decode(media_type: MediaType, data: &[u8]) {
    let file = with_beginning(media_type, data);
    let recipe = Recipe {
        resize: Some(Resize {
            width: Some(16),
            height: Some(16),
            fit: Fit::Inside,
            gravity: Gravity::Center,
        }),
        ..Recipe::new(Format::Png, 80)
    };
    let request = ProcessRequest {
        limits: limits(),
        describe: true,
        recipes: vec![recipe],
    };
    if let Ok(output) = infravault_imaging::process(&file, &request) {
        assert_eq!(output.renditions.len(), 1);
        let sizes = output.renditions.iter().map(|made| (made.width, made.height));
        sizes.for_each(|(width, height)| {
            assert!(
                (1..=16).contains(&width) && (1..=16).contains(&height),
                "{width} x {height}"
            );
        });
    }
}

fn with_beginning(media_type: MediaType, data: &[u8]) -> Vec<u8> {
    let riff = u32::try_from(data.len()).unwrap_or(u32::MAX).saturating_sub(8);
    let beginning = match media_type {
        MediaType::Jpeg => vec![0xFF, 0xD8, 0xFF],
        MediaType::Png => b"\x89PNG\r\n\x1a\n".to_vec(),
        MediaType::Gif => b"GIF89a".to_vec(),
        MediaType::Webp => [b"RIFF", riff.to_le_bytes().as_slice(), b"WEBP"].concat(),
    };
    let rest = data.get(beginning.len()..).unwrap_or_default();
    [beginning.as_slice(), rest].concat()
}
