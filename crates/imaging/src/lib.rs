//! Tells what an image is, and refuses the hostile ones before any decoder sees them.
#![doc = include_str!("../README.md")]

mod decode;
mod encode;
mod exif;
mod facts;
mod hash;
mod limits;
mod media_type;
mod metadata;
mod order;
mod parts;
mod prescan;
mod probe;
mod raster;
mod recipe;
mod refusal;
mod sniff;
mod transform;
mod work;

pub use facts::Facts;
pub use limits::Limits;
pub use media_type::{MediaType, UnknownMediaType};
pub use order::{Camera, Description, Location, Order, Rendition, Undecodable, Work};
pub use prescan::prescan;
pub use probe::{Probe, probe};
pub use raster::{Layout, Raster};
pub use recipe::{Color, ENGINE, Fit, Flip, Format, Gravity, Recipe, Region, Resize, Rotation};
pub use refusal::{Refusal, SizeLimit};
pub use sniff::{HEAD_LEN, sniff};
pub use work::work;
