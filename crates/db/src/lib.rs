//! The PostgreSQL pools, the row-level-security context and the migrations; knows no table.
#![doc = include_str!("../README.md")]

mod config;
pub mod dump;
mod error;
mod hold;
pub mod migrate;
mod owner;
mod pool;
mod programs;
mod tls;
mod tx;

pub use config::Config;
pub use deadpool_postgres::{Client, Pool};
pub use error::{Error, constraint};
pub use hold::Hold;
pub use owner::{Listener, Owner};
pub use pool::{Db, DbRole, Facts, Health};
pub use tx::Tx;
