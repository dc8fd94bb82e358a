//! Multipart forms with one file (RFC 7578), as browsers send them.

use crate::http::Request;
use bytes::Bytes;
use std::net::SocketAddr;

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
    /// The request that uploads this JPEG.
    pub(crate) fn upload(&self, file: &Bytes) -> Request {
        let start = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"photo.jpg\"\r\n\
             Content-Type: image/jpeg\r\n\r\n"
        );
        let body = vec![
            start.into(),
            file.clone(),
            format!("\r\n--{BOUNDARY}--\r\n").into(),
        ];
        let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
        Request::post(self.host, self.path, self.token, &media_type, body)
    }
}
