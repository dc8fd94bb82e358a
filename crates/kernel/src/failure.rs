//! What every error of a context can say about itself, without knowing HTTP.
use std::fmt;

/// What went wrong, by whose doing. HTTP statuses are derived from this in `api/src/problem.rs` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request makes no sense: syntax, parameters.
    Invalid,
    /// The request is well formed, its content is not acceptable.
    Unprocessable,
    /// Nobody, or nobody any more, stands behind the request.
    Unauthenticated,
    /// The caller may not do this.
    Denied,
    /// There is no such thing, or none that the caller may know of.
    NotFound,
    /// It was there, and is not any more.
    Gone,
    /// It collides with the present state.
    Conflict,
    /// A condition that the caller set does not hold.
    PreconditionFailed,
    /// A condition must be set.
    PreconditionRequired,
    /// Too many bytes.
    TooLarge,
    /// The type of the content is not accepted.
    UnsupportedType,
    /// The range lies outside.
    RangeNotSatisfiable,
    /// Too many requests.
    TooMany,
    /// Something this depends on does not answer; worth retrying.
    Unavailable,
    /// A fault of ours.
    Internal,
}

/// One field that was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name, as the caller wrote it.
    pub field: String,
    /// What is wrong with it and what would be right.
    pub detail: String,
}

impl FieldError {
    /// A fault of a field.
    pub fn new(field: impl Into<String>, detail: impl fmt::Display) -> Self {
        Self {
            field: field.into(),
            detail: detail.to_string(),
        }
    }
}

/// An error that can be answered to a caller.
pub trait Failure: std::error::Error {
    /// What went wrong.
    fn kind(&self) -> Kind;

    /// The stable kebab-case code that clients may rely on.
    fn code(&self) -> &'static str;

    /// A sentence the caller can act on. Internals stay inside: faults of ours say nothing about themselves.
    fn detail(&self) -> String {
        match self.kind() {
            Kind::Internal => "Something went wrong on our side; the request id helps to find it.".to_owned(),
            Kind::Unavailable => "A service this depends on does not answer; try again shortly.".to_owned(),
            _ => self.to_string(),
        }
    }

    /// The fields that were wrong, where that is known.
    fn fields(&self) -> Vec<FieldError> {
        Vec::new()
    }

    /// After how many seconds a retry makes sense, where that is known.
    fn retry_after(&self) -> Option<u32> {
        (self.kind() == Kind::Unavailable).then_some(2)
    }
}
