//! Stores an upload: streamed once, verified after every ambiguous response.
use super::{
    S3, SHA256_META, SIGNED_SECONDS, describe_response, is_transient,
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
/// Larger uploads use multipart uploads.
const SINGLE_PUT_MAX: u64 = 64 << 20;

/// The outcome of one PUT.
enum PutOutcome {
    Stored,
    /// The object already exists.
    Exists,
    /// The store does not support `If-None-Match` on PUT.
    ConditionUnsupported,
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
            .call(DOING, || async {
                self.put_and_verify(&path, spooled, &headers).await
            })
            .await
    }

    /// One attempt. After an ambiguous response, the object's size and checksum decide whether it is stored.
    async fn put_and_verify(
        &self,
        path: &str,
        spooled: &SpooledFile,
        headers: &HeaderMap,
    ) -> Result<(), RetryError> {
        let ambiguous = match self.put(path, spooled, headers).await {
            Ok(PutOutcome::Stored) => return Ok(()),
            Ok(PutOutcome::Exists) => BoxError::from("the store reports that the object exists"),
            Ok(PutOutcome::ConditionUnsupported) => {
                self.conditional_put.store(false, Ordering::Relaxed);
                BoxError::from("the store does not support conditional writes")
            }
            Err(RetryError::Transient(cause)) => cause,
            Err(error) => return Err(error),
        };
        if self.is_stored(path, spooled).await? {
            Ok(())
        } else {
            Err(RetryError::Transient(ambiguous))
        }
    }

    /// Whether the same bytes are stored: equal length and, if stored, equal checksum. Other bytes are an
    /// [`Error::Conflict`].
    pub(super) async fn is_stored(&self, path: &str, spooled: &SpooledFile) -> Result<bool, RetryError> {
        let found = match self.bucket.head_object(path).await {
            Ok((found, _)) => super::parse_head(path, &found).map_err(RetryError::Permanent)?,
            Err(s3::error::S3Error::HttpFailWithBody(404, _)) => return Ok(false),
            Err(error) => return Err(super::classify(DOING, error)),
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
    ) -> Result<PutOutcome, RetryError> {
        let mut headers = headers.clone();
        headers.insert(
            HeaderName::from_static("x-amz-checksum-sha256"),
            header_value(&STANDARD.encode(spooled.sha256().bytes()))?,
        );
        let mut unsigned = HeaderMap::new();
        if self.supports_conditional_put() {
            unsigned.insert(IF_NONE_MATCH, HeaderValue::from_static("*"));
        }
        let range = FileRange {
            file: &spooled.file,
            start: 0,
            len: spooled.len(),
        };
        let response = self.send(path, range, headers, unsigned, None).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(PutOutcome::Stored);
        }
        match status {
            StatusCode::PRECONDITION_FAILED | StatusCode::CONFLICT => Ok(PutOutcome::Exists),
            StatusCode::NOT_IMPLEMENTED if self.supports_conditional_put() => {
                Ok(PutOutcome::ConditionUnsupported)
            }
            _ => Err(response_error(response).await),
        }
    }

    /// Sends a range of a file, with an idle timeout. The caller checks the status.
    pub(super) async fn send(
        &self,
        path: &str,
        range: FileRange<'_>,
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
        let sender = progress.clone();
        let chunks = FileChunks::new(Arc::clone(range.file), range.start, range.len);
        let body = Body::wrap_stream(chunks.inspect(move |_| {
            sender.record();
            crash_point("mid-store");
        }));
        let request = self
            .client
            .put(url)
            .headers(signed)
            .headers(unsigned)
            .header(CONTENT_LENGTH, range.len)
            .body(body)
            .send();
        match progress
            .run_with_idle_timeout(self.config.idle_timeout, request)
            .await
        {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(RetryError::Transient(error.without_url().into())),
            Err(idle) => Err(RetryError::Transient(idle)),
        }
    }
}

/// A range of a spool file.
pub(super) struct FileRange<'a> {
    pub(super) file: &'a Arc<SpoolFile>,
    pub(super) start: u64,
    pub(super) len: u64,
}

/// Decides whether an error response is worth a retry.
pub(super) async fn response_error(response: Response) -> RetryError {
    let status = response.status().as_u16();
    let body = response.text().await.unwrap_or_default();
    let message = describe_response(status, &body);
    // A checksum mismatch means damage in transit, which a retry may avoid.
    if is_transient(status) || body.contains("BadDigest") || body.contains("ChecksumMismatch") {
        RetryError::Transient(message.into())
    } else {
        RetryError::Permanent(Error::unavailable(DOING, message))
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

fn header_value(text: &str) -> Result<HeaderValue, RetryError> {
    HeaderValue::from_str(text).map_err(|error| RetryError::Permanent(Error::unavailable(DOING, error)))
}
