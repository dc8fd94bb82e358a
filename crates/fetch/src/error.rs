//! Errors of image import.
use infravault_kernel::{DomainError, ErrorKind};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("Image import is disabled. The operator can enable it with `IMPORT_ENABLED`.")]
    Disabled,
    /// The URL is not allowed.
    #[error("The URL is not allowed: {0}.")]
    NotAllowed(&'static str),
    /// The download failed.
    #[error("The download failed: {0}.")]
    Failed(String),
    #[error("cannot create the HTTP client for imports")]
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
