//! The sandbox worker process of the tests.

use std::process::ExitCode;

fn main() -> ExitCode {
    infravault_sandbox::worker_main()
}
