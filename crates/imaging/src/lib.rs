//! Identifies, checks, decodes, transforms and encodes images.
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod decode;
mod encode;
mod error;
mod exif;
mod hash;
mod image_info;
mod limits;
mod media_type;
mod metadata;
mod numbers;
mod prescan;
mod probe;
mod process;
mod raster;
mod recipe;
mod request;
mod segments;
mod sniff;
mod transform;

pub use error::{DecodeError, DecodeErrorKind, PrescanError, SizeLimit};
pub use image_info::ImageInfo;
pub use limits::Limits;
pub use media_type::{MediaType, UnknownMediaType};
pub use prescan::prescan;
pub use probe::{Probe, probe};
pub use process::process;
pub use raster::{Layout, Raster};
pub use recipe::{Color, ENGINE_VERSION, Fit, Flip, Format, Gravity, Recipe, Region, Resize, Rotation};
pub use request::{Camera, Description, EncodedImage, Location, ProcessOutput, ProcessRequest};
pub use sniff::{HEAD_LEN, sniff};
