//! Errors of the images context.
use crate::failure_code::FailureCode;
use deadpool_postgres::tokio_postgres;
use infravault_imaging::PrescanError;
use infravault_kernel::{AccessError, DomainError, ErrorKind, FieldError};
use std::sync::Arc;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] infravault_db::Error),
    #[error(transparent)]
    Objects(#[from] infravault_objects::Error),
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The resource does not exist, or the caller must not know that it does.
    #[error("The resource does not exist or you do not have access to it.")]
    NotFound,
    /// The caller can see the image, but only its owner may do this.
    #[error("{0}")]
    NotYours(&'static str),
    /// Invalid fields of a body.
    #[error("{}", sentence(.0))]
    Invalid(Vec<FieldError>),
    /// An invalid parameter of the path, the query or a header.
    #[error("`{}`: {}", .0.field, .0.detail)]
    Parameter(FieldError),
    /// The image is rejected.
    #[error(transparent)]
    Refused(#[from] PrescanError),
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(
        "The storage quota of {quota_bytes} bytes has no room for this image. Purge images from the trash, which count until then, or ask an administrator."
    )]
    QuotaExceeded { quota_bytes: i64 },
    #[error(transparent)]
    Idempotency(#[from] IdempotencyError),
    #[error(transparent)]
    Precondition(#[from] PreconditionError),
    #[error(transparent)]
    Rendition(#[from] RenditionError),
    #[error(transparent)]
    Upload(#[from] UploadError),
}

/// Why a rendition is not available. Concurrent requests for the same rendition share the error.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RenditionError {
    /// The image cannot be decoded. Only the owner may see the reason.
    #[error("{0}")]
    Undecodable(FailureCode),
    #[error("Too many images are being processed. Try again later.")]
    Busy,
    /// The rendition was not finished before the request timed out.
    #[error("The rendition is not ready yet. Try again later.")]
    StillMaking,
    #[error("The signature of this URL is invalid. Ask the owner of the image for a new URL.")]
    Signature,
    #[error("This URL has expired. Ask the owner of the image for a new URL.")]
    Expired,
    #[error("the sandbox is not available")]
    Sandbox(#[source] Arc<std::io::Error>),
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
            Error::Rendition(error) => error,
            error => Self::Making(Arc::new(error)),
        }
    }
}

impl From<infravault_sandbox::Error> for Error {
    fn from(error: infravault_sandbox::Error) -> Self {
        Self::Rendition(error.into())
    }
}

/// Why a body was not received.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    #[error("The connection was closed before the upload was complete.")]
    Interrupted,
    #[error(
        "The upload was slower than the minimum rate or took too long. Try again with a faster connection."
    )]
    TooSlow,
    /// The sweeper released the reservation, or the upload task ended unexpectedly.
    #[error("The upload was abandoned.")]
    Abandoned,
    #[error("An upload can have at most {limit} bytes.")]
    TooLarge { limit: u64 },
    /// The limit of concurrent uploads of the account.
    #[error("You have {limit} uploads in progress. Wait until one of them is complete.")]
    TooManyUploads { limit: usize },
    /// The limit of concurrent uploads of this process.
    #[error("Too many uploads are in progress. Try again later.")]
    Overloaded,
    /// The multipart form is malformed.
    #[error("{0}")]
    Malformed(String),
    #[error("The received bytes do not match `Repr-Digest` or `Content-Digest`. Send them again.")]
    DigestMismatch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdempotencyError {
    #[error("An upload with this `Idempotency-Key` is in progress. Try again later.")]
    InFlight,
    #[error("This `Idempotency-Key` was used for a different upload. Use a new key.")]
    Mismatch,
    /// The image of the earlier upload was deleted.
    #[error("The image uploaded with this `Idempotency-Key` was deleted. Use a new key to upload it again.")]
    Gone,
}

/// Why an upload session rejects a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    #[error("This upload has ended or expired. Create another one.")]
    Gone,
    /// Another request is making the image.
    #[error("This upload is being finished. Try again later.")]
    Busy,
    #[error("The offset of this upload is {received}. Continue there.")]
    OffsetMismatch { received: u64 },
    /// The stored bytes are incomplete, or differ from the announced ones.
    #[error("{0}")]
    Mismatch(String),
    #[error("The received bytes do not match `Upload-Checksum`. Send them again.")]
    ChecksumMismatch,
    #[error("This part is already stored.")]
    AlreadyStored,
    /// Too many open sessions, or too many parts.
    #[error("{0}")]
    LimitReached(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreconditionError {
    #[error(
        "`If-Match` is required. Send the `ETag` that you read, to avoid overwriting concurrent changes."
    )]
    Required,
    #[error(
        "The image was changed in the meantime. Read it again and repeat the request with its new `ETag`."
    )]
    Failed,
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Db(error.into())
    }
}

