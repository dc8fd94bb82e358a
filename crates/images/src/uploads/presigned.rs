//! Presigned uploads: clients store parts by signed requests, in the store itself or through the API.
mod complete;
mod sign;
mod signature;
mod store;

pub use sign::{Part, PutTarget, SignedPart};
pub use signature::PartSignature;
pub use store::PartHeaders;
