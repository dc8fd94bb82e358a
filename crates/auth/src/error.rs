//! Errors of sign-in, sessions and API tokens.
use infravault_kernel::{AccessError, DomainError, ErrorKind, FieldError};

/// An error of the auth context.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The reason is in the log and the audit trail only, so that the sender of a forged callback learns nothing.
    #[error("the sign-in could not be completed; start again")]
    SignInFailed,
    #[error("the identity provider does not respond; try again later (existing sessions keep working)")]
    ProviderUnavailable,
    #[error("`return_to` must be a path on this site, such as /gallery")]
    InvalidReturnTo,
    #[error("the token is malformed, forged or expired; refresh it or sign in again")]
    InvalidToken,
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The refresh token was used within the last ten seconds, usually by another tab.
    #[error("this session was refreshed a moment ago; repeat the request with the new tokens")]
    RefreshConflict,
    #[error("the resource does not exist or you do not have access to it")]
    NotFound,
    #[error("some fields are invalid")]
    Invalid(Vec<FieldError>),
    #[error("this account already has {0} API tokens; revoke one first")]
    TooManyTokens(u32),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Db(#[from] infravault_db::Error),
    /// The signing keys, the HTTP client or a provider cannot be set up.
    #[error("{0}")]
    Setup(String, #[source] Option<Box<dyn std::error::Error + Send + Sync>>),
}

/// Why a session cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// The idle or absolute lifetime is over, the account is suspended, or the session never existed.
    #[error("the session has expired; sign in again")]
    Expired,
    /// The owner ended the session, or a refresh token was reused.
    #[error("the session was revoked; sign in again")]
    Revoked,
    #[error("this requires a recent sign-in; sign in again and repeat the request")]
    ReauthenticationRequired,
}

impl Error {
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
            Self::ReauthenticationRequired => "reauthentication-required",
        }
    }
}

impl DomainError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::SignInFailed | Self::InvalidReturnTo => ErrorKind::Invalid,
            Self::ProviderUnavailable => ErrorKind::Unavailable,
            Self::InvalidToken => ErrorKind::Unauthenticated,
            Self::Session(error) => error.kind(),
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
            Self::SignInFailed => "sign-in-failed",
            Self::ProviderUnavailable => "sign-in-unavailable",
            Self::InvalidReturnTo => "invalid-return-to",
            Self::InvalidToken => "invalid-token",
            Self::Session(error) => error.code(),
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
            Self::Invalid(errors) => errors
                .iter()
                .map(|error| format!("`{}`: {}", error.field, error.detail))
                .collect::<Vec<_>>()
                .join("; "),
            Self::Db(error) => error.detail(),
            Self::Setup(..) => {
                "An internal error occurred. Use the request id to find it in the log.".to_owned()
            }
            _ => self.to_string(),
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(errors) => errors.clone(),
            Self::InvalidReturnTo => vec![FieldError::new("return_to", self)],
            _ => Vec::new(),
        }
    }
}
