//! The program `infravault`, built with the places where it dies when it is told to.
use std::process::ExitCode;

fn main() -> ExitCode {
    infravault_api::cli::run()
}
