//! Tells what an image is without decoding a pixel.

use crate::{Camera, Facts, Limits, Location, Undecodable, decode, metadata, prescan};
use std::io::Cursor;

/// What the structure and the metadata of an image tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Type, size, orientation, frames and alpha.
    pub facts: Facts,
    /// What the color profile is called, at most 100 characters; none without a profile that can be read.
    pub profile: Option<String>,
    /// What the camera wrote down, without the place.
    pub camera: Camera,
    /// Where the image was taken. Private unless its owner says otherwise.
    pub location: Option<Location>,
}

/// Runs the pre-scan and reads the color profile and the EXIF subset; of an image that the pre-scan refuses, the
/// error has its text.
pub fn probe(file: &[u8], limits: &Limits) -> Result<Probe, Undecodable> {
    let len = u64::try_from(file.len()).unwrap_or(u64::MAX);
    let facts = prescan(Cursor::new(file), len, limits).map_err(|why| Undecodable(why.to_string()))?;
    let (camera, location) = metadata::camera_and_location(file, &facts, limits);
    let profile = decode::profile_description(file, &facts, limits);
    Ok(Probe {
        facts,
        profile,
        camera,
        location,
    })
}
