//! What can go wrong with the queue, and with one job.
use infravault_kernel::{Failure, Kind};
use std::fmt;

/// A failure of the queue itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// PostgreSQL does not do what was asked.
    #[error(transparent)]
    Db(#[from] infravault_db::Error),
    /// The queue's schema could not be made.
    #[error("the schema of the queue cannot be made")]
    Install(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The queue's schema is missing or older than this binary.
    #[error("the schema of the queue is missing or outdated; run `infravault migrate up`")]
    NotInstalled,
    /// The queue stopped working.
    #[error("the queue stopped working")]
    Stopped(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Db(error.into())
    }
}

impl Failure for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Db(error) => error.kind(),
            Self::NotInstalled => Kind::Unavailable,
            Self::Install(_) | Self::Stopped(_) => Kind::Internal,
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

/// Why a job failed, and whether trying again may help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobError {
    reason: String,
    again: bool,
}

impl JobError {
    /// Something that may pass: the job is tried again later, until its attempts are used up.
    pub fn retry(reason: impl fmt::Display) -> Self {
        Self {
            reason: reason.to_string(),
            again: true,
        }
    }

    /// Something that will fail again: the job is kept as failed.
    pub fn last(reason: impl fmt::Display) -> Self {
        Self {
            reason: reason.to_string(),
            again: false,
        }
    }

    /// A failure of a use case, with its causes. What passes by itself, and what should not have happened, is tried
    /// again; what the use case refused stays refused.
    pub fn of(failure: &impl Failure) -> Self {
        let causes = std::iter::successors(std::error::Error::source(failure), |error| error.source());
        let reason = causes.fold(failure.to_string(), |text, cause| format!("{text}: {cause}"));
        Self {
            reason,
            again: matches!(failure.kind(), Kind::Unavailable | Kind::Internal),
        }
    }

    /// Whether trying again may help.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        self.again
    }
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for JobError {}
