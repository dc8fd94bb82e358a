//! One HTTP/1.1 connection that is kept alive: just enough of RFC 9112 to make load at little cost.

use aws_lc_rs::rand;
use bytes::{Buf as _, Bytes, BytesMut};
use std::{io, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, sleep_until},
};

/// How much of a body is written at once when it is paced.
const PIECE: usize = 64 * 1024;
/// How much of an unexpected answer is shown.
const SHOWN: usize = 300;
/// Bytes of what makes a request unlike every other.
pub(crate) const STAMP: usize = 16;
const READ: usize = 128 * 1024;

/// A request, ready to be sent any number of times.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    head: Bytes,
    body: Vec<Bytes>,
    /// The part of the body that is another one each time.
    stamp: Option<usize>,
    /// Bytes per second of the body; none is as fast as the server takes them.
    pace: Option<u32>,
}

impl Request {
    /// A GET without a body.
    pub(crate) fn get(host: SocketAddr, path: &str, token: Option<&str>) -> Self {
        Self {
            head: head("GET", host, path, token, "").into(),
            body: Vec::new(),
            stamp: None,
            pace: None,
        }
    }

    /// A POST of this body, given in parts so that large ones are shared.
    pub(crate) fn post(
        host: SocketAddr,
        path: &str,
        token: Option<&str>,
        media_type: &str,
        body: Vec<Bytes>,
    ) -> Self {
        let length: usize = body.iter().map(Bytes::len).sum();
        let more = format!("Content-Type: {media_type}\r\nContent-Length: {length}\r\n");
        Self {
            head: head("POST", host, path, token, &more).into(),
            body,
            stamp: None,
            pace: None,
        }
    }

    /// The same request with a header more.
    pub(crate) fn with(mut self, header: &str) -> Self {
        let mut head = self.head.strip_suffix(b"\r\n").unwrap_or(&self.head).to_vec();
        head.extend_from_slice(header.as_bytes());
        head.extend_from_slice(b"\r\n\r\n");
        self.head = head.into();
        self
    }

    /// The same request, but this part of the body, of [`STAMP`] bytes, is random each time.
    pub(crate) fn stamped(mut self, part: usize) -> Self {
        self.stamp = Some(part);
        self
    }

    /// The parts of the body for this request.
    fn parts(&self) -> io::Result<Vec<Bytes>> {
        let mut parts = self.body.clone();
        if let Some(part) = self.stamp.and_then(|at| parts.get_mut(at)) {
            let mut stamp = vec![0; STAMP];
            rand::fill(&mut stamp).map_err(|_| fault("no random bytes"))?;
            *part = stamp.into();
        }
        Ok(parts)
    }

    /// The same request by a slow sender.
    pub(crate) fn paced(mut self, bytes_per_second: u32) -> Self {
        self.pace = Some(bytes_per_second);
        self
    }
}

fn head(method: &str, host: SocketAddr, path: &str, token: Option<&str>, more: &str) -> String {
    let token = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
    format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{token}{more}\r\n")
}

/// A connection to a server.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: BytesMut,
}

