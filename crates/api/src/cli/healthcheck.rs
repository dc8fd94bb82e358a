//! `infravault healthcheck`: asks the server on this host whether it is ready. Needs no shell and no HTTP client.
use super::{CommandResult, print_line};
use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

const TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn run() -> CommandResult {
    let bind = std::env::var("HTTP_BIND").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let mut address: SocketAddr = bind
        .parse()
        .map_err(|_| format!("HTTP_BIND is `{bind}`, which is not an IP address and a port"))?;
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let unreachable = |error| format!("the server at {address} does not respond: {error}");
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT).map_err(unreachable)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    write!(
        stream,
        "GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut response = String::new();
    stream
        .take(64 * 1024)
        .read_to_string(&mut response)
        .map_err(unreachable)?;
    let body = response
        .split_once("\r\n\r\n")
        .map_or("", |(_, body)| body.trim());
    if response.starts_with("HTTP/1.1 200 ") {
        print_line(format!("ready: {body}"));
        return Ok(());
    }
    Err(format!("not ready: {body}").into())
}
