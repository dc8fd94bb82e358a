//! Reads an object from the store as a stream that is complete or ends with an error.
use super::{S3, SHA256_META, SIGNED_SECONDS, describe_response, is_transient, retry::RetryError};
use crate::{Error, ObjectStream};
use bytes::Bytes;
use futures_util::{Stream, stream};
use infravault_kernel::Sha256;
use reqwest::{
    Response, StatusCode,
    header::{CONTENT_RANGE, RANGE},
};
use std::time::Duration;

const DOING: &str = "read an object from the store";

impl S3 {
    /// Reads `count` bytes from `start` of an object of `len` bytes. Retries until the first byte; later errors go to the
    /// reader.
    pub(crate) async fn read(
        &self,
        path: &str,
        len: u64,
        start: u64,
        count: u64,
    ) -> Result<ObjectStream, Error> {
        let whole = count == len;
        let response = self
            .retry
            .call(DOING, || async {
                let range = (!whole).then(|| format!("bytes={start}-{}", start + count - 1));
                let response = self.send_get(path, range).await?;
                check_response(path, response, len, start, count).await
            })
            .await?;
        // The store returns the recorded digest, which detects damage in transit and in the store.
        let sha256 = whole.then(|| recorded_digest(&response)).flatten();
        let chunks = stream_body(response, self.config.idle_timeout);
        let stream = ObjectStream::new(path.to_owned(), count, chunks);
        Ok(match sha256 {
            Some(sha256) => stream.with_expected_digest(sha256),
            None => stream,
        })
    }

    async fn send_get(&self, path: &str, range: Option<String>) -> Result<Response, RetryError> {
        let url = self
            .bucket
            .presign_get(path, SIGNED_SECONDS, None)
            .await
            .map_err(|error| RetryError::Permanent(Error::unavailable(DOING, error)))?;
        let mut request = self.client.get(url);
        if let Some(range) = range {
            request = request.header(RANGE, range);
        }
        match tokio::time::timeout(self.config.idle_timeout, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(RetryError::Transient(error.without_url().into())),
            Err(late) => Err(RetryError::Transient(late.into())),
        }
    }
}

/// The SHA-256 in the object metadata.
fn recorded_digest(response: &Response) -> Option<Sha256> {
    response.headers().get(SHA256_META)?.to_str().ok()?.parse().ok()
}

/// Checks that a response announces exactly the requested bytes.
async fn check_response(
    path: &str,
    response: Response,
    len: u64,
    start: u64,
    count: u64,
) -> Result<Response, RetryError> {
    let status = response.status();
    if !status.is_success() {
        let body = response.text().await.unwrap_or_default();
        return Err(match status {
            StatusCode::NOT_FOUND if !body.contains("NoSuchBucket") => {
                RetryError::Permanent(Error::Missing(path.to_owned()))
            }
            StatusCode::RANGE_NOT_SATISFIABLE => {
                RetryError::Permanent(Error::corrupt(path, "is shorter than recorded"))
            }
            _ if is_transient(status.as_u16()) => {
                RetryError::Transient(describe_response(status.as_u16(), &body).into())
            }
            _ => RetryError::Permanent(Error::unavailable(
                DOING,
                describe_response(status.as_u16(), &body),
            )),
        });
    }
    if count != len {
        let expected = format!("bytes {start}-{}/{len}", start + count - 1);
        let found = response
            .headers()
            .get(CONTENT_RANGE)
            .and_then(|value| value.to_str().ok());
        if status != StatusCode::PARTIAL_CONTENT || found != Some(expected.as_str()) {
            let reason = format!(
                "was returned as `{}` instead of `{expected}`",
                found.unwrap_or("a whole object")
            );
            return Err(RetryError::Permanent(Error::corrupt(path, reason)));
        }
    }
    match response.content_length() {
        Some(found) if found != count => {
            let reason = format!("was returned with {found} bytes instead of {count}");
            Err(RetryError::Permanent(Error::corrupt(path, reason)))
        }
        _ => Ok(response),
    }
}

/// Streams the body with an idle timeout.
fn stream_body(response: Response, idle: Duration) -> impl Stream<Item = Result<Bytes, Error>> + Send {
    stream::try_unfold(response, move |mut response| async move {
        match tokio::time::timeout(idle, response.chunk()).await {
            Ok(Ok(chunk)) => Ok(chunk.map(|chunk| (chunk, response))),
            Ok(Err(error)) => Err(Error::unavailable(DOING, error.without_url())),
            Err(late) => Err(Error::unavailable(DOING, late)),
        }
    })
}
