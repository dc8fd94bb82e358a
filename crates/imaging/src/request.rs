//! The request to process one image, and its result.

use crate::{Format, Limits, Recipe};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// A request to process one image. The image is decoded once for the description and all renditions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessRequest {
    /// The limits that the image must keep.
    pub limits: Limits,
    /// Whether to describe the image.
    pub describe: bool,
    /// The renditions to make, in any order.
    pub recipes: Vec<Recipe>,
}

/// The result of a [`ProcessRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessOutput {
    /// The description, if requested.
    pub description: Option<Description>,
    /// One rendition per recipe, in the order of the recipes.
    pub renditions: Vec<EncodedImage>,
}

/// An encoded rendition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedImage {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The format of `bytes`.
    pub format: Format,
    /// The contents of the file.
    pub bytes: Bytes,
}

/// What decoding an image reveals about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// Width in pixels, after applying the orientation.
    pub width: u32,
    /// Height in pixels, after applying the orientation.
    pub height: u32,
    /// Whether any pixel of any frame is transparent.
    pub has_alpha: bool,
    /// The dominant color: red, green, blue.
    pub color: [u8; 3],
    /// The thumbhash of the image (Evan Wallace's format), at most 25 bytes.
    pub thumbhash: Vec<u8>,
    /// The perceptual hash, 64 bits. Hashes of similar images differ in few bits. `None` for an image without structure.
    pub phash: Option<u64>,
    /// The camera metadata, without the location.
    pub camera: Camera,
    /// The GPS location.
    pub location: Option<Location>,
}

/// Camera metadata from EXIF (CIPA DC-008). Texts have at most 100 characters and no control characters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Camera {
    /// The manufacturer of the camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make: Option<String>,
    /// The model of the camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The model of the lens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lens: Option<String>,
    /// The exposure time in seconds: numerator and denominator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposure: Option<(u32, u32)>,
    /// The f-number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub f_number: Option<f32>,
    /// The ISO speed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iso: Option<u32>,
    /// The focal length in millimeters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focal_length: Option<f32>,
    /// The local time of capture, such as `2026-11-21T10:30:00`, with the UTC offset if the camera recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<String>,
}

/// A GPS location (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
    /// Meters above sea level.
    pub altitude: Option<f32>,
}
