//! The one error of the development commands: what went wrong, and what to do about it.

use std::fmt;

/// What every command returns.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// A failure for a person at a terminal.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    hint: Option<String>,
}

impl Failure {
    /// Says what went wrong, in one sentence.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }

    /// Adds what to do next, mostly a command to paste.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(out, "\n  help: {hint}"),
            None => Ok(()),
        }
    }
}

/// Turns a foreign error into a [`Failure`] that says what was being done.
pub(crate) trait Explain<T> {
    /// `doing` completes the sentence "cannot …".
    fn explain(self, doing: impl FnOnce() -> String) -> Outcome<T>;
}

impl<T, E: fmt::Display> Explain<T> for Result<T, E> {
    fn explain(self, doing: impl FnOnce() -> String) -> Outcome<T> {
        self.map_err(|error| Failure::new(format!("cannot {}: {error}", doing())))
    }
}
