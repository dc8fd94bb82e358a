//! Requests to a local server, to see whether it is ready.

use crate::{
    error::{CommandError, Outcome},
    interrupt::Interrupt,
    service::Service,
};
use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

const PAUSE: Duration = Duration::from_millis(100);
const TIMEOUT: Duration = Duration::from_secs(5);

/// Waits until `GET path` answers 200 to 399; ends early when the service dies or on Ctrl-C.
pub fn wait(
    service: &mut Service,
    port: u16,
    path: &str,
    limit: Duration,
    interrupt: &Interrupt,
) -> Outcome<Duration> {
    let started = Instant::now();
    loop {
        interrupt.check()?;
        service.check()?;
        let status = get(port, path);
        if status.is_some_and(|status| (200..400).contains(&status)) {
            return Ok(started.elapsed());
        }
        if started.elapsed() > limit {
            let last = status.map_or_else(|| "no answer".to_owned(), |status| format!("status {status}"));
            let text = format!(
                "{} is not ready after {} s ({last})",
                service.name(),
                limit.as_secs()
            );
            return Err(CommandError::new(format!("{text}\n{}", service.tail())));
        }
        thread::sleep(PAUSE);
    }
}

/// The status of one HTTP/1.0 request, when there is an answer.
pub fn get(port: u16, path: &str) -> Option<u16> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT).ok()?;
    stream.set_read_timeout(Some(TIMEOUT)).ok()?;
    write!(
        stream,
        "GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut head = [0_u8; 12];
    stream.read_exact(&mut head).ok()?;
    let head = std::str::from_utf8(&head).ok()?;
    head.split(' ').nth(1)?.parse().ok()
}
