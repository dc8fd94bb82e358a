//! The server: routes, handlers, middleware and the command line.
#![doc = include_str!("../README.md")]
#![expect(
    unreachable_pub,
    reason = "wire types stay in the file of their endpoint and the OpenAPI document refers to them"
)]

pub mod admin;
pub mod app;
pub mod auth;
mod chunked_bytes;
pub mod cli;
pub mod config;
pub mod docs;
pub mod extract;
pub mod flows;
pub mod health;
mod housekeeping;
mod http;
pub mod images;
mod links;
pub mod logging;
pub mod middleware;
pub mod openapi;
mod page;
pub mod problem;
pub mod routes;
pub mod server;
pub mod uploads;
pub mod users;
mod wire;
mod worker;
