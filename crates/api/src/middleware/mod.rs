//! What happens around every request: naming it, logging it, guarding it, and rendering its failure.
mod client;
mod csrf;
mod guard;
mod headers;
mod rate_limit;
mod request;

pub use rate_limit::RateLimits;
pub use request::request;
