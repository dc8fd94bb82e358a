//! Ctrl-C and TERM set a flag, so that everything that was started is stopped in order.

use crate::error::{CommandError, Explain as _, Outcome};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Whether the command was asked to stop.
#[derive(Debug, Clone)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From here on Ctrl-C only sets a flag. Children that run on the terminal still get the
    /// signal; children in process groups of their own are stopped by their guards.
    pub fn listen() -> Outcome<Self> {
        let flag = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&flag);
        ctrlc::set_handler(move || seen.store(true, Ordering::SeqCst))
            .explain(|| "listen for Ctrl-C".into())?;
        Ok(Self(flag))
    }

    /// Whether to stop now.
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Fails if the command was asked to stop.
    pub fn check(&self) -> Outcome {
        if self.requested() {
            Err(CommandError::new("interrupted"))
        } else {
            Ok(())
        }
    }
}
