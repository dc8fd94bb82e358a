//! The one error of the development commands: what went wrong, and what to do about it.

use std::fmt;

/// What every command returns.
pub type Outcome<T = ()> = Result<T, CommandError>;

/// An error for a person at a terminal.
#[derive(Debug)]
pub struct CommandError {
    message: String,
    hint: Option<String>,
}

impl CommandError {
    /// `message` is one sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }

    /// Adds what to do next, mostly a command to paste.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl std::error::Error for CommandError {}

impl fmt::Display for CommandError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(out, "\n  help: {hint}"),
            None => Ok(()),
        }
    }
}

/// Turns any error into a [`CommandError`] that says what was being done.
pub trait Explain<T> {
    /// `doing` completes the sentence "cannot …".
    fn explain(self, doing: impl FnOnce() -> String) -> Outcome<T>;
}

impl<T, E: fmt::Display> Explain<T> for Result<T, E> {
    fn explain(self, doing: impl FnOnce() -> String) -> Outcome<T> {
        self.map_err(|error| CommandError::new(format!("cannot {}: {error}", doing())))
    }
}
