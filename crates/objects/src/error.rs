//! What can go wrong with bytes in a store.
use infravault_kernel::{DomainError, ErrorKind, FieldError};
use std::io;

/// Any cause, kept for the log.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why an object could not be received, stored, read or deleted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row names an object that is not there.
    #[error("no object is stored under {0}")]
    Missing(String),
    /// The stored bytes are not the ones that were stored: wrong length, cut, unreadable.
    #[error("the object {key} {fault}")]
    Corrupt {
        /// The object's path.
        key: String,
        /// What is wrong, as the end of a sentence.
        fault: String,
    },
    /// Other bytes are stored under a key that is written once.
    #[error("other bytes are already stored under {0}")]
    Conflict(String),
    /// The range asked for lies outside the object.
    #[error("the range lies outside of the {len} bytes that there are")]
    OutOfRange {
        /// The object's length in bytes.
        len: u64,
    },
    /// More bytes came than allowed.
    #[error("the body is larger than {limit} bytes")]
    TooLarge {
        /// How many bytes would do.
        limit: u64,
    },
    /// No bytes came.
    #[error("the body is empty")]
    Empty,
    /// The uploads in progress fill `SPOOL_MAX_BYTES`.
    #[error("the uploads in progress leave no room in the spool")]
    Busy,
    /// The disk, or the quota on it, is full.
    #[error("the disk is full")]
    Full(#[source] io::Error),
    /// The store did not answer, or answered that it cannot.
    #[error("could not {doing}")]
    Unavailable {
        /// What was tried, as an infinitive.
        doing: &'static str,
        /// Why it failed.
        #[source]
        source: BoxError,
    },
    /// The configuration cannot be used.
    #[error("{0}")]
    Config(String),
}

impl Error {
    pub(crate) fn unavailable(doing: &'static str, source: impl Into<BoxError>) -> Self {
        Self::Unavailable {
            doing,
            source: source.into(),
        }
    }

    pub(crate) fn corrupt(key: &str, fault: impl Into<String>) -> Self {
        Self::Corrupt {
            key: key.to_owned(),
            fault: fault.into(),
        }
    }

    /// Tells a full disk from other failures.
    pub(crate) fn io(doing: &'static str, error: impl Into<io::Error>) -> Self {
        let error = error.into();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(error),
            _ => Self::unavailable(doing, error),
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

/// Runs file calls on a thread that may wait.
pub(crate) async fn blocking<T: Send + 'static>(
    doing: &'static str,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::unavailable(doing, error))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_failures() {
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
