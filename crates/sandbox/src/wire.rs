//! The messages between the parent and a worker: one JSON text per packet.

#[cfg(feature = "probes")]
use crate::probe::Probe;
use infravault_imaging::{DecodeError, Description, Format, ProcessRequest};
use serde::{Deserialize, Serialize};

/// Maximum bytes of all renditions of a request. The lossless renditions of the largest image fit.
pub(crate) const MAX_OUTPUT_BYTES: u64 = 256 * 1024 * 1024;

/// The first packet of the parent.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Setup {
    /// Memory that the worker may map in addition to what is mapped at its start.
    pub(crate) memory_bytes: u64,
    /// CPU time per request.
    pub(crate) cpu_seconds: u64,
    /// Whether the worker runs with the lowest priority.
    pub(crate) nice: bool,
}

/// A request of the parent.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Request {
    /// Do nothing and reply.
    Ping,
    /// Process an image. The packet carries the image and an empty file for the renditions.
    Process(ProcessRequest),
    /// Misbehave, for tests.
    #[cfg(feature = "probes")]
    Probe(Probe),
}

/// A reply of the worker.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The reply to [`Setup`]: the worker is confined.
    Ready(Capabilities),
    /// The reply to [`Request::Ping`].
    Pong,
    /// The image was processed. The renditions are in the output file.
    Processed {
        description: Option<Box<Description>>,
        renditions: Vec<RenditionRange>,
    },
    /// The image could not be processed.
    Failed(DecodeError),
    /// The result of a probe that the worker survived.
    #[cfg(feature = "probes")]
    Probed(String),
}

/// A rendition in the output file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RenditionRange {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) format: Format,
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

/// The layers of the sandbox that this kernel enforces. A worker without the first three refuses to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Limits on memory, CPU time, file size, descriptors and processes.
    pub limits: Enforcement,
    /// Executed programs cannot gain privileges.
    pub no_new_privileges: Enforcement,
    /// The list of allowed system calls (seccomp).
    pub seccomp: Enforcement,
    /// No access to the file system and the network (Landlock). [`Enforcement::Partial`] on older kernels.
    pub landlock: Enforcement,
    /// Whether inherited descriptors were closed.
    pub descriptors: Enforcement,
}

/// How far a layer is enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Enforcement {
    /// Completely.
    Full,
    /// As far as this kernel supports it.
    Partial,
    /// Not at all.
    None,
}
