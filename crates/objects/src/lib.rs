//! The object store: an S3-compatible store or a folder, behind one handle.
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod config;
mod copy;
mod error;
mod fs;
mod key;
mod s3;
mod spool;
mod spool_dir;
mod store;
mod stream;

pub use config::{Config, FsConfig, S3Config, StoreConfig};
pub use copy::{CopyOutcome, ObjectMeta, VerifyLevel};
pub use error::Error;
pub use key::{ObjectKey, Prefix};
pub use spool::{Spool, SpoolReader, SpooledFile};
pub use store::{
    ListedObject, Listing, ObjectStat, Objects, PresignedPut, PutConstraints, ResponseOverrides,
};
pub use stream::ObjectStream;
