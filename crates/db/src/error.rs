//! What can go wrong between here and PostgreSQL.
use infravault_kernel::{Failure, Kind};
use tokio_postgres::error::SqlState;

/// A failure of the database, or of the credential that a transaction was begun with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection could be had, or it broke.
    #[error("the database does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A statement failed.
    #[error("a statement failed")]
    Query(#[source] tokio_postgres::Error),
    /// The session or API token was revoked, has expired or never existed.
    #[error("your sign-in has ended; sign in again")]
    CredentialEnded,
    /// The account is suspended.
    #[error("this account is suspended; ask an administrator")]
    AccountSuspended,
    /// A stored value cannot be read.
    #[error("a stored value cannot be read: {0}")]
    Inconsistent(String),
    /// The configuration cannot work.
    #[error("{0}")]
    Config(String),
    /// A migration cannot be applied or taken back.
    #[error("{0}")]
    Migration(String, #[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// One of PostgreSQL's own programs failed.
    #[error("{program} failed: {said}")]
    Program {
        /// Its name.
        program: &'static str,
        /// What it said.
        said: String,
    },
}

impl Error {
    /// A failure to connect.
    pub(crate) fn unavailable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.code() {
            None if error.is_closed() || is_io(&error) => Self::unavailable(error),
            Some(code) if is_passing(code) => Self::unavailable(error),
            _ => Self::Query(error),
        }
    }
}

/// The name of the constraint that a statement violated, so that a context can turn it into its own error.
#[must_use]
pub fn constraint(error: &tokio_postgres::Error) -> Option<&str> {
    error.as_db_error()?.constraint()
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// Faults that pass by themselves: the server stops, starts, recovers, is full, or a statement took too long.
fn is_passing(code: &SqlState) -> bool {
    let class = code.code().get(..2).unwrap_or_default();
    matches!(class, "08" | "53" | "57" | "58")
        || *code == SqlState::READ_ONLY_SQL_TRANSACTION
        || *code == SqlState::LOCK_NOT_AVAILABLE
        || *code == SqlState::T_R_DEADLOCK_DETECTED
        // Of statements that were sent together one failed, and another one's answer was seen first.
        || *code == SqlState::IN_FAILED_SQL_TRANSACTION
}

impl Failure for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Unavailable(_) => Kind::Unavailable,
            Self::CredentialEnded => Kind::Unauthenticated,
            Self::AccountSuspended => Kind::Denied,
            Self::Query(_)
            | Self::Inconsistent(_)
            | Self::Config(_)
            | Self::Migration(..)
            | Self::Program { .. } => Kind::Internal,
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
