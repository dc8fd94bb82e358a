//! Reads an object from the store as a stream that is whole or an error.
use super::{S3, SHA256_META, SIGNED_SECONDS, is_transient, refused, retry::RetryError};
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
    /// Reads `count` bytes from `start` of an object of `len` bytes. Until the first byte the request is tried again;
    /// after it a failure is the reader's.
    pub(crate) async fn read(
        &self,
        path: &str,
        len: u64,
        start: u64,
        count: u64,
    ) -> Result<ObjectStream, Error> {
        let whole = count == len;
        let answer = self
            .retry
            .run(DOING, || async {
                let range = (!whole).then(|| format!("bytes={start}-{}", start + count - 1));
                let answer = self.get(path, range).await?;
                check(path, answer, len, start, count).await
            })
            .await?;
        // The store gives back what it was told about the bytes, so what is spoilt on the way here is noticed.
        let sha256 = whole.then(|| recorded(&answer)).flatten();
        let chunks = chunks(answer, self.config.idle_timeout);
        let stream = ObjectStream::new(path.to_owned(), count, chunks);
        Ok(match sha256 {
            Some(sha256) => stream.expecting(sha256),
            None => stream,
        })
    }

    async fn get(&self, path: &str, range: Option<String>) -> Result<Response, RetryError> {
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
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(RetryError::Transient(error.without_url().into())),
            Err(late) => Err(RetryError::Transient(late.into())),
        }
    }
}

/// The SHA-256 that the object was stored with.
fn recorded(answer: &Response) -> Option<Sha256> {
    answer.headers().get(SHA256_META)?.to_str().ok()?.parse().ok()
}

/// Lets an answer through that promises exactly the bytes that were asked for.
async fn check(
    path: &str,
    answer: Response,
    len: u64,
    start: u64,
    count: u64,
) -> Result<Response, RetryError> {
    let status = answer.status();
    if !status.is_success() {
        let body = answer.text().await.unwrap_or_default();
        return Err(match status {
            StatusCode::NOT_FOUND if !body.contains("NoSuchBucket") => {
                RetryError::Permanent(Error::Missing(path.to_owned()))
            }
            StatusCode::RANGE_NOT_SATISFIABLE => {
                RetryError::Permanent(Error::corrupt(path, "is shorter than recorded"))
            }
            _ if is_transient(status.as_u16()) => {
                RetryError::Transient(refused(status.as_u16(), &body).into())
            }
            _ => RetryError::Permanent(Error::unavailable(DOING, refused(status.as_u16(), &body))),
        });
    }
    if count != len {
        let expected = format!("bytes {start}-{}/{len}", start + count - 1);
        let found = answer
            .headers()
            .get(CONTENT_RANGE)
            .and_then(|value| value.to_str().ok());
        if status != StatusCode::PARTIAL_CONTENT || found != Some(expected.as_str()) {
            let fault = format!(
                "came as `{}` instead of `{expected}`",
                found.unwrap_or("the whole")
            );
            return Err(RetryError::Permanent(Error::corrupt(path, fault)));
        }
    }
    match answer.content_length() {
        Some(found) if found != count => {
            let fault = format!("came with {found} bytes instead of {count}");
            Err(RetryError::Permanent(Error::corrupt(path, fault)))
        }
        _ => Ok(answer),
    }
}

/// The body, given up when nothing comes for `idle`.
fn chunks(answer: Response, idle: Duration) -> impl Stream<Item = Result<Bytes, Error>> + Send {
    stream::try_unfold(answer, move |mut answer| async move {
        match tokio::time::timeout(idle, answer.chunk()).await {
            Ok(Ok(chunk)) => Ok(chunk.map(|chunk| (chunk, answer))),
            Ok(Err(error)) => Err(Error::unavailable(DOING, error.without_url())),
            Err(late) => Err(Error::unavailable(DOING, late)),
        }
    })
}
