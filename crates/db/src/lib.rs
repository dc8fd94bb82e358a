//! The PostgreSQL connections, the row-level security context and the migrations.
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod advisory_lock;
mod config;
pub mod dump;
mod error;
pub mod migrate;
mod owner_connector;
mod pool;
mod programs;
mod tls;
mod tx;

pub use advisory_lock::AdvisoryLock;
pub use config::Config;
pub use deadpool_postgres::{Client, Pool};
pub use error::{Error, constraint};
pub use owner_connector::{Listener, OwnerConnector};
pub use pool::{Db, DbRole, Health, ServerInfo};
pub use tx::Tx;
