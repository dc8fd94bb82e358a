//! A private PostgreSQL: where its binaries come from, who runs it, and the cluster itself.

mod binaries;
mod cluster;

pub(crate) use binaries::{Binaries, Wanted};
pub(crate) use cluster::{Cluster, Kind};
