//! What can go wrong with images.
use crate::UploadError;
use deadpool_postgres::tokio_postgres;
use infravault_imaging::PrescanError;
use infravault_kernel::{AccessError, DomainError, ErrorKind, FieldError};
use std::sync::Arc;

/// A failure of a use case of this context.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed, or the credential is no good any more.
    #[error(transparent)]
    Db(#[from] infravault_db::Error),
    /// The object store failed.
    #[error(transparent)]
    Objects(#[from] infravault_objects::Error),
    /// The caller may not do this at all.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// There is no such image, or none that the caller may know of.
    #[error("There is nothing here that you may see.")]
    NotFound,
    /// The caller may see the image, but this is for its owner.
    #[error("{0}")]
    NotYours(&'static str),
    /// Fields of a body that will not do.
    #[error("{}", sentence(.0))]
    Invalid(Vec<FieldError>),
    /// A parameter of the path, the query or a header that will not do.
    #[error("`{}`: {}", .0.field, .0.detail)]
    Parameter(FieldError),
    /// The image is refused.
    #[error(transparent)]
    Refused(#[from] PrescanError),
    /// The body did not arrive as it should.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The account has no room for it.
    #[error(
        "The account may store {quota_bytes} bytes and has no room for this image. Purge images from the trash, where they still count, or ask an administrator."
    )]
    QuotaExceeded {
        /// What the account may store, in bytes.
        quota_bytes: i64,
    },
    /// The idempotency key cannot be used like this.
    #[error(transparent)]
    Idempotency(#[from] IdempotencyError),
    /// A condition of the request is missing or does not hold.
    #[error(transparent)]
    Precondition(#[from] PreconditionError),
    /// A rendition cannot be given.
    #[error(transparent)]
    Rendition(#[from] RenditionError),
    /// An open upload does not allow it.
    #[error(transparent)]
    Upload(#[from] UploadError),
}

/// Why a rendition cannot be given. All who wait for it are told the same.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RenditionError {
    /// Nothing can be made of the image. The text is for its owner.
    #[error("{0}")]
    Undecodable(String),
    /// Too many wait already.
    #[error("Too many images are being worked on; try again in a moment.")]
    Busy,
    /// It takes longer than a request waits.
    #[error("The image is still being made; try again in a moment.")]
    StillMaking,
    /// The address was not signed by us, or was changed.
    #[error("This address was not signed, or was changed since; ask the image's owner for another one.")]
    Signature,
    /// The address does not hold any more.
    #[error("This address has expired; ask the image's owner for another one.")]
    Expired,
    /// The processes that decode images do not work.
    #[error("the sandbox does not work")]
    Sandbox(#[source] Arc<std::io::Error>),
    /// Something else failed while it was made.
    #[error("{0}")]
    Making(Arc<Error>),
}

impl RenditionError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Undecodable(_) => ErrorKind::Unprocessable,
            Self::Busy | Self::StillMaking | Self::Sandbox(_) => ErrorKind::Unavailable,
            Self::Signature | Self::Expired => ErrorKind::Denied,
            Self::Making(error) => error.kind(),
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Undecodable(_) => "image-undecodable",
            Self::Busy | Self::StillMaking => "overloaded",
            Self::Sandbox(_) => "dependency-unavailable",
            Self::Signature => "invalid-signature",
            Self::Expired => "url-expired",
            Self::Making(error) => error.code(),
        }
    }
}

impl From<Error> for RenditionError {
    fn from(error: Error) -> Self {
        match error {
            Error::Rendition(fault) => fault,
            error => Self::Making(Arc::new(error)),
        }
    }
}

impl From<infravault_sandbox::Error> for Error {
    fn from(error: infravault_sandbox::Error) -> Self {
        Self::Rendition(error.into())
    }
}

/// Why a body did not arrive as it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The client went away, or the connection broke.
    #[error("The upload broke off before its end.")]
    Interrupted,
    /// Too few bytes came for too long.
    #[error("The upload came too slowly; send it again over a better connection.")]
    TooSlow,
    /// It took so long that its place was given up, or the database forgot it.
    #[error("The upload was given up before it ended")]
    GivenUp,
    /// More bytes were announced or came than permitted.
    #[error("An image may have {limit} bytes.")]
    TooLarge {
        /// How many bytes would do.
        limit: u64,
    },
    /// The account sends too many at once.
    #[error("You are sending {most} images at once already; send the next when one is done.")]
    TooMany {
        /// How many would do.
        most: usize,
    },
    /// Everybody together sends too many at once.
    #[error("Too many images are being sent at once; try again in a moment.")]
    Crowded,
    /// The form around the file is broken.
    #[error("{0}")]
    Malformed(String),
    /// The bytes are not those whose digest the client sent.
    #[error(
        "The bytes that arrived are not those that `Repr-Digest` or `Content-Digest` names; send them again."
    )]
    DigestMismatch,
}

