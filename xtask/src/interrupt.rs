//! Ctrl-C and TERM: noted, not obeyed at once, so that everything started is stopped in order.

use crate::failure::{Explain as _, Failure, Outcome};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Whether somebody asked the command to stop.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From here on Ctrl-C only sets a flag. Children that run on the terminal still get the
    /// signal; children in process groups of their own are stopped by their guards.
    pub(crate) fn listen() -> Outcome<Self> {
        let flag = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&flag);
        ctrlc::set_handler(move || seen.store(true, Ordering::SeqCst))
            .explain(|| "listen for Ctrl-C".into())?;
        Ok(Self(flag))
    }

    /// Whether to stop now.
    pub(crate) fn requested(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Ends the command when somebody asked for it.
    pub(crate) fn check(&self) -> Outcome {
        if self.requested() {
            Err(Failure::new("interrupted"))
        } else {
            Ok(())
        }
    }
}
