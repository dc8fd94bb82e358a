//! Errors of the users context.
use infravault_kernel::{AccessError, AccountId, CursorError, DomainError, ErrorKind, FieldError};

/// An error of the users context.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] infravault_db::Error),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error("the account does not exist or you do not have access to it")]
    NotFound,
    #[error("sign-up is disabled; ask an administrator")]
    SignUpDisabled,
    #[error("some fields are invalid: {}", field_names(.0))]
    Invalid(Vec<FieldError>),
    #[error("`cursor` {0}")]
    Cursor(CursorError),
    #[error("you cannot change your own role or state; ask another administrator")]
    OwnRoleOrState,
    #[error("this is the last active administrator; grant the role to another account first")]
    LastAdministrator,
    #[error("the account has changed since you read it; read it again")]
    VersionMismatch,
    #[error("no account has the e-mail address {0}")]
    UnknownEmail(String),
    #[error("several accounts have the e-mail address {email}; use one of the ids {}", ids(.accounts))]
    AmbiguousEmail {
        email: String,
        /// At most 20.
        accounts: Vec<AccountId>,
    },
}

fn field_names(errors: &[FieldError]) -> String {
    let names: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
    names.join(", ")
}

fn ids(accounts: &[AccountId]) -> String {
    let ids: Vec<String> = accounts.iter().map(ToString::to_string).collect();
    ids.join(", ")
}

impl Error {
    /// Converts the violation of a known constraint to a field error.
    pub(crate) fn from_statement(error: tokio_postgres::Error) -> Self {
        let (field, detail) = match infravault_db::constraint(&error) {
            Some("accounts_email_length") => ("email", "must have 3 to 320 characters"),
            Some("accounts_preferences_size") => ("preferences", "must be smaller"),
            _ => return Self::Db(error.into()),
        };
        Self::Invalid(vec![FieldError::new(field, detail)])
    }
}

impl DomainError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Db(error) => error.kind(),
            Self::Access(error) => error.kind(),
            Self::NotFound | Self::UnknownEmail(_) => ErrorKind::NotFound,
            Self::SignUpDisabled | Self::OwnRoleOrState => ErrorKind::Denied,
            Self::Invalid(_) => ErrorKind::Unprocessable,
            Self::Cursor(_) => ErrorKind::Invalid,
            Self::LastAdministrator | Self::AmbiguousEmail { .. } => ErrorKind::Conflict,
            Self::VersionMismatch => ErrorKind::PreconditionFailed,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Db(error) => error.code(),
            Self::Access(error) => error.code(),
            Self::NotFound | Self::UnknownEmail(_) => "not-found",
            Self::SignUpDisabled => "sign-up-disabled",
            Self::OwnRoleOrState => "forbidden",
            Self::Invalid(_) => "validation-failed",
            Self::Cursor(_) => "invalid-parameter",
            Self::LastAdministrator => "last-administrator",
            Self::AmbiguousEmail { .. } => "conflict",
            Self::VersionMismatch => "precondition-failed",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(errors) => errors.clone(),
            Self::Cursor(error) => vec![FieldError::new("cursor", error)],
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Db(error) => error.retry_after(),
            _ => None,
        }
    }
}
