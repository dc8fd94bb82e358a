//! Presigned requests for browsers, for the public endpoint of the store.
use super::{S3, S3Error, is_transient};
use crate::{Error, ObjectKey, PresignedPut, PutConstraints, ResponseOverrides};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use s3::serde_types::{CorsConfiguration, CorsRule};
use std::{collections::HashMap, time::Duration};

const SIGNING: &str = "sign a URL";

impl S3 {
    pub(crate) async fn presign_get(
        &self,
        path: &str,
        ttl: Duration,
        overrides: &ResponseOverrides,
    ) -> Result<Option<String>, Error> {
        let Some(public) = &self.public else {
            return Ok(None);
        };
        let mut queries = HashMap::new();
        for (name, value) in [
            ("response-content-disposition", &overrides.content_disposition),
            ("response-content-type", &overrides.content_type),
        ] {
            if let Some(value) = value {
                queries.insert(name.to_owned(), value.clone());
            }
        }
        let seconds = u32::try_from(ttl.as_secs()).unwrap_or(u32::MAX);
        public
            .presign_get(path, seconds, Some(queries))
            .await
            .map(Some)
            .map_err(|error| Error::unavailable(SIGNING, error))
    }

    /// Signs the length, the media type, the checksum and, if supported, the condition that the object does not exist.
    pub(crate) async fn presign_put(
        &self,
        key: &ObjectKey,
        ttl: Duration,
        constraints: &PutConstraints<'_>,
    ) -> Result<Option<PresignedPut>, Error> {
        let Some(public) = &self.public else {
            return Ok(None);
        };
        let mut headers = vec![
            ("content-type", constraints.media_type.to_owned()),
            (
                "x-amz-checksum-sha256",
                STANDARD.encode(constraints.sha256.bytes()),
            ),
        ];
        if self.supports_conditional_put() {
            headers.push(("if-none-match", "*".to_owned()));
        }
        let mut signed = HeaderMap::new();
        signed.insert("content-length", constraints.len.into());
        for (name, value) in &headers {
            let value = HeaderValue::from_str(value).map_err(|error| Error::unavailable(SIGNING, error))?;
            signed.insert(HeaderName::from_static(name), value);
        }
        let seconds = u32::try_from(ttl.as_secs()).unwrap_or(u32::MAX);
        let url = public
            .presign_put(key.path(), seconds, Some(signed), None)
            .await
            .map_err(|error| Error::unavailable(SIGNING, error))?;
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Ok(Some(PresignedPut { url, headers }))
    }

    /// Sets the bucket's CORS rule. Stores without CORS settings, or without the permission, return a permanent error status.
    pub(crate) async fn allow_origins(&self, origins: &[String]) -> Result<bool, Error> {
        let methods = ["GET", "HEAD", "PUT"].map(str::to_owned).to_vec();
        let exposed = ["ETag", "x-amz-checksum-sha256"].map(str::to_owned).to_vec();
        let rule = CorsRule::new(
            Some(vec!["*".to_owned()]),
            methods,
            origins.to_vec(),
            Some(exposed),
            None,
            Some(600),
        );
        match self
            .bucket
            .put_bucket_cors("", &CorsConfiguration::new(vec![rule]))
            .await
        {
            Ok(response) => Ok((200..300).contains(&response.status_code())),
            Err(S3Error::HttpFailWithBody(status, _)) if !is_transient(status) || status == 501 => Ok(false),
            Err(error) => Err(Error::unavailable("set the CORS rule of the bucket", error)),
        }
    }
}
