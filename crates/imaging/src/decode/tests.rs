//! Images made in code are decoded and compared with what went in.

mod animations;
mod damage;
mod formats;
mod profiles;
mod samples;

use super::{Frame, frames, profile_description, still, with_alpha, without_alpha};
use crate::{Facts, Layout, Limits, Raster, prescan};
use std::io::Cursor;

fn facts(file: &[u8]) -> Facts {
    prescan(
        Cursor::new(file),
        file.len().try_into().unwrap(),
        &Limits::default(),
    )
    .unwrap()
}

fn decode(file: &[u8]) -> Raster {
    let raster = still(file, &facts(file), None, &Limits::default()).unwrap();
    assert_complete(&raster);
    raster
}

fn assert_complete(raster: &Raster) {
    let pixels = usize::try_from(raster.width * raster.height).unwrap();
    assert_eq!(raster.data.len(), pixels * raster.layout.bytes());
}

/// Fails where any sample is further than `most` from what it should be.
#[track_caller]
fn assert_near(found: &[u8], expected: &[u8], most: u8) {
    assert_eq!(found.len(), expected.len());
    let far = (0..found.len()).find(|at| found[*at].abs_diff(expected[*at]) > most);
    if let Some(at) = far {
        panic!("sample {at} is {}, not {} ± {most}", found[at], expected[at]);
    }
}
