//! Errors of the object store.
use infravault_kernel::{DomainError, ErrorKind, FieldError};
use std::io;

/// Any error, for the log.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An object could not be received, stored, read or deleted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A referenced object does not exist.
    #[error("the object {0} does not exist")]
    Missing(String),
    /// The stored bytes differ from the recorded ones, or cannot be read.
    #[error("the object {key} {reason}")]
    Corrupt {
        /// The object's path.
        key: String,
        /// The problem, as a predicate.
        reason: String,
    },
    /// The key already has an object with other bytes.
    #[error("the object {0} already exists with other bytes")]
    Conflict(String),
    /// The requested range lies outside the object.
    #[error("the range lies outside the {len} bytes of the object")]
    OutOfRange {
        /// The object's length in bytes.
        len: u64,
    },
    /// The body exceeds the limit.
    #[error("the body is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The body is empty.
    #[error("the body is empty")]
    Empty,
    /// The uploads in progress have used up `SPOOL_MAX_BYTES`.
    #[error("the spool is full of uploads in progress")]
    Busy,
    /// The disk or the disk quota is full.
    #[error("the disk is full")]
    Full(#[source] io::Error),
    /// The store did not respond, or responded with an error.
    #[error("could not {operation}")]
    Unavailable {
        /// The operation, as an infinitive.
        operation: &'static str,
        /// The cause.
        #[source]
        source: BoxError,
    },
    /// The configuration is invalid.
    #[error("{0}")]
    Config(String),
}

impl Error {
    pub(crate) fn unavailable(operation: &'static str, source: impl Into<BoxError>) -> Self {
        Self::Unavailable {
            operation,
            source: source.into(),
        }
    }

    pub(crate) fn corrupt(key: &str, reason: impl Into<String>) -> Self {
        Self::Corrupt {
            key: key.to_owned(),
            reason: reason.into(),
        }
    }

    /// Separates full disks from other I/O errors.
    pub(crate) fn io(operation: &'static str, error: impl Into<io::Error>) -> Self {
        let error = error.into();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(error),
            _ => Self::unavailable(operation, error),
        }
    }
}

impl DomainError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing(_) | Self::Corrupt { .. } | Self::Conflict(_) | Self::Config(_) => {
                ErrorKind::Internal
            }
            Self::OutOfRange { .. } => ErrorKind::RangeNotSatisfiable,
            Self::TooLarge { .. } => ErrorKind::TooLarge,
            Self::Empty => ErrorKind::Unprocessable,
            Self::Busy | Self::Full(_) | Self::Unavailable { .. } => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) | Self::Corrupt { .. } | Self::Conflict(_) | Self::Config(_) => "internal",
            Self::OutOfRange { .. } => "range-not-satisfiable",
            Self::TooLarge { .. } => "payload-too-large",
            Self::Empty => "validation-failed",
            Self::Busy | Self::Full(_) | Self::Unavailable { .. } => "storage-unavailable",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Empty => vec![FieldError::new("file", "must not be empty")],
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Busy => Some(5),
            Self::Full(_) => Some(60),
            Self::Unavailable { .. } => Some(2),
            _ => None,
        }
    }
}

/// Runs blocking file operations on a blocking thread.
pub(crate) async fn run_blocking<T: Send + 'static>(
    operation: &'static str,
    operation_fn: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(operation_fn)
        .await
        .map_err(|error| Error::unavailable(operation, error))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_disk_is_a_separate_error() {
        for (errno, full) in [
            (rustix::io::Errno::NOSPC, true),
            (rustix::io::Errno::DQUOT, true),
            (rustix::io::Errno::IO, false),
        ] {
            let error = Error::io("write", errno);
            assert_eq!(matches!(error, Error::Full(_)), full, "{errno:?}");
            assert_eq!(
                (error.kind(), error.code()),
                (ErrorKind::Unavailable, "storage-unavailable")
            );
            assert!(error.retry_after().is_some());
        }
    }
}
