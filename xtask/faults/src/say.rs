//! What the suite prints: the table to standard output, progress to standard error.

use std::io::Write as _;

/// Prints a line of the result.
pub(crate) fn line(text: &str) {
    // A closed pipe (`| head`) is no reason to leave servers behind.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Says what is being done, for the one who waits.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "    {text}");
}
