//! Orders that make a child misbehave: what the tests of the sandbox are made of.

use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    hint::black_box,
    net::TcpStream,
    os::{fd::OwnedFd, unix::process::CommandExt},
    process::Command,
};

/// What a child is to try.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Probe {
    /// To connect to this port of this machine.
    Connect(u16),
    /// To read the list of users.
    Read,
    /// To make a file of this name.
    Write(String),
    /// To become another program, which would make a file of this name.
    Execute(String),
    /// To start another program, which would make a file of this name.
    Fork(String),
    /// To start a thread.
    Thread,
    /// To kill its parent.
    KillParent,
    /// To kill itself by a system call that it does not have.
    Kill,
    /// To write into the image that it was given.
    Scribble,
    /// To use so many bytes.
    Allocate(usize),
    /// To compute for ever.
    Spin,
    /// To compute until its file is not empty.
    Await,
    /// To panic.
    Panic,
    /// To use the memory of its stack up.
    Recurse,
    /// To end.
    Exit,
}

impl Probe {
    /// Tries it, and tells what came of it if that can still be told.
    pub(crate) fn attempt(self, files: Vec<OwnedFd>) -> String {
        let file = files.into_iter().next().map(File::from);
        match self {
            Self::Connect(port) => told(TcpStream::connect(("127.0.0.1", port))),
            Self::Read => told(fs::read("/etc/passwd")),
            Self::Write(name) => told(File::create(name)),
            Self::Execute(name) => Command::new("/usr/bin/touch").arg(name).exec().to_string(),
            Self::Fork(name) => told(Command::new("/usr/bin/touch").arg(name).spawn()),
            Self::Thread => told(std::thread::Builder::new().spawn(|| ())),
            Self::KillParent => rustix::process::getppid().map_or_else(String::new, kill),
            Self::Kill => kill(rustix::process::getpid()),
            Self::Scribble => told(
                file.map(|file| rustix::io::pwrite(&file, b"scribbled", 0))
                    .transpose(),
            ),
            Self::Allocate(bytes) => format!("{}", black_box(vec![1_u8; black_box(bytes)]).len()),
            Self::Spin => spin(|| false),
            Self::Await => spin(|| file.as_ref().is_none_or(|file| file.metadata_len() > 0)),
            Self::Panic => std::panic::panic_any("a probe"),
            Self::Recurse => recurse(1).to_string(),
            Self::Exit => std::process::exit(0),
        }
    }
}

/// The length of a file by the one system call that the sandbox allows.
trait Length {
    fn metadata_len(&self) -> i64;
}

impl Length for File {
    fn metadata_len(&self) -> i64 {
        rustix::fs::fstat(self).map_or(1, |status| status.st_size)
    }
}

fn told<T, E: std::fmt::Display>(result: Result<T, E>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn kill(process: rustix::process::Pid) -> String {
    told(rustix::process::kill_process(
        process,
        rustix::process::Signal::KILL,
    ))
}

fn spin(mut until: impl FnMut() -> bool) -> String {
    while !until() {
        std::hint::spin_loop();
    }
    "awaited".to_owned()
}

#[expect(unconditional_recursion, reason = "that is the probe")]
fn recurse(depth: u64) -> u64 {
    black_box([depth; 512]).iter().sum::<u64>() + black_box(recurse(black_box(depth + 1)))
}
