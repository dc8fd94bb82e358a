//! Why something is not fetched.
use infravault_kernel::{DomainError, ErrorKind};

/// Why something is not fetched, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operator has not switched it on.
    #[error(
        "This server does not fetch images from others; its operator can switch it on (`IMPORT_ENABLED`)."
    )]
    Disabled,
    /// The URL is not one that may be fetched.
    #[error("The address may not be fetched: {0}.")]
    NotAllowed(&'static str),
    /// The other server failed.
    #[error("The other server did not give the image: {0}.")]
    Failed(String),
    /// The client cannot be made.
    #[error("the HTTP client for other servers cannot be made")]
    Setup(#[source] reqwest::Error),
}

impl DomainError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Disabled => ErrorKind::Denied,
            Self::NotAllowed(_) | Self::Failed(_) => ErrorKind::Unprocessable,
            Self::Setup(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Disabled => "not-enabled",
            Self::NotAllowed(_) => "url-not-allowed",
            Self::Failed(_) => "import-failed",
            Self::Setup(_) => "internal",
        }
    }
}
