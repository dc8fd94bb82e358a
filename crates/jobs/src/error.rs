//! Errors of the queue and of single jobs.
use infravault_kernel::{DomainError, ErrorKind, error_chain};
use std::fmt;

/// An error of the queue itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] infravault_db::Error),
    #[error("cannot create the schema of the queue")]
    Install(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the schema of the queue is missing or outdated; run `infravault migrate up`")]
    NotInstalled,
    #[error("the queue stopped unexpectedly")]
    Stopped(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Db(error.into())
    }
}

impl DomainError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Db(error) => error.kind(),
            Self::NotInstalled => ErrorKind::Unavailable,
            Self::Install(_) | Self::Stopped(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Db(error) => error.code(),
            Self::NotInstalled => "dependency-unavailable",
            Self::Install(_) | Self::Stopped(_) => "internal",
        }
    }
}

/// The error of a failed job, and whether a retry may succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobError {
    reason: String,
    retryable: bool,
}

impl JobError {
    /// A transient error: the job is retried until its attempts are used up.
    pub fn retryable(reason: impl fmt::Display) -> Self {
        Self {
            reason: reason.to_string(),
            retryable: true,
        }
    }

    /// A permanent error: the job fails without another attempt.
    pub fn permanent(reason: impl fmt::Display) -> Self {
        Self {
            reason: reason.to_string(),
            retryable: false,
        }
    }

    /// Converts the error of a use case, with its sources. Only unavailable dependencies and internal errors are retried.
    pub fn from_domain_error(error: &(impl DomainError + 'static)) -> Self {
        Self {
            reason: error_chain(error),
            retryable: matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Internal),
        }
    }

    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.retryable
    }
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for JobError {}
