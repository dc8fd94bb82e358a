//! Decodes images that are built in code and compares the pixels.

mod animations;
mod damage;
mod formats;
mod profiles;
mod samples;

use super::{Frame, decode_frames, decode_still, profile_description};
use crate::{ImageInfo, Layout, Limits, Raster, prescan};
use std::io::Cursor;

fn scan(file: &[u8]) -> ImageInfo {
    prescan(
        Cursor::new(file),
        file.len().try_into().unwrap(),
        &Limits::default(),
    )
    .unwrap()
}

fn decode(file: &[u8]) -> Raster {
    let raster = decode_still(file, &scan(file), None, &Limits::default()).unwrap();
    assert_complete(&raster);
    raster
}

fn assert_complete(raster: &Raster) {
    let pixels = usize::try_from(raster.width * raster.height).unwrap();
    assert_eq!(raster.data.len(), pixels * raster.layout.bytes());
}

/// Fails if any sample differs by more than `max`.
#[track_caller]
fn assert_near(found: &[u8], expected: &[u8], max: u8) {
    assert_eq!(found.len(), expected.len());
    let far = (0..found.len()).find(|at| found[*at].abs_diff(expected[*at]) > max);
    if let Some(at) = far {
        panic!("sample {at} is {}, not {} ± {max}", found[at], expected[at]);
    }
}
