//! Reads the properties and the metadata of an image without decoding it.

use crate::{Camera, DecodeError, ImageInfo, Limits, Location, decode, metadata, prescan};
use std::io::Cursor;

/// The properties and the metadata of an image.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Type, size, orientation, frames and alpha.
    pub info: ImageInfo,
    /// The name of the color profile, at most 100 characters. `None` without a readable profile.
    pub profile: Option<String>,
    /// The camera metadata, without the location.
    pub camera: Camera,
    /// The GPS location. Private unless the owner publishes it.
    pub location: Option<Location>,
}

/// Runs the pre-scan and reads the name of the color profile and the EXIF fields.
pub fn probe(file: &[u8], limits: &Limits) -> Result<Probe, DecodeError> {
    let len = u64::try_from(file.len()).unwrap_or(u64::MAX);
    let info = prescan(Cursor::new(file), len, limits)?;
    let (camera, location) = metadata::camera_and_location(file, &info, limits);
    let profile = decode::profile_description(file, &info, limits);
    Ok(Probe {
        info,
        profile,
        camera,
        location,
    })
}
