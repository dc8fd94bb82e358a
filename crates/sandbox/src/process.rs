//! One child as its parent sees it.

use crate::{
    config::Config,
    error::Fate,
    packet::{receive, send},
    wire::{Capabilities, Holds, Reply, Setup},
};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    net::{AddressFamily, SocketFlags, SocketType, socketpair},
    pipe::{PipeFlags, pipe_with},
    process::Signal,
};
use std::{
    io,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::process::{CommandExt, ExitStatusExt},
    },
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

/// How long a child may take to close its sandbox.
const START: Duration = Duration::from_secs(10);

/// A running child. Dropping it kills it.
pub(crate) struct Process {
    child: Child,
    socket: OwnedFd,
    last_words: OwnedFd,
    /// Which layers hold.
    pub(crate) capabilities: Capabilities,
    /// Requests that it answered.
    pub(crate) served: u32,
}

/// Why a request got no answer.
#[derive(Debug)]
pub(crate) enum End {
    /// The child was dead before it took the request, which another one can have.
    NotTaken,
    /// The child died of it, with its last words.
    Died(Fate, String),
    /// The sandbox is stopping.
    Stopped,
}

/// What woke a waiting thread.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// The first descriptor.
    First,
    /// The second descriptor.
    Second,
    /// The third descriptor.
    Third,
    /// The time.
    Late,
}

impl Process {
    /// Starts a child and waits until its sandbox is closed. The thread that calls this must outlive the child: the
    /// kernel kills the child when that thread ends.
    pub(crate) fn start(config: &Config, nice: bool, stop: BorrowedFd<'_>) -> io::Result<Self> {
        let (socket, theirs) = socketpair(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC,
            None,
        )?;
        // A child that talks too much loses words and does not wait for a reader.
        let (last_words, mouth) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        let child = Command::new(&config.program)
            .arg("sandbox-worker")
            .env_clear()
            .stdin(theirs)
            .stdout(Stdio::null())
            .stderr(mouth)
            .process_group(0)
            .spawn()?;
        let mut process = Self {
            child,
            socket,
            last_words,
            capabilities: NOTHING_YET,
            served: 0,
        };
        let setup = Setup {
            memory_bytes: config.memory_bytes,
            cpu_seconds: config.cpu.as_secs() + u64::from(config.cpu.subsec_nanos() > 0),
            nice,
        };
        match process.exchange(&serde_json::to_vec(&setup)?, &[], START, stop) {
            Ok(Reply::Ready(capabilities)) => process.capabilities = capabilities,
            Ok(_) => {
                return Err(io::Error::other(
                    "the child answered something else than that it is ready",
                ));
            }
            Err(End::Died(fate, words)) => return Err(io::Error::other(format!("{fate}: {words}"))),
            Err(End::NotTaken) => {
                let (fate, words) = process.bury();
                return Err(io::Error::other(format!("{fate}: {words}")));
            }
            Err(End::Stopped) => return Err(io::ErrorKind::Interrupted.into()),
        }
        process.served = 0;
        Ok(process)
    }

