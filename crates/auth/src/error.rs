//! What can go wrong while proving who you are.
use infravault_kernel::{AccessError, DomainError, ErrorKind, FieldError};

/// A failure of sign-in, of a session, or of an API token.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A sign-in could not be completed. Why is in the audit trail and the log only.
    #[error("the sign-in could not be completed; start again")]
    LoginFailed,
    /// The identity provider does not answer.
    #[error("the identity provider does not answer; try again later, sessions go on working")]
    LoginUnavailable,
    /// The path to return to after sign-in is none of this site.
    #[error("`return_to` must be a path on this site, such as /gallery")]
    InvalidReturnTo,
    /// A bearer token or access cookie that this installation never made, or that has expired.
    #[error("the token is malformed, forged or expired; refresh it or sign in again")]
    InvalidToken,
    /// The session does not allow it.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The refresh token was used a moment ago, by another tab as a rule.
    #[error("this session was refreshed a moment ago; repeat the request with the new tokens")]
    RefreshConflict,
    /// No such provider, session or token, or none of the caller.
    #[error("there is nothing here that you may see")]
    NotFound,
    /// Fields that will not do.
    #[error("some fields will not do")]
    Invalid(Vec<FieldError>),
    /// The account has as many API tokens as it may have.
    #[error("this account already has {0} API tokens; revoke one first")]
    TooManyTokens(u32),
    /// The caller may not do this.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The database, or the credential that the request came with.
    #[error(transparent)]
    Db(#[from] infravault_db::Error),
    /// The keys or the HTTP client cannot be set up.
    #[error("{0}")]
    Setup(String, #[source] Option<Box<dyn std::error::Error + Send + Sync>>),
}

/// What is wrong with a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// It was idle or lived for too long, the account is suspended, or it never existed.
    #[error("the session has ended; sign in again")]
    Expired,
    /// It was ended, by its owner or because a refresh token came twice.
    #[error("the session was ended; sign in again")]
    Revoked,
    /// It is fine, but what was asked for needs a fresh sign-in.
    #[error("this needs a sign-in of the last minutes; sign in again and repeat")]
    NotFresh,
}

impl Error {
    /// A setup that cannot work.
    pub(crate) fn setup(
        message: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Setup(message.into(), Some(source.into()))
    }
}

impl From<deadpool_postgres::tokio_postgres::Error> for Error {
    fn from(error: deadpool_postgres::tokio_postgres::Error) -> Self {
        Self::Db(error.into())
    }
}

impl DomainError for SessionError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Unauthenticated
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Expired => "session-expired",
            Self::Revoked => "session-revoked",
            Self::NotFresh => "reauthentication-required",
        }
    }
}

impl DomainError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::LoginFailed | Self::InvalidReturnTo => ErrorKind::Invalid,
            Self::LoginUnavailable => ErrorKind::Unavailable,
            Self::InvalidToken => ErrorKind::Unauthenticated,
            Self::Session(fault) => fault.kind(),
            Self::RefreshConflict | Self::TooManyTokens(_) => ErrorKind::Conflict,
            Self::NotFound => ErrorKind::NotFound,
            Self::Invalid(_) => ErrorKind::Unprocessable,
            Self::Access(error) => error.kind(),
            Self::Db(error) => error.kind(),
            Self::Setup(..) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::LoginFailed => "sign-in-failed",
            Self::LoginUnavailable => "sign-in-unavailable",
            Self::InvalidReturnTo => "invalid-return-to",
            Self::InvalidToken => "invalid-token",
            Self::Session(fault) => fault.code(),
            Self::RefreshConflict => "refresh-conflict",
            Self::NotFound => "not-found",
            Self::Invalid(_) => "validation-failed",
            Self::TooManyTokens(_) => "conflict",
            Self::Access(error) => error.code(),
            Self::Db(error) => error.code(),
            Self::Setup(..) => "internal",
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Invalid(faults) => faults
                .iter()
                .map(|fault| format!("`{}`: {}", fault.field, fault.detail))
                .collect::<Vec<_>>()
                .join("; "),
            Self::Db(error) => error.detail(),
            Self::Setup(..) => {
                "Something went wrong on our side; the request id helps to find it.".to_owned()
            }
            _ => self.to_string(),
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(faults) => faults.clone(),
            Self::InvalidReturnTo => vec![FieldError::new("return_to", self)],
            _ => Vec::new(),
        }
    }
}
