//! Stores a large upload in parts, two at a time, streamed from the spool file.
use super::{
    S3, classify,
    put::{DOING, FileRange, response_error},
    retry::RetryError,
};
use crate::{Error, SpooledFile};
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::header::{CONTENT_TYPE, ETAG, HeaderMap};
use s3::serde_types::Part;
use std::collections::HashMap;

const PART_LEN: u64 = 16 << 20;
/// The maximum number of parts in S3.
const MAX_PARTS: u64 = 10_000;
const CONCURRENT_PARTS: usize = 2;

impl S3 {
    /// Compares an existing object instead of replacing it. Aborts the multipart upload after an error; if that fails too, the
    /// bucket's lifecycle rule for incomplete uploads has to delete the parts.
    pub(super) async fn store_in_parts(
        &self,
        path: &str,
        spooled: &SpooledFile,
        headers: HeaderMap,
    ) -> Result<(), Error> {
        let exists = self
            .retry
            .call(DOING, || async { self.is_stored(path, spooled).await })
            .await?;
        if exists {
            return Ok(());
        }
        let upload = self.create_multipart_upload(path, headers).await?;
        let sent = self.send_parts(path, spooled, &upload).await;
        if let Err(error) = sent {
            let _ = self.bucket.abort_upload(path, &upload).await;
            return Err(error);
        }
        Ok(())
    }

    async fn create_multipart_upload(&self, path: &str, mut headers: HeaderMap) -> Result<String, Error> {
        let media_type = headers.remove(CONTENT_TYPE);
        let media_type = media_type
            .as_ref()
            .and_then(|value| value.to_str().ok())
            .unwrap_or("application/octet-stream");
        let bucket = self
            .bucket
            .with_extra_headers(headers)
            .map_err(|error| Error::unavailable(DOING, error))?;
        self.retry
            .call(DOING, || async {
                bucket
                    .initiate_multipart_upload(path, media_type)
                    .await
                    .map(|begun| begun.upload_id)
                    .map_err(|error| classify(DOING, error))
            })
            .await
    }

    async fn send_parts(&self, path: &str, spooled: &SpooledFile, upload: &str) -> Result<(), Error> {
        let part_len = PART_LEN.max(spooled.len().div_ceil(MAX_PARTS));
        let count = u32::try_from(spooled.len().div_ceil(part_len))
            .map_err(|error| Error::unavailable(DOING, error))?;
        let parts: Vec<Part> = stream::iter(0..count)
            .map(|index| self.send_part(path, spooled, upload, index, part_len))
            .buffered(CONCURRENT_PARTS)
            .try_collect()
            .await?;
        self.retry
            .call(DOING, || async {
                let outcome = self
                    .bucket
                    .complete_multipart_upload(path, upload, parts.clone())
                    .await;
                // The object decides: a response may be lost, and a second completion finds no upload.
                match (self.is_stored(path, spooled).await?, outcome) {
                    (true, _) => Ok(()),
                    (false, Err(error)) => Err(classify(DOING, error)),
                    (false, Ok(_)) => Err(RetryError::Transient(
                        "the completed object does not exist".into(),
                    )),
                }
            })
            .await
    }

    async fn send_part(
        &self,
        path: &str,
        spooled: &SpooledFile,
        upload: &str,
        index: u32,
        part_len: u64,
    ) -> Result<Part, Error> {
        let part_number = index + 1;
        let start = u64::from(index) * part_len;
        self.retry
            .call(DOING, || async {
                let queries = HashMap::from([
                    ("partNumber".to_owned(), part_number.to_string()),
                    ("uploadId".to_owned(), upload.to_owned()),
                ]);
                let range = FileRange {
                    file: &spooled.file,
                    start,
                    len: part_len.min(spooled.len() - start),
                };
                let response = self
                    .send(path, range, HeaderMap::new(), HeaderMap::new(), Some(queries))
                    .await?;
                if !response.status().is_success() {
                    return Err(response_error(response).await);
                }
                let etag = response
                    .headers()
                    .get(ETAG)
                    .and_then(|value| value.to_str().ok())
                    .ok_or_else(|| RetryError::Transient("the store returned no ETag for a part".into()))?;
                Ok(Part {
                    part_number,
                    etag: etag.to_owned(),
                })
            })
            .await
    }
}
