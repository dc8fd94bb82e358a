//! Bytes by key: an S3-compatible store or a plain folder, behind one handle.
#![doc = include_str!("../README.md")]

mod config;
mod copy;
mod error;
mod fs;
mod key;
mod place;
mod s3;
mod spool;
mod store;
mod stream;

pub use config::{Config, FsConfig, S3Config, StoreConfig};
pub use copy::{Copied, Described, Trust};
pub use error::Error;
pub use key::{Area, ObjectKey};
pub use spool::{Spool, Spooled, SpooledReader};
pub use store::{Bound, Disposition, Listed, Listing, Objects, SignedPut, Stat};
pub use stream::ObjectStream;
