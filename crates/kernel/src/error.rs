//! Domain errors: the kind, code and detail of an error, without knowledge of HTTP.
use std::{error::Error, fmt, iter::successors};

/// The category of an error. `api/src/problem.rs` alone maps it to HTTP statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request is malformed: syntax or parameters.
    Invalid,
    /// The request is well formed, but its content is not acceptable.
    Unprocessable,
    /// The request carries no valid credential.
    Unauthenticated,
    /// The caller lacks the permission.
    Denied,
    /// The resource does not exist or is not visible to the caller.
    NotFound,
    /// The resource existed and was removed.
    Gone,
    /// The request conflicts with the current state.
    Conflict,
    /// A precondition of the request does not hold.
    PreconditionFailed,
    /// The request needs a precondition.
    PreconditionRequired,
    /// The body is too large.
    TooLarge,
    /// The media type is not supported.
    UnsupportedType,
    /// The range lies outside the object.
    RangeNotSatisfiable,
    /// The caller sent too many requests.
    TooMany,
    /// A dependency does not respond; a retry may succeed.
    Unavailable,
    /// An internal error.
    Internal,
}

/// One invalid field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name as the caller wrote it.
    pub field: String,
    /// The problem and the expected value.
    pub detail: String,
}

impl FieldError {
    /// Creates the error of one field.
    pub fn new(field: impl Into<String>, detail: impl fmt::Display) -> Self {
        Self {
            field: field.into(),
            detail: detail.to_string(),
        }
    }
}

/// An error that can be returned to a caller.
pub trait DomainError: Error {
    /// The category of the error.
    fn kind(&self) -> ErrorKind;

    /// The stable kebab-case code that clients may rely on.
    fn code(&self) -> &'static str;

    /// A sentence that the caller can act on. Internal errors do not reveal their cause.
    fn detail(&self) -> String {
        match self.kind() {
            ErrorKind::Internal => {
                "An internal error occurred. Give the request ID to the operator.".to_owned()
            }
            ErrorKind::Unavailable => "A required service is not available. Try again shortly.".to_owned(),
            _ => self.to_string(),
        }
    }

    /// The invalid fields, if known.
    fn fields(&self) -> Vec<FieldError> {
        Vec::new()
    }

    /// The number of seconds after which a retry makes sense, if known.
    fn retry_after(&self) -> Option<u32> {
        (self.kind() == ErrorKind::Unavailable).then_some(2)
    }
}

/// Formats an error with all its sources, separated by `: `.
#[must_use]
pub fn error_chain(error: &dyn Error) -> String {
    successors(error.source(), |error| (*error).source())
        .fold(error.to_string(), |chain, source| format!("{chain}: {source}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_chain_lists_every_source() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] std::num::ParseIntError);
        let error = Outer("x".parse::<u8>().unwrap_err());
        assert_eq!(error_chain(&error), "outer: invalid digit found in string");
    }
}
