//! The progress bar of long commands.
use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error; hidden if standard error is not a terminal.
pub(super) fn progress_bar(total: u64) -> ProgressBar {
    let bar = ProgressBar::new(total);
    match ProgressStyle::with_template("[{bar:30}] {percent:>3} %  {msg}") {
        Ok(style) => bar.with_style(style.progress_chars("#>.")),
        Err(_) => bar,
    }
}
