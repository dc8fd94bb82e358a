//! `infravault healthcheck`: asks the server on this host whether it is ready; needs no shell and no client.
use super::{Outcome, say};
use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn run() -> Outcome {
    let bind = std::env::var("HTTP_BIND").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let mut address: SocketAddr = bind
        .parse()
        .map_err(|_| format!("HTTP_BIND is `{bind}`, which is no address and port"))?;
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let unreachable = |error| format!("no server answers on {address}: {error}");
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(unreachable)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream
        .take(64 * 1024)
        .read_to_string(&mut answer)
        .map_err(unreachable)?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body.trim());
    if answer.starts_with("HTTP/1.1 200 ") {
        say(format!("ready: {body}"));
        return Ok(());
    }
    Err(format!("not ready: {body}").into())
}
