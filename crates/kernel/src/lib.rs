//! Types that every InfraVault crate shares; no I/O and no vendor libraries.
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod actor;
mod clock;
pub mod config;
mod crash;
mod ctx;
mod digest;
mod error;
mod ids;
mod page;
mod secret;

pub use actor::{AccessError, Actor, AuthMethod, Credential, ParseEnumError, Principal, Role, Scope, Scopes};
pub use clock::Clock;
pub use crash::crash_point;
pub use ctx::{Ctx, RequestId};
pub use digest::{Hasher, ParseSha256Error, Sha256};
pub use error::{DomainError, ErrorKind, FieldError, error_chain};
pub use ids::{AccountId, ApiTokenId, Id, ImageId, SessionId, UploadId};
pub use page::{Cursor, CursorError, Limit, Page};
pub use secret::Secret;
