//! Requests that make a worker misbehave, for the tests of the sandbox.

use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    hint::black_box,
    net::TcpStream,
    os::{fd::OwnedFd, unix::process::CommandExt},
    process::Command,
};

/// A forbidden or expensive operation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Probe {
    /// Connect to this local TCP port.
    Connect(u16),
    /// Read `/etc/passwd`.
    Read,
    /// Create a file with this name.
    Write(String),
    /// Execute another program, which would create a file with this name.
    Execute(String),
    /// Start another program, which would create a file with this name.
    Fork(String),
    /// Start a thread.
    Thread,
    /// Kill the parent.
    KillParent,
    /// Kill itself with a forbidden system call.
    Kill,
    /// Write to the image.
    WriteImage,
    /// Allocate this number of bytes.
    Allocate(usize),
    /// Compute endlessly.
    Spin,
    /// Compute until the file is not empty.
    Await,
    /// Panic.
    Panic,
    /// Overflow the stack.
    Recurse,
    /// Exit.
    Exit,
}

impl Probe {
    /// Attempts the operation. Returns the result if the process survives.
    pub(crate) fn execute(self, files: Vec<OwnedFd>) -> String {
        let file = files.into_iter().next().map(File::from);
        match self {
            Self::Connect(port) => describe(TcpStream::connect(("127.0.0.1", port))),
            Self::Read => describe(fs::read("/etc/passwd")),
            Self::Write(name) => describe(File::create(name)),
            Self::Execute(name) => Command::new("/usr/bin/touch").arg(name).exec().to_string(),
            Self::Fork(name) => describe(Command::new("/usr/bin/touch").arg(name).spawn()),
            Self::Thread => describe(std::thread::Builder::new().spawn(|| ())),
            Self::KillParent => rustix::process::getppid().map_or_else(String::new, kill_process),
            Self::Kill => kill_process(rustix::process::getpid()),
            Self::WriteImage => describe(
                file.map(|file| rustix::io::pwrite(&file, b"modified", 0))
                    .transpose(),
            ),
            Self::Allocate(bytes) => format!("{}", black_box(vec![1_u8; black_box(bytes)]).len()),
            Self::Spin => spin_until(|| false),
            Self::Await => spin_until(|| file.as_ref().is_none_or(|file| file_len(file) > 0)),
            Self::Panic => std::panic::panic_any("a probe"),
            Self::Recurse => recurse(1).to_string(),
            Self::Exit => std::process::exit(0),
        }
    }
}

/// The length of a file by `fstat`, the only such call that the filter allows.
fn file_len(file: &File) -> i64 {
    rustix::fs::fstat(file).map_or(1, |status| status.st_size)
}

fn describe<T, E: std::fmt::Display>(result: Result<T, E>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn kill_process(process: rustix::process::Pid) -> String {
    describe(rustix::process::kill_process(
        process,
        rustix::process::Signal::KILL,
    ))
}

fn spin_until(mut condition: impl FnMut() -> bool) -> String {
    while !condition() {
        std::hint::spin_loop();
    }
    "awaited".to_owned()
}

#[expect(unconditional_recursion, reason = "that is the probe")]
fn recurse(depth: u64) -> u64 {
    black_box([depth; 512]).iter().sum::<u64>() + black_box(recurse(black_box(depth + 1)))
}
