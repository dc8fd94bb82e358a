//! What handlers take from a request: the context, typed JSON, query and path values.
mod ctx;
pub(crate) mod json;
mod params;

pub use ctx::{AnyoneCtx, Identity, RequestCtx};
pub use json::{Json, refuse_encoding};
pub use params::{Path, Query};

/// Turns the message of a typed parser into the field it is about and what is wrong with it.
pub(crate) fn fault_of(path: &str, message: &str) -> (String, String) {
    for (start, words) in [
        ("unknown field `", "is not a field here"),
        ("missing field `", "is missing"),
        ("duplicate field `", "is given twice"),
    ] {
        if let Some(name) = message
            .strip_prefix(start)
            .and_then(|rest| rest.split('`').next())
        {
            return (name.to_owned(), words.to_owned());
        }
    }
    let field = if path == "." { "body" } else { path };
    (field.to_owned(), message.to_owned())
}
