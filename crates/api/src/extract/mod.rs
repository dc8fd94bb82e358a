//! Extractors: the request context, typed JSON bodies, query and path parameters.
mod ctx;
pub(crate) mod json;
mod params;

pub use ctx::{PublicCtx, RequestCtx, RequestInfo};
pub use json::{Json, reject_content_encoding};
pub use params::{Path, Query};

/// Splits the message of a serde error into the field and the reason.
pub(crate) fn field_error(path: &str, message: &str) -> (String, String) {
    for (start, reason) in [
        ("unknown field `", "is not a known field"),
        ("missing field `", "is required"),
        ("duplicate field `", "must not be repeated"),
    ] {
        if let Some(name) = message
            .strip_prefix(start)
            .and_then(|rest| rest.split('`').next())
        {
            return (name.to_owned(), reason.to_owned());
        }
    }
    let field = if path == "." { "body" } else { path };
    (field.to_owned(), message.to_owned())
}
