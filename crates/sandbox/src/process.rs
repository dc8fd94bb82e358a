//! The process of one worker, as its parent sees it.

use crate::{
    config::Config,
    error::ExitReason,
    packet::{receive, send},
    wire::{Capabilities, Enforcement, Reply, Setup},
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

/// Maximum time to start and confine a worker.
const START_TIMEOUT: Duration = Duration::from_secs(10);

/// A running worker process. Dropping it kills the process.
pub(crate) struct WorkerProcess {
    child: Child,
    socket: OwnedFd,
    stderr: OwnedFd,
    pub(crate) capabilities: Capabilities,
    /// Requests that it has replied to.
    pub(crate) requests: u32,
}

/// Why a request got no reply.
#[derive(Debug)]
pub(crate) enum ExchangeError {
    /// The process had exited before it received the request, which another worker can serve.
    NotReceived,
    /// The process exited, with the end of its standard error.
    Exited(ExitReason, String),
    /// The sandbox is stopping.
    Stopped,
}

/// The descriptor that became readable.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    First,
    Second,
    Third,
    TimedOut,
}

impl WorkerProcess {
    /// Starts a process and waits until it is confined. The calling thread must outlive the process: the kernel kills the
    /// process when the thread ends.
    pub(crate) fn start(config: &Config, nice: bool, stop: BorrowedFd<'_>) -> io::Result<Self> {
        let (socket, worker_socket) = socketpair(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC,
            None,
        )?;
        // A worker that writes too much loses output instead of blocking.
        let (stderr, worker_stderr) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        let child = Command::new(&config.program)
            .arg("sandbox-worker")
            .env_clear()
            .stdin(worker_socket)
            .stdout(Stdio::null())
            .stderr(worker_stderr)
            .process_group(0)
            .spawn()?;
        let mut process = Self {
            child,
            socket,
            stderr,
            capabilities: UNKNOWN,
            requests: 0,
        };
        let setup = Setup {
            memory_bytes: config.memory_bytes,
            cpu_seconds: config.cpu_time.as_secs() + u64::from(config.cpu_time.subsec_nanos() > 0),
            nice,
        };
        match process.exchange(&serde_json::to_vec(&setup)?, &[], START_TIMEOUT, stop) {
            Ok(Reply::Ready(capabilities)) => process.capabilities = capabilities,
            Ok(_) => return Err(io::Error::other("the worker sent an unexpected reply")),
            Err(ExchangeError::Exited(reason, stderr_tail)) => {
                return Err(io::Error::other(format!("{reason}: {stderr_tail}")));
            }
            Err(ExchangeError::NotReceived) => {
                let (reason, stderr_tail) = process.reap();
                return Err(io::Error::other(format!("{reason}: {stderr_tail}")));
            }
            Err(ExchangeError::Stopped) => return Err(io::ErrorKind::Interrupted.into()),
        }
        process.requests = 0;
        Ok(process)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The socket, which becomes readable when an idle process exits.
    pub(crate) fn socket(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Sends a request and waits for the reply until the timeout or until `stop` becomes readable. After an error the
    /// process has exited.
    pub(crate) fn exchange(
        &mut self,
        request: &[u8],
        files: &[BorrowedFd<'_>],
        timeout: Duration,
        stop: BorrowedFd<'_>,
    ) -> Result<Reply, ExchangeError> {
        match send(self.socket(), request, files) {
            Ok(()) => {}
            Err(Errno::PIPE | Errno::CONNRESET) => return Err(ExchangeError::NotReceived),
            Err(_) => return Err(self.reap_error()),
        }
        match wait_readable([stop, self.socket(), self.socket()], Some(timeout)) {
            Ready::First => {
                self.reap();
                return Err(ExchangeError::Stopped);
            }
            Ready::TimedOut => {
                let (_, stderr_tail) = self.reap();
                return Err(ExchangeError::Exited(ExitReason::TimedOut, stderr_tail));
            }
            Ready::Second | Ready::Third => {}
        }
        match receive(self.socket(), None) {
            Ok(Some(packet)) => {
                self.requests = self.requests.saturating_add(1);
                serde_json::from_slice(&packet).map_err(|error| {
                    self.reap();
                    ExchangeError::Exited(ExitReason::Crashed, format!("invalid reply: {error}"))
                })
            }
            // The process exited without reading the request.
            Err(Errno::CONNRESET) => Err(ExchangeError::NotReceived),
            Ok(None) | Err(_) => Err(self.reap_error()),
        }
    }

    /// Kills the process if it still runs. Returns how it ended and the end of its standard error.
    pub(crate) fn reap(&mut self) -> (ExitReason, String) {
        // A process that is exiting keeps its own exit status.
        let _exited = self.child.kill();
        let status = self.child.wait();
        let stderr_tail = self.stderr_tail();
        let reason = status.map_or(ExitReason::Crashed, |status| exit_reason(status, &stderr_tail));
        (reason, stderr_tail)
    }

    fn reap_error(&mut self) -> ExchangeError {
        let (reason, stderr_tail) = self.reap();
        ExchangeError::Exited(reason, stderr_tail)
    }

    fn stderr_tail(&self) -> String {
        let mut bytes = [0; 2048];
        let count = rustix::io::read(&self.stderr, &mut bytes).unwrap_or(0);
        let text = String::from_utf8_lossy(bytes.get(..count).unwrap_or_default());
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        self.reap();
    }
}

/// The capabilities of a process that is not ready.
const UNKNOWN: Capabilities = Capabilities {
    limits: Enforcement::None,
    no_new_privileges: Enforcement::None,
    seccomp: Enforcement::None,
    landlock: Enforcement::None,
    descriptors: Enforcement::None,
};

/// Waits until a descriptor is readable or closed. If several are, returns the first of them.
pub(crate) fn wait_readable(descriptors: [BorrowedFd<'_>; 3], timeout: Option<Duration>) -> Ready {
    let deadline = timeout.map(|timeout| Instant::now() + timeout);
    loop {
        let remaining = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let timeout = remaining.and_then(|remaining| Timespec::try_from(remaining).ok());
        let mut polled = descriptors
            .each_ref()
            .map(|descriptor| PollFd::new(descriptor, PollFlags::IN));
        match poll(&mut polled, timeout.as_ref()) {
            Ok(0) => return Ready::TimedOut,
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            // Temporary lack of memory. The deadline still applies.
            Err(_) => {
                std::thread::sleep(Duration::from_millis(10));
                continue;
            }
        }
        let ready = polled
            .each_ref()
            .map(|descriptor| !descriptor.revents().is_empty());
        return match ready {
            [true, _, _] => Ready::First,
            [_, true, _] => Ready::Second,
            _ => Ready::Third,
        };
    }
}

/// Derives the reason from the exit status. When an allocation fails, Rust writes a message and aborts; other aborts write
/// other messages.
fn exit_reason(status: ExitStatus, stderr_tail: &str) -> ExitReason {
    let Some(signal) = status.signal() else {
        return ExitReason::Crashed;
    };
    if signal == Signal::XCPU.as_raw() {
        ExitReason::CpuTimeExceeded
    } else if signal == Signal::ABORT.as_raw()
        && (stderr_tail.is_empty() || stderr_tail.contains("memory allocation of"))
    {
        ExitReason::OutOfMemory
    } else {
        ExitReason::Signal(signal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_reason_follows_from_status_and_stderr() {
        let out_of_memory = "memory allocation of 4096 bytes failed";
        for (raw, stderr, expected) in [
            (24, "", ExitReason::CpuTimeExceeded),
            (6, out_of_memory, ExitReason::OutOfMemory),
            (6, "", ExitReason::OutOfMemory),
            (6, "thread main has overflowed its stack", ExitReason::Signal(6)),
            (6 | 0x80, out_of_memory, ExitReason::OutOfMemory),
            (9, "", ExitReason::Signal(9)),
            (31, "", ExitReason::Signal(31)),
            (101 << 8, "thread main panicked", ExitReason::Crashed),
            (0, "", ExitReason::Crashed),
        ] {
            assert_eq!(
                exit_reason(ExitStatus::from_raw(raw), stderr),
                expected,
                "{raw} {stderr}"
            );
        }
    }

    #[test]
    fn program_that_is_not_a_worker_does_not_start() {
        let (stop, _open) = rustix::pipe::pipe().unwrap();
        let config = |program: &str| Config {
            program: program.into(),
            ..Config::default()
        };
        for program in ["/bin/false", "/nonexistent/program"] {
            assert!(
                WorkerProcess::start(&config(program), false, stop.as_fd()).is_err(),
                "{program}"
            );
        }
    }
}
