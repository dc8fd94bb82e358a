//! Multipart forms with one file (RFC 7578), as browsers send them.

use crate::http::{Request, STAMP};
use bytes::Bytes;
use std::net::SocketAddr;

/// How a JPEG begins.
const SOI: [u8; 2] = [0xFF, 0xD8];
/// A comment of as many bytes as a stamp has (ITU-T T.81 B.2.4.5); its length counts itself.
const COMMENT: [u8; 4] = [0xFF, 0xFE, 0, 18];
const BOUNDARY: &str = "----bench7MA4YWxkTrZu0gW";

/// Where an upload goes and for whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form<'a> {
    /// The server.
    pub(crate) host: SocketAddr,
    /// Path and query.
    pub(crate) path: &'a str,
    /// The API token.
    pub(crate) token: Option<&'a str>,
}

impl Form<'_> {
    /// The request that uploads this JPEG or PNG. A JPEG gets a comment that is another one each time: the bytes of exact
    /// duplicates are stored once, and photographs are not duplicates.
    pub(crate) fn upload(&self, file: &Bytes) -> Request {
        let jpeg = file.starts_with(&SOI);
        let (name, kind) = if jpeg {
            ("photo.jpg", "image/jpeg")
        } else {
            ("image.png", "image/png")
        };
        let start = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: {kind}\r\n\r\n"
        );
        let end = Bytes::from(format!("\r\n--{BOUNDARY}--\r\n"));
        let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
        let post = |body| Request::post(self.host, self.path, self.token, &media_type, body);
        if !jpeg {
            return post(vec![start.into(), file.clone(), end]);
        }
        let mut start = start.into_bytes();
        start.extend_from_slice(&SOI);
        start.extend_from_slice(&COMMENT);
        let stamp = Bytes::from_static(&[0; STAMP]);
        post(vec![start.into(), stamp, file.slice(SOI.len()..), end]).stamped(1)
    }
}
