//! Tells what a picture is, and refuses the hostile ones before any decoder sees them.
#![doc = include_str!("../README.md")]

mod exif;
mod facts;
mod limits;
mod media_type;
mod prescan;
mod refusal;
mod sniff;

pub use facts::Facts;
pub use limits::Limits;
pub use media_type::{MediaType, UnknownMediaType};
pub use prescan::prescan;
pub use refusal::{Refusal, SizeLimit};
pub use sniff::{HEAD_LEN, sniff};
