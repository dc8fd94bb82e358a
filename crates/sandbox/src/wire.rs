//! What parent and child say to each other: one JSON text a packet.

use infravault_imaging::{Description, Format, Order};
use serde::{Deserialize, Serialize};

/// The first packet of the parent.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Setup {
    /// What the child may map on top of what is mapped at its start.
    pub(crate) memory_bytes: u64,
    /// Processor time of an order.
    pub(crate) cpu_seconds: u64,
    /// Whether everybody else goes first.
    pub(crate) nice: bool,
}

/// What the parent asks for.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Request {
    /// Nothing; to see that the child answers.
    Nothing,
    /// An image and an empty file for the renditions come along.
    Order(Order),
    /// To misbehave.
    #[cfg(feature = "probes")]
    Probe(crate::Probe),
}

/// What the child answers. After [`Setup`] it is [`Reply::Ready`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The sandbox is closed.
    Ready(Capabilities),
    /// There was nothing to do.
    Nothing,
    /// The renditions lie in the file that came along.
    Done {
        description: Option<Box<Description>>,
        renditions: Vec<Placed>,
    },
    /// Why nothing could be made of the image.
    Undecodable(String),
    /// What a probe that was survived brought.
    #[cfg(feature = "probes")]
    Probed(String),
}

/// A rendition in the file of an order.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Placed {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) format: Format,
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

/// Which layers of the sandbox hold on this kernel. A child without the first three refuses to work, so only the others
/// can be weaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Limits of memory, processor time, file sizes, descriptors and processes.
    pub limits: Holds,
    /// No program that is executed can gain privileges.
    pub no_new_privileges: Holds,
    /// The list of allowed system calls (seccomp).
    pub system_calls: Holds,
    /// The closed file system and network (Landlock); [`Holds::Partly`] where the kernel knows fewer rules.
    pub landlock: Holds,
    /// Whether descriptors that the parent's program let slip were looked for and closed.
    pub descriptors: Holds,
}

/// How far a layer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holds {
    /// All of it.
    Fully,
    /// What this kernel knows of it.
    Partly,
    /// Not at all.
    No,
}
