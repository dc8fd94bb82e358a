//! The child of the tests: the one of the product, and one that only says what it would do.

use std::process::ExitCode;

fn main() -> ExitCode {
    infravault_sandbox::child()
}