    /// The process's id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The socket, which becomes readable when an idle child dies.
    pub(crate) fn socket(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Sends a request and waits for its answer until the time is over or `stop` becomes readable. After an error the
    /// child is dead.
    pub(crate) fn exchange(
        &mut self,
        request: &[u8],
        files: &[BorrowedFd<'_>],
        wall: Duration,
        stop: BorrowedFd<'_>,
    ) -> Result<Reply, End> {
        match send(self.socket(), request, files) {
            Ok(()) => {}
            Err(Errno::PIPE | Errno::CONNRESET) => return Err(End::NotTaken),
            Err(_) => return Err(self.died()),
        }
        match wait([stop, self.socket(), self.socket()], Some(wall)) {
            Wake::First => {
                self.bury();
                return Err(End::Stopped);
            }
            Wake::Late => {
                let (_, words) = self.bury();
                return Err(End::Died(Fate::Wall, words));
            }
            Wake::Second | Wake::Third => {}
        }
        match receive(self.socket(), None) {
            Ok(Some(packet)) => {
                self.served = self.served.saturating_add(1);
                serde_json::from_slice(&packet).map_err(|_| {
                    self.bury();
                    End::Died(Fate::Gone, "it answered nonsense".to_owned())
                })
            }
            // The request lies unread in the socket of a dead child.
            Err(Errno::CONNRESET) => Err(End::NotTaken),
            Ok(None) | Err(_) => Err(self.died()),
        }
    }

    /// Kills the child if it still lives, and tells what ended it and what it said last.
    pub(crate) fn bury(&mut self) -> (Fate, String) {
        // A process that is ending keeps its own reason; only one that hung up and lives on is killed by this.
        let _dead_already = self.child.kill();
        let status = self.child.wait();
        let words = self.words();
        (status.map_or(Fate::Gone, |status| fate(status, &words)), words)
    }

    fn died(&mut self) -> End {
        let (fate, words) = self.bury();
        End::Died(fate, words)
    }

    fn words(&self) -> String {
        let mut bytes = [0; 2048];
        let count = rustix::io::read(&self.last_words, &mut bytes).unwrap_or(0);
        let text = String::from_utf8_lossy(bytes.get(..count).unwrap_or_default());
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.bury();
    }
}

/// What is known of a child that has not spoken.
const NOTHING_YET: Capabilities = Capabilities {
    limits: Holds::No,
    no_new_privileges: Holds::No,
    system_calls: Holds::No,
    landlock: Holds::No,
    descriptors: Holds::No,
};

/// Waits until one of the descriptors can be read or is hung up, the first of them first.
pub(crate) fn wait(descriptors: [BorrowedFd<'_>; 3], patience: Option<Duration>) -> Wake {
    let until = patience.map(|patience| Instant::now() + patience);
    loop {
        let rest = until.map(|until| until.saturating_duration_since(Instant::now()));
        let timeout = rest.and_then(|rest| Timespec::try_from(rest).ok());
        let mut polled = descriptors
            .each_ref()
            .map(|descriptor| PollFd::new(descriptor, PollFlags::IN));
        match poll(&mut polled, timeout.as_ref()) {
            Ok(0) => return Wake::Late,
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            // No memory for a moment: the deadline still holds.
            Err(_) => {
                std::thread::sleep(Duration::from_millis(10));
                continue;
            }
        }
        let ready = polled
            .each_ref()
            .map(|descriptor| !descriptor.revents().is_empty());
        return match ready {
            [true, _, _] => Wake::First,
            [_, true, _] => Wake::Second,
            _ => Wake::Third,
        };
    }
}

/// What ended a child. Memory that is refused makes Rust's allocator abort, after a word about it; an abort of
/// another cause says something else.
fn fate(status: ExitStatus, words: &str) -> Fate {
    let Some(signal) = status.signal() else {
        return Fate::Gone;
    };
    if signal == Signal::XCPU.as_raw() {
        Fate::Cpu
    } else if signal == Signal::ABORT.as_raw() && (words.is_empty() || words.contains("memory allocation of"))
    {
        Fate::Memory
    } else {
        Fate::Signal(signal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fates() {
        let refused = "memory allocation of 4096 bytes failed";
        for (raw, words, expected) in [
            (24, "", Fate::Cpu),
            (6, refused, Fate::Memory),
            (6, "", Fate::Memory),
            (6, "thread main has overflowed its stack", Fate::Signal(6)),
            (6 | 0x80, refused, Fate::Memory),
            (9, "", Fate::Signal(9)),
            (31, "", Fate::Signal(31)),
            (101 << 8, "thread main panicked", Fate::Gone),
            (0, "", Fate::Gone),
        ] {
            assert_eq!(fate(ExitStatus::from_raw(raw), words), expected, "{raw} {words}");
        }
    }

    #[test]
    fn a_program_that_is_no_child_does_not_start() {
        let (stop, _open) = rustix::pipe::pipe().unwrap();
        let of = |program: &str| Config {
            program: program.into(),
            ..Config::default()
        };
        for program in ["/bin/false", "/nonexistent/program"] {
            assert!(
                Process::start(&of(program), false, stop.as_fd()).is_err(),
                "{program}"
            );
        }
    }
}