impl Connection {
    /// Connects, without delaying small packets.
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: BytesMut::with_capacity(READ),
        })
    }

    /// Sends a request, reads the answer and forgets its body. Anything but success is an error.
    pub(crate) async fn ask(&mut self, request: &Request) -> io::Result<()> {
        let left = self.start(request).await?;
        self.skip(left).await
    }

    /// The same, but gives the body.
    pub(crate) async fn fetch(&mut self, request: &Request) -> io::Result<Bytes> {
        let length = self.start(request).await?;
        self.body(length).await
    }

    /// The same, but gives the status too, whatever it is.
    pub(crate) async fn status(&mut self, request: &Request) -> io::Result<(u16, Bytes)> {
        let answer = self.exchange(request).await?;
        let length = answer
            .length
            .ok_or_else(|| fault("an answer without Content-Length"))?;
        Ok((answer.status, self.body(length).await?))
    }

    /// Sends a request and reads the answer's head; gives the length of the body that follows.
    async fn start(&mut self, request: &Request) -> io::Result<usize> {
        let answer = self.exchange(request).await?;
        let length = answer
            .length
            .ok_or_else(|| fault("an answer without Content-Length"))?;
        if (200..300).contains(&answer.status) {
            return Ok(length);
        }
        let body = self.body(length).await.unwrap_or_default();
        let text: String = String::from_utf8_lossy(&body).chars().take(SHOWN).collect();
        Err(fault(&format!("answered {}: {text}", answer.status)))
    }

    async fn exchange(&mut self, request: &Request) -> io::Result<Response> {
        let sent = self.send(request).await;
        // A server that refuses an upload answers and closes: its answer says more than the broken pipe.
        match (self.answer().await, sent) {
            (Ok(answer), _) => Ok(answer),
            (Err(_), Err(error)) | (Err(error), Ok(())) => Err(error),
        }
    }

    async fn send(&mut self, request: &Request) -> io::Result<()> {
        self.stream.write_all(&request.head).await?;
        let parts = request.parts()?;
        let Some(pace) = request.pace else {
            for part in &parts {
                self.stream.write_all(part).await?;
            }
            return Ok(());
        };
        let (started, mut sent) = (Instant::now(), 0_usize);
        for piece in parts.iter().flat_map(|part| part.chunks(PIECE)) {
            self.stream.write_all(piece).await?;
            sent = sent.saturating_add(piece.len());
            let micros = u64::try_from(sent).unwrap_or(u64::MAX).saturating_mul(1_000_000) / u64::from(pace);
            sleep_until(started + Duration::from_micros(micros)).await;
        }
        Ok(())
    }

    /// Reads to the empty line that ends the head.
    async fn answer(&mut self) -> io::Result<Response> {
        let mut seen = 0;
        loop {
            let end = self.buffer.get(seen..).and_then(find_end);
            if let Some(end) = end {
                let head = self.buffer.split_to(seen + end);
                return Response::parse(&head).ok_or_else(|| fault("an answer that is not HTTP/1.1"));
            }
            seen = self.buffer.len().saturating_sub(3);
            self.more().await?;
        }
    }

    async fn body(&mut self, length: usize) -> io::Result<Bytes> {
        while self.buffer.len() < length {
            self.more().await?;
        }
        Ok(self.buffer.split_to(length).freeze())
    }

    async fn skip(&mut self, mut left: usize) -> io::Result<()> {
        loop {
            let here = left.min(self.buffer.len());
            self.buffer.advance(here);
            left -= here;
            if left == 0 {
                return Ok(());
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> io::Result<()> {
        self.buffer.reserve(READ);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// What the head of an answer says.
#[derive(Debug, PartialEq, Eq)]
struct Response {
    status: u16,
    length: Option<usize>,
}

impl Response {
    fn parse(head: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(head).ok()?;
        let mut lines = text.split("\r\n");
        let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
        let length = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse().ok())
                .flatten()
        });
        Some(Self { status, length })
    }
}

/// Where the body begins.
fn find_end(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map(|at| at + 4)
}

fn fault(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[test]
    fn heads_are_read() {
        let head = b"HTTP/1.1 201 Created\r\nserver: x\r\nContent-length:  17\r\n\r\n";
        let read = Response {
            status: 201,
            length: Some(17),
        };
        assert_eq!(Response::parse(head), Some(read));
        assert_eq!(Response::parse(b"HTTP/1.1 200 OK\r\n\r\n").unwrap().length, None);
        assert_eq!(Response::parse(b"nonsense\r\n\r\n"), None);
    }

    /// Answers whatever comes with these bytes, one piece after the other.
    async fn serve(pieces: &'static [&'static str]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            for piece in pieces {
                stream.write_all(piece.as_bytes()).await.unwrap();
                tokio::task::yield_now().await;
            }
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await.unwrap();
        });
        address
    }

    #[tokio::test]
    async fn answers_in_pieces_are_put_together() {
        let pieces = &[
            "HTTP/1.1 200 OK\r\nContent-Le",
            "ngth: 5\r\n\r",
            "\nhel",
            "loHTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone",
        ];
        let address = serve(pieces).await;
        let mut connection = Connection::open(address).await.unwrap();
        let request = Request::get(address, "/", None);
        assert_eq!(connection.fetch(&request).await.unwrap(), "hello");
        let error = connection.ask(&request).await.unwrap_err();
        assert_eq!(error.to_string(), "answered 404: gone");
    }
}
