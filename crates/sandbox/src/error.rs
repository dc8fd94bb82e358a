//! Why an order brought nothing.

use std::{fmt, io};

/// Why an order brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No place came free in time, or the sandbox is stopping. Worth another try later.
    #[error("too many images are being worked on; try again in a moment")]
    Busy,
    /// The image cannot be decoded. The text is for its owner.
    #[error("{0}")]
    Undecodable(String),
    /// The child died of this order. Another try would end the same way, unless it was [`Fate::Gone`].
    #[error("{0}")]
    Killed(Fate),
    /// The order did not reach a child, or its files could not be made. The image is not to blame.
    #[error("the sandbox does not work")]
    Io(#[source] io::Error),
}

/// What ended a child. The texts are for the owner of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It asked for more memory than it may have.
    Memory,
    /// It used more processor time than it may have.
    Cpu,
    /// It did not answer in time.
    Wall,
    /// A signal that none of the limits sends: 31 (`SIGSYS`) is a forbidden system call, 9 the system's own lack of
    /// memory or an operator.
    Signal(i32),
    /// It ended by itself, answered nonsense, or the sandbox was stopped.
    Gone,
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("the image needs more memory than an image may use"),
            Self::Cpu => f.write_str("the image needs more computing time than an image may use"),
            Self::Wall => f.write_str("the image takes longer than an image may take"),
            Self::Signal(signal) => write!(
                f,
                "the program that reads images was ended by this one (signal {signal})"
            ),
            Self::Gone => f.write_str("the program that reads images ended unexpectedly"),
        }
    }
}
