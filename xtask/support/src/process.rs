//! Runs programs and waits for them; errors name the package to install.

use crate::error::{CommandError, Explain as _, Outcome};
use std::{
    ffi::OsStr,
    fs::File,
    io,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Output, Stdio},
};

/// Which command installs a program that is missing, on Debian and its relatives.
const INSTALL: &[(&str, &str)] = &[
    ("python3", "apt-get install python3-pip"),
    ("pip", "apt-get install python3-pip"),
    ("npm", "apt-get install npm"),
    ("node", "apt-get install nodejs"),
    ("tar", "apt-get install tar zstd"),
    ("zstd", "apt-get install zstd"),
    ("git", "apt-get install git"),
    ("docker", "apt-get install docker.io docker-compose-v2"),
    ("cargo", "install Rust by rustup"),
];

/// Runs a command on this terminal.
pub fn run(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|error| missing(command, &error))?;
    check(command, status)
}

/// Runs a command silently; its output becomes part of the error.
pub fn quietly(command: &mut Command) -> Outcome {
    capture(command).map(|_| ())
}

/// Runs a command and returns its standard output.
pub fn capture(command: &mut Command) -> Outcome<String> {
    let output = output(command)?;
    if output.status.success() {
        return String::from_utf8(output.stdout).explain(|| format!("read the output of {}", shown(command)));
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let text = if errors.trim().is_empty() {
        String::from_utf8_lossy(&output.stdout)
    } else {
        errors
    };
    Err(CommandError::new(format!(
        "{} ended with {}\n{}",
        shown(command),
        output.status,
        last_lines(&text, 20)
    )))
}

/// Runs a command and returns its output and exit status.
pub fn output(command: &mut Command) -> Outcome<Output> {
    command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| missing(command, &error))
}

/// Runs a command with its output in a file.
pub fn logged(command: &mut Command, log: &Path) -> Outcome {
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder).explain(|| format!("create {}", folder.display()))?;
    }
    let file = File::create(log).explain(|| format!("create {}", log.display()))?;
    let errors = file.try_clone().explain(|| format!("open {}", log.display()))?;
    command.stdin(Stdio::null()).stdout(file).stderr(errors);
    let status = command.status().map_err(|error| missing(command, &error))?;
    check(command, status).map_err(|failure| {
        let text = std::fs::read_to_string(log).unwrap_or_default();
        CommandError::new(format!("{failure}\n{}", last_lines(&text, 20)))
    })
}

/// The first folder of `PATH` that has the program.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Fails with the installing command when a program is not there.
pub fn require(program: &str) -> Outcome<PathBuf> {
    find(program).ok_or_else(|| not_installed(program))
}

/// The last lines of a text, for showing a log's end.
pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(count);
    let shown: Vec<String> = lines
        .iter()
        .skip(from)
        .map(|line| format!("    {line}"))
        .collect();
    shown.join("\n")
}

fn check(command: &Command, status: ExitStatus) -> Outcome {
    if status.success() {
        Ok(())
    } else {
        Err(CommandError::new(format!(
            "{} ended with {status}",
            shown(command)
        )))
    }
}

fn missing(command: &Command, error: &io::Error) -> CommandError {
    let program = command.get_program().to_string_lossy();
    if error.kind() == io::ErrorKind::NotFound && !program.contains('/') {
        not_installed(&program)
    } else {
        CommandError::new(format!("cannot start {program}: {error}"))
    }
}

fn not_installed(program: &str) -> CommandError {
    let failure = CommandError::new(format!("{program} is not installed"));
    match INSTALL.iter().find(|(name, _)| *name == program) {
        Some((_, how)) => failure.hint(*how),
        None => failure,
    }
}

/// The command as a person would type it, with the program's folder left out.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    let words: Vec<String> = std::iter::once(program)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .map(|word| {
            if word.contains(' ') {
                format!("'{word}'")
            } else {
                word.into_owned()
            }
        })
        .collect();
    words.join(" ")
}
