//! Database errors.
use infravault_kernel::{DomainError, ErrorKind};
use tokio_postgres::error::SqlState;

/// An error of the database, or of the credential of a transaction.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection is available, or it broke.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A statement failed.
    #[error("a statement failed")]
    Query(#[source] tokio_postgres::Error),
    /// The session or API token was revoked, has expired or does not exist.
    #[error("your session has ended; sign in again")]
    CredentialEnded,
    /// The account is suspended.
    #[error("this account is suspended; ask an administrator")]
    AccountSuspended,
    /// A stored value is invalid.
    #[error("a stored value is invalid: {0}")]
    Inconsistent(String),
    /// The configuration is invalid.
    #[error("{0}")]
    Config(String),
    /// A migration cannot be applied or reverted.
    #[error("{0}")]
    Migration(String, #[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// `pg_dump` or `pg_restore` failed.
    #[error("{program} failed: {stderr}")]
    Program {
        /// The program's name.
        program: &'static str,
        /// Its error output.
        stderr: String,
    },
}

impl Error {
    pub(crate) fn unavailable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.code() {
            None if error.is_closed() || is_io(&error) => Self::unavailable(error),
            Some(code) if is_transient(code) => Self::unavailable(error),
            _ => Self::Query(error),
        }
    }
}

/// The name of the constraint that a statement violated. Contexts map it to their own errors.
#[must_use]
pub fn constraint(error: &tokio_postgres::Error) -> Option<&str> {
    error.as_db_error()?.constraint()
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// Errors that end without intervention: the server stops, starts, recovers or is full, or a statement timed out.
fn is_transient(code: &SqlState) -> bool {
    let class = code.code().get(..2).unwrap_or_default();
    matches!(class, "08" | "53" | "57" | "58")
        || *code == SqlState::READ_ONLY_SQL_TRANSACTION
        || *code == SqlState::LOCK_NOT_AVAILABLE
        || *code == SqlState::T_R_DEADLOCK_DETECTED
        // One of several pipelined statements failed, and the result of a later one was read first.
        || *code == SqlState::IN_FAILED_SQL_TRANSACTION
}

impl DomainError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unavailable(_) => ErrorKind::Unavailable,
            Self::CredentialEnded => ErrorKind::Unauthenticated,
            Self::AccountSuspended => ErrorKind::Denied,
            Self::Query(_)
            | Self::Inconsistent(_)
            | Self::Config(_)
            | Self::Migration(..)
            | Self::Program { .. } => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "dependency-unavailable",
            Self::CredentialEnded => "session-expired",
            Self::AccountSuspended => "account-suspended",
            Self::Query(_)
            | Self::Inconsistent(_)
            | Self::Config(_)
            | Self::Migration(..)
            | Self::Program { .. } => "internal",
        }
    }
}
