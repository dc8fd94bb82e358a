//! Words that every InfraVault context shares; no I/O, no vendor.
#![doc = include_str!("../README.md")]

mod actor;
mod clock;
pub mod config;
mod crash;
mod ctx;
mod digest;
mod failure;
mod ids;
mod page;
mod secret;

pub use actor::{Actor, Credential, Denied, Person, Role, Scope, Scopes, UnknownWord, Via};
pub use clock::Clock;
pub use crash::crash_point;
pub use ctx::{Ctx, RequestId};
pub use digest::{Hasher, NotSha256, Sha256};
pub use failure::{Failure, FieldError, Kind};
pub use ids::{AccountId, ApiTokenId, Id, ImageId, SessionId, UploadId};
pub use page::{Cursor, CursorError, Limit, Page};
pub use secret::Secret;