/// Why an idempotency key cannot be used like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdempotencyError {
    /// An upload with this key is under way.
    #[error("An upload with this `Idempotency-Key` is still under way; try again shortly.")]
    InFlight,
    /// The key was used for something else.
    #[error("This `Idempotency-Key` was used for another upload; use a new one.")]
    Mismatch,
    /// The image that the key made has been deleted.
    #[error("The image that this `Idempotency-Key` made has been deleted; use a new key to upload it again.")]
    Gone,
}

/// Why a conditional request is not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreconditionError {
    /// Changes need a condition.
    #[error("Send `If-Match` with the `ETag` you read, so that nobody's change is lost.")]
    Required,
    /// The image is of another version.
    #[error("The image was changed meanwhile; read it again and repeat with the new `ETag`.")]
    Failed,
    /// The range lies outside.
    #[error("The range lies outside of the {len} bytes that there are.")]
    Range {
        /// The size of the original in bytes.
        len: u64,
    },
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Db(error.into())
    }
}

impl Error {
    /// A stored value that cannot be read.
    pub(crate) fn inconsistent(what: &str) -> Self {
        Self::Db(infravault_db::Error::Inconsistent(what.to_owned()))
    }
}

fn sentence(faults: &[FieldError]) -> String {
    let faults: Vec<String> = faults
        .iter()
        .map(|fault| format!("`{}` {}", fault.field, fault.detail))
        .collect();
    faults.join("; ")
}

impl DomainError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Db(error) => error.kind(),
            Self::Objects(error) => error.kind(),
            Self::Access(error) => error.kind(),
            Self::NotFound => ErrorKind::NotFound,
            Self::NotYours(_) | Self::QuotaExceeded { .. } => ErrorKind::Denied,
            Self::Parameter(_) => ErrorKind::Invalid,
            Self::Refused(PrescanError::Unsupported(_)) => ErrorKind::UnsupportedType,
            Self::Refused(PrescanError::Io(_)) => ErrorKind::Internal,
            Self::Body(fault) => fault.kind(),
            Self::Invalid(_) | Self::Refused(_) | Self::Idempotency(IdempotencyError::Mismatch) => {
                ErrorKind::Unprocessable
            }
            Self::Idempotency(_) => ErrorKind::Conflict,
            Self::Precondition(PreconditionError::Required) => ErrorKind::PreconditionRequired,
            Self::Precondition(PreconditionError::Failed) => ErrorKind::PreconditionFailed,
            Self::Precondition(PreconditionError::Range { .. }) => ErrorKind::RangeNotSatisfiable,
            Self::Rendition(fault) => fault.kind(),
            Self::Upload(fault) => fault.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Db(error) => error.code(),
            Self::Objects(error) => error.code(),
            Self::Access(error) => error.code(),
            Self::NotFound => "not-found",
            Self::NotYours(_) => "forbidden",
            Self::Invalid(_) => "validation-failed",
            Self::Parameter(_) => "invalid-parameter",
            Self::Refused(refusal) => refusal.code(),
            Self::Body(fault) => fault.code(),
            Self::QuotaExceeded { .. } => "storage-quota-exceeded",
            Self::Idempotency(IdempotencyError::InFlight) => "idempotency-in-flight",
            Self::Idempotency(IdempotencyError::Mismatch) => "idempotency-mismatch",
            Self::Idempotency(IdempotencyError::Gone) => "conflict",
            Self::Precondition(PreconditionError::Required) => "precondition-required",
            Self::Precondition(PreconditionError::Failed) => "precondition-failed",
            Self::Precondition(PreconditionError::Range { .. }) => "range-not-satisfiable",
            Self::Rendition(fault) => fault.code(),
            Self::Upload(fault) => fault.code(),
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(faults) => faults.clone(),
            Self::Parameter(fault) => vec![fault.clone()],
            Self::Objects(error) => error.fields(),
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Db(error) => error.retry_after(),
            Self::Objects(error) => error.retry_after(),
            Self::Rendition(RenditionError::Making(error)) => error.retry_after(),
            Self::Rendition(fault) => (fault.kind() == ErrorKind::Unavailable).then_some(2),
            Self::Upload(fault) => fault.retry_after(),
            Self::Body(BodyError::GivenUp | BodyError::TooMany { .. } | BodyError::Crowded)
            | Self::Idempotency(IdempotencyError::InFlight) => Some(2),
            _ => None,
        }
    }
}

impl BodyError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Interrupted | Self::TooSlow | Self::Malformed(_) => ErrorKind::Invalid,
            Self::GivenUp | Self::Crowded => ErrorKind::Unavailable,
            Self::TooMany { .. } => ErrorKind::TooMany,
            Self::TooLarge { .. } => ErrorKind::TooLarge,
            Self::DigestMismatch => ErrorKind::Unprocessable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Interrupted => "invalid-request",
            Self::TooSlow => "request-timeout",
            Self::Malformed(_) => "malformed-multipart",
            Self::GivenUp => "dependency-unavailable",
            Self::TooMany { .. } => "too-many-uploads",
            Self::Crowded => "overloaded",
            Self::TooLarge { .. } => "payload-too-large",
            Self::DigestMismatch => "checksum-mismatch",
        }
    }
}
