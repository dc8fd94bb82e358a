//! The errors of the sandbox.

use infravault_imaging::DecodeError;
use std::{fmt, io};

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The queue is full, the request waited too long, or the sandbox is stopping. A retry may succeed.
    #[error("too many images are being processed; try again later")]
    Busy,
    /// The image cannot be decoded or encoded. The message is for its owner.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The worker ended while it processed the request. A retry fails in the same way, except after
    /// [`ExitReason::Crashed`].
    #[error("{0}")]
    WorkerExited(ExitReason),
    /// The request did not reach a worker, or its files could not be created. Not caused by the image.
    #[error("the sandbox is not available")]
    Io(#[source] io::Error),
}

impl Error {
    /// A stable code in kebab case.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Decode(error) => error.code(),
            Self::WorkerExited(reason) => reason.code(),
            Self::Io(_) => "unavailable",
        }
    }
}

/// How a worker ended. The messages are for the owner of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitReason {
    /// It exceeded its memory limit.
    OutOfMemory,
    /// It exceeded the CPU time of a request.
    CpuTimeExceeded,
    /// It did not reply in time.
    TimedOut,
    /// It was killed by a signal that none of the limits sends: 31 (`SIGSYS`) is a forbidden system call, 9 the
    /// out-of-memory killer or an operator.
    Signal(i32),
    /// It exited by itself, sent an invalid reply, or the sandbox was stopped.
    Crashed,
}

impl ExitReason {
    /// A stable code in kebab case.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OutOfMemory => "out-of-memory",
            Self::CpuTimeExceeded => "cpu-time-exceeded",
            Self::TimedOut => "timed-out",
            Self::Signal(_) | Self::Crashed => "worker-crashed",
        }
    }
}

impl fmt::Display for ExitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory => f.write_str("processing the image exceeds the memory limit"),
            Self::CpuTimeExceeded => f.write_str("processing the image exceeds the CPU time limit"),
            Self::TimedOut => f.write_str("processing the image exceeds the time limit"),
            Self::Signal(signal) => write!(f, "the sandbox worker was killed by signal {signal}"),
            Self::Crashed => f.write_str("the sandbox worker ended unexpectedly"),
        }
    }
}
