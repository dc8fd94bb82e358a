//! What can go wrong with accounts.
use infravault_kernel::{AccessError, AccountId, CursorError, DomainError, ErrorKind, FieldError};

/// A failure of the users context.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database, or the credential that the transaction was begun with.
    #[error(transparent)]
    Db(#[from] infravault_db::Error),
    /// The caller may not do this.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// There is no such account, or none that the caller may know of.
    #[error("there is no such account")]
    NotFound,
    /// The installation takes no new accounts.
    #[error("this installation takes no new accounts; ask an administrator")]
    SignupDisabled,
    /// Fields that will not do.
    #[error("some fields will not do: {}", names(.0))]
    Invalid(Vec<FieldError>),
    /// The cursor belongs to another list.
    #[error("`cursor` {0}")]
    Cursor(CursorError),
    /// Somebody would change the own role or suspend the own account.
    #[error("nobody changes the own role or state; ask another administrator")]
    OwnAccount,
    /// No active administrator would be left.
    #[error("this is the last active administrator; appoint another one first")]
    LastAdministrator,
    /// The account is no longer the version that the caller read.
    #[error("the account was changed meanwhile; read it again")]
    VersionChanged,
    /// Nobody has this e-mail address.
    #[error("nobody has signed in with {0} yet")]
    UnknownEmail(String),
    /// Several accounts share the e-mail address, which names nobody then.
    #[error("several accounts share {email}; name one by its id: {}", ids(.accounts))]
    AmbiguousEmail {
        /// The address.
        email: String,
        /// The accounts, at most twenty.
        accounts: Vec<AccountId>,
    },
}

fn names(faults: &[FieldError]) -> String {
    let names: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    names.join(", ")
}

fn ids(accounts: &[AccountId]) -> String {
    let ids: Vec<String> = accounts.iter().map(ToString::to_string).collect();
    ids.join(", ")
}

impl Error {
    /// A failed statement, as what the violated constraint means.
    pub(crate) fn from_statement(error: tokio_postgres::Error) -> Self {
        let (field, detail) = match infravault_db::constraint(&error) {
            Some("accounts_email_length") => ("email", "must have 3 to 320 characters"),
            Some("accounts_preferences_size") => ("preferences", "take too much room"),
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
            Self::SignupDisabled | Self::OwnAccount => ErrorKind::Denied,
            Self::Invalid(_) => ErrorKind::Unprocessable,
            Self::Cursor(_) => ErrorKind::Invalid,
            Self::LastAdministrator | Self::AmbiguousEmail { .. } => ErrorKind::Conflict,
            Self::VersionChanged => ErrorKind::PreconditionFailed,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Db(error) => error.code(),
            Self::Access(error) => error.code(),
            Self::NotFound | Self::UnknownEmail(_) => "not-found",
            Self::SignupDisabled => "signup-disabled",
            Self::OwnAccount => "forbidden",
            Self::Invalid(_) => "validation-failed",
            Self::Cursor(_) => "invalid-parameter",
            Self::LastAdministrator => "last-administrator",
            Self::AmbiguousEmail { .. } => "conflict",
            Self::VersionChanged => "precondition-failed",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(faults) => faults.clone(),
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
