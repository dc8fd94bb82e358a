//! Free TCP ports on the loopback address.

use crate::{
    failure::{Explain as _, Failure, Outcome},
    say,
};
use std::net::{Ipv4Addr, TcpListener};

/// Whether a server could listen there now.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// The wanted port, or the next free one above it with a note about it.
pub(crate) fn near(wanted: u16, what: &str) -> Outcome<u16> {
    let found = (wanted..=u16::MAX).take(200).find(|port| is_free(*port));
    match found {
        Some(port) if port == wanted => Ok(port),
        Some(port) => {
            say::note(&format!("port {wanted} is taken; {what} listens on {port}"));
            Ok(port)
        }
        None => Err(Failure::new(format!("no free port near {wanted} for {what}"))),
    }
}

/// As many different free ports as asked for.
pub(crate) fn free(count: usize) -> Outcome<Vec<u16>> {
    let mut listeners = Vec::new();
    let mut ports = Vec::new();
    for _ in 0..count {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).explain(|| "find a free port".into())?;
        ports.push(
            listener
                .local_addr()
                .explain(|| "read a free port".into())?
                .port(),
        );
        listeners.push(listener);
    }
    Ok(ports)
}
