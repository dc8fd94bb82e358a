//! The server: handlers that translate between HTTP and the contexts, and all wiring.
#![doc = include_str!("../README.md")]
#![expect(
    unreachable_pub,
    reason = "the wire types of an endpoint stay in its file, and the OpenAPI document names them"
)]

pub mod admin;
pub mod app;
pub mod auth;
pub mod cli;
pub mod config;
pub mod docs;
pub mod extract;
pub mod flows;
pub mod health;
pub mod images;
mod links;
pub mod logging;
pub mod middleware;
pub mod openapi;
pub mod problem;
pub mod routes;
mod sliced;
pub mod uploads;
pub mod users;
mod worker;
