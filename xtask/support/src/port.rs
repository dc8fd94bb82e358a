//! Free TCP ports on the loopback address.

use crate::{
    console,
    error::{CommandError, Explain as _, Outcome},
};
use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, TcpListener},
    sync::{Mutex, PoisonError},
};

/// Ports that this process was given already: programs need a moment until they listen.
static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// The wanted port, or the next free one above it with a note about it.
pub fn near(wanted: u16, what: &str) -> Outcome<u16> {
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    match (wanted..=u16::MAX).take(200).find(is_free) {
        Some(port) if port == wanted => Ok(port),
        Some(port) => {
            console::note(&format!("port {wanted} is in use; {what} listens on {port}"));
            Ok(port)
        }
        None => Err(CommandError::new(format!(
            "no free port near {wanted} for {what}"
        ))),
    }
}

/// A free port, a different one on every call.
pub fn free() -> Outcome<u16> {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut held = Vec::new();
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).explain(|| "find a free port".into())?;
        let port = listener
            .local_addr()
            .explain(|| "read a free port".into())?
            .port();
        if given.insert(port) {
            return Ok(port);
        }
        held.push(listener);
    }
}
