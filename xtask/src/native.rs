//! What builds the C and assembler parts of the image codecs; installed by apt-get where that is possible.

use std::{env, path::Path, process::Command};
use xtask_support::{CommandError, Outcome, console, process};

/// Programs and the Debian packages that bring them. The assembler is for x86-64 only: elsewhere the C compiler takes
/// its place.
const NEEDED: &[(&str, &str)] = &[
    ("cc", "gcc"),
    ("make", "make"),
    ("cmake", "cmake"),
    ("nasm", "nasm"),
];

/// Makes sure that everything is there before Cargo starts a build that would fail late.
pub(crate) fn ensure() -> Outcome {
    let missing: Vec<&str> = NEEDED
        .iter()
        .filter(|(program, _)| *program != "nasm" || cfg!(target_arch = "x86_64"))
        .filter(|(program, _)| !is_on_path(program))
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    if !is_on_path("apt-get") || process::capture(Command::new("id").arg("-u"))?.trim() != "0" {
        return Err(
            CommandError::new(format!("the image codecs cannot be built: {packages} missing"))
                .hint(format!("apt-get install {packages}")),
        );
    }
    console::step(&format!(
        "apt-get install {packages}, which build the image codecs"
    ));
    process::quietly(Command::new("apt-get").args(["update", "-qq"]))?;
    let mut install = Command::new("apt-get");
    install
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(missing);
    process::quietly(&mut install)
}

fn is_on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| Path::new(&folder).join(program).is_file())
}
