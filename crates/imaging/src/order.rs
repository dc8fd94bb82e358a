//! What the sandbox is asked to do with one image, and what it answers.

use crate::{Format, Limits, Recipe};
use serde::{Deserialize, Serialize};

/// Everything that is wanted of one image; it is decoded once for all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What the image may cost.
    pub limits: Limits,
    /// Whether the image is to be described.
    pub describe: bool,
    /// The renditions to make, in any order.
    pub recipes: Vec<Recipe>,
}

/// What an order brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// What the image shows, where that was asked for.
    pub description: Option<Description>,
    /// One for each recipe, in the order of the recipes.
    pub renditions: Vec<Rendition>,
}

/// An image made of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// What it is encoded as.
    pub format: Format,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What is learned of an image by decoding it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// Pixels across, upright.
    pub width: u32,
    /// Pixels down, upright.
    pub height: u32,
    /// Whether any pixel is transparent, of any frame.
    pub has_alpha: bool,
    /// The dominant color, red, green, blue.
    pub color: [u8; 3],
    /// The thumbhash of the image (Evan Wallace's format), at most 25 bytes.
    pub thumbhash: Vec<u8>,
    /// A perceptual hash: 64 bits of which few differ between two versions of an image; none for an image without
    /// structure, which would be like every other.
    pub phash: Option<u64>,
    /// What the camera wrote down, without the place.
    pub camera: Camera,
    /// Where it was taken.
    pub location: Option<Location>,
}

/// What a camera writes into an image (CIPA DC-008). Texts are at most 100 characters and carry no control characters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Camera {
    /// Who made the camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make: Option<String>,
    /// The camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The lens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lens: Option<String>,
    /// The exposure time in seconds, numerator and denominator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposure: Option<(u32, u32)>,
    /// The f-number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub f_number: Option<f32>,
    /// The sensitivity, ISO.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iso: Option<u32>,
    /// The focal length in millimetres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focal_length: Option<f32>,
    /// When it was taken, by the camera's clock: `2026-11-21T10:30:00`, with an offset where the camera knew one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<String>,
}

/// A place on Earth (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Metres above sea level.
    pub altitude: Option<f32>,
}

/// Why nothing could be made of an image. The text is for its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{0}")]
pub struct Undecodable(pub String);