impl Error {
    /// A stored value is invalid.
    pub(crate) fn inconsistent(what: &str) -> Self {
        Self::Db(infravault_db::Error::Inconsistent(what.to_owned()))
    }
}

fn sentence(errors: &[FieldError]) -> String {
    let errors: Vec<String> = errors
        .iter()
        .map(|error| format!("`{}` {}", error.field, error.detail))
        .collect();
    errors.join("; ")
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
            Self::Body(error) => error.kind(),
            Self::Invalid(_) | Self::Refused(_) | Self::Idempotency(IdempotencyError::Mismatch) => {
                ErrorKind::Unprocessable
            }
            Self::Idempotency(_) => ErrorKind::Conflict,
            Self::Precondition(PreconditionError::Required) => ErrorKind::PreconditionRequired,
            Self::Precondition(PreconditionError::Failed) => ErrorKind::PreconditionFailed,
            Self::Rendition(error) => error.kind(),
            Self::Upload(error) => error.kind(),
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
            Self::Body(error) => error.code(),
            Self::QuotaExceeded { .. } => "storage-quota-exceeded",
            Self::Idempotency(IdempotencyError::InFlight) => "idempotency-in-flight",
            Self::Idempotency(IdempotencyError::Mismatch) => "idempotency-mismatch",
            Self::Idempotency(IdempotencyError::Gone) => "conflict",
            Self::Precondition(PreconditionError::Required) => "precondition-required",
            Self::Precondition(PreconditionError::Failed) => "precondition-failed",
            Self::Rendition(error) => error.code(),
            Self::Upload(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(errors) => errors.clone(),
            Self::Parameter(error) => vec![error.clone()],
            Self::Objects(error) => error.fields(),
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Db(error) => error.retry_after(),
            Self::Objects(error) => error.retry_after(),
            Self::Rendition(RenditionError::Making(error)) => error.retry_after(),
            Self::Rendition(error) => (error.kind() == ErrorKind::Unavailable).then_some(2),
            Self::Upload(error) => error.retry_after(),
            Self::Body(BodyError::Abandoned | BodyError::TooManyUploads { .. } | BodyError::Overloaded)
            | Self::Idempotency(IdempotencyError::InFlight) => Some(2),
            _ => None,
        }
    }
}

impl BodyError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Interrupted | Self::TooSlow | Self::Malformed(_) => ErrorKind::Invalid,
            Self::Abandoned | Self::Overloaded => ErrorKind::Unavailable,
            Self::TooManyUploads { .. } => ErrorKind::TooMany,
            Self::TooLarge { .. } => ErrorKind::TooLarge,
            Self::DigestMismatch => ErrorKind::Unprocessable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Interrupted => "invalid-request",
            Self::TooSlow => "request-timeout",
            Self::Malformed(_) => "malformed-multipart",
            Self::Abandoned => "dependency-unavailable",
            Self::TooManyUploads { .. } => "too-many-uploads",
            Self::Overloaded => "overloaded",
            Self::TooLarge { .. } => "payload-too-large",
            Self::DigestMismatch => "checksum-mismatch",
        }
    }
}

impl UploadError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Gone => ErrorKind::Gone,
            Self::Busy | Self::OffsetMismatch { .. } => ErrorKind::Conflict,
            Self::Mismatch(_) | Self::ChecksumMismatch => ErrorKind::Unprocessable,
            Self::AlreadyStored => ErrorKind::PreconditionFailed,
            Self::LimitReached(_) => ErrorKind::TooMany,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Gone => "upload-gone",
            Self::Busy => "upload-busy",
            Self::OffsetMismatch { .. } => "upload-offset-mismatch",
            Self::Mismatch(_) => "upload-mismatch",
            Self::ChecksumMismatch => "upload-checksum-mismatch",
            Self::AlreadyStored => "precondition-failed",
            Self::LimitReached(_) => "too-many-uploads",
        }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Busy => Some(1),
            Self::LimitReached(_) => Some(60),
            _ => None,
        }
    }
}
