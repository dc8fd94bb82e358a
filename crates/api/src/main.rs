//! The program `infravault`.
use std::process::ExitCode;

fn main() -> ExitCode {
    infravault_api::cli::run()
}
