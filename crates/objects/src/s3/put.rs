//! Stores an upload: streamed once, verified after every unclear answer.
use super::{
    S3, SHA256_META, SIGNED_SECONDS, is_transient, refused,
    retry::{Progress, RetryError},
};
use crate::{Error, ObjectKey, SpooledFile, error::BoxError, spool_dir::SpoolFile, stream::FileChunks};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::StreamExt;
use infravault_kernel::crash_point;
use reqwest::{
    Body, Response, StatusCode,
    header::{
        CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
        IF_NONE_MATCH,
    },
};
use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
};

pub(super) const DOING: &str = "store an object";
/// Larger uploads go in parts.
const SINGLE_PUT_MAX: u64 = 64 << 20;

/// What one PUT led to.
enum Answer {
    Stored,
    /// Something is there already.
    Exists,
    /// The store does not know `If-None-Match` here.
    Unconditional,
}

impl S3 {
    pub(crate) async fn store(
        &self,
        key: &ObjectKey,
        spooled: &SpooledFile,
        media_type: &str,
    ) -> Result<(), Error> {
        let headers = headers(key, spooled, media_type)?;
        let path = key.path();
        if spooled.len() > SINGLE_PUT_MAX {
            return self.store_in_parts(&path, spooled, headers).await;
        }
        self.retry
            .run(DOING, || async {
                self.put_and_verify(&path, spooled, &headers).await
            })
            .await
    }

    /// One try. Whatever the answer was, the object's own size and checksum decide whether it is stored.
    async fn put_and_verify(
        &self,
        path: &str,
        spooled: &SpooledFile,
        headers: &HeaderMap,
    ) -> Result<(), RetryError> {
        let unclear = match self.put(path, spooled, headers).await {
            Ok(Answer::Stored) => return Ok(()),
            Ok(Answer::Exists) => BoxError::from("the store says that the object exists"),
            Ok(Answer::Unconditional) => {
                self.conditional.store(false, Ordering::Relaxed);
                BoxError::from("the store does not know conditional writes")
            }
            Err(RetryError::Transient(cause)) => cause,
            Err(refused) => return Err(refused),
        };
        if self.is_stored(path, spooled).await? {
            Ok(())
        } else {
            Err(RetryError::Transient(unclear))
        }
    }

    /// Whether these bytes are stored: equal size, and equal checksum where the store has it. Other bytes are a conflict.
    pub(super) async fn is_stored(&self, path: &str, spooled: &SpooledFile) -> Result<bool, RetryError> {
        let found = match self.bucket.head_object(path).await {
            Ok((found, _)) => super::stat(path, &found).map_err(RetryError::Permanent)?,
            Err(s3::error::S3Error::HttpFailWithBody(404, _)) => return Ok(false),
            Err(error) => return Err(super::trouble(DOING, error)),
        };
        let same = found.len == spooled.len() && found.sha256.is_none_or(|sha256| sha256 == spooled.sha256());
        if same {
            Ok(true)
        } else {
            Err(RetryError::Permanent(Error::Conflict(path.to_owned())))
        }
    }

    async fn put(
        &self,
        path: &str,
        spooled: &SpooledFile,
        headers: &HeaderMap,
    ) -> Result<Answer, RetryError> {
        let mut headers = headers.clone();
        headers.insert(
            HeaderName::from_static("x-amz-checksum-sha256"),
            header(&STANDARD.encode(spooled.sha256().bytes()))?,
        );
        let mut unsigned = HeaderMap::new();
        if self.is_conditional() {
            unsigned.insert(IF_NONE_MATCH, HeaderValue::from_static("*"));
        }
        let span = Span {
            file: &spooled.file,
            start: 0,
            len: spooled.len(),
        };
        let answer = self.send(path, span, headers, unsigned, None).await?;
        let status = answer.status();
        if status.is_success() {
            return Ok(Answer::Stored);
        }
        match status {
            StatusCode::PRECONDITION_FAILED | StatusCode::CONFLICT => Ok(Answer::Exists),
            StatusCode::NOT_IMPLEMENTED if self.is_conditional() => Ok(Answer::Unconditional),
            _ => Err(refusal(answer).await),
        }
    }

    /// Sends a part of a file with a known length, and gives up when nothing moves. The caller judges the status.
    pub(super) async fn send(
        &self,
        path: &str,
        span: Span<'_>,
        signed: HeaderMap,
        unsigned: HeaderMap,
        queries: Option<HashMap<String, String>>,
    ) -> Result<Response, RetryError> {
        let url = self
            .bucket
            .presign_put(path, SIGNED_SECONDS, Some(signed.clone()), queries)
            .await
            .map_err(|error| RetryError::Permanent(Error::unavailable(DOING, error)))?;
        let progress = Progress::default();
        let moving = progress.clone();
        let chunks = FileChunks::new(Arc::clone(span.file), span.start, span.len);
        let body = Body::wrap_stream(chunks.inspect(move |_| {
            moving.moved();
            crash_point("mid-store");
        }));
        let request = self
            .client
            .put(url)
            .headers(signed)
            .headers(unsigned)
            .header(CONTENT_LENGTH, span.len)
            .body(body)
            .send();
        match progress.watch(self.config.idle_timeout, request).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(RetryError::Transient(error.without_url().into())),
            Err(idle) => Err(RetryError::Transient(idle)),
        }
    }
}

/// A part of a spool file.
pub(super) struct Span<'a> {
    pub(super) file: &'a Arc<SpoolFile>,
    pub(super) start: u64,
    pub(super) len: u64,
}

/// What a store's refusal means for another try.
pub(super) async fn refusal(answer: Response) -> RetryError {
    let status = answer.status().as_u16();
    let body = answer.text().await.unwrap_or_default();
    let said = refused(status, &body);
    // A checksum that does not fit was spoilt on the way: the next try may come through.
    if is_transient(status) || body.contains("BadDigest") || body.contains("ChecksumMismatch") {
        RetryError::Transient(said.into())
    } else {
        RetryError::Permanent(Error::unavailable(DOING, said))
    }
}

/// What is kept with the object.
fn headers(key: &ObjectKey, spooled: &SpooledFile, media_type: &str) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_str(media_type).map_err(|error| Error::unavailable(DOING, error))?,
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(key.cache_control()));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static(key.disposition()));
    headers.insert(
        HeaderName::from_static(SHA256_META),
        HeaderValue::from_str(&spooled.sha256().to_string())
            .map_err(|error| Error::unavailable(DOING, error))?,
    );
    Ok(headers)
}

fn header(text: &str) -> Result<HeaderValue, RetryError> {
    HeaderValue::from_str(text).map_err(|error| RetryError::Permanent(Error::unavailable(DOING, error)))
}
