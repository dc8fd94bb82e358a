//! The middleware around every request: request id, checks, error rendering, default headers, log line.
mod client;
mod csrf;
mod guard;
mod headers;
mod rate_limit;
mod request;

pub use rate_limit::RateLimits;
pub use request::handle_request;
