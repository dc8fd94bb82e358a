//! Requests that browsers send to the store themselves, signed for its public endpoint.
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
        shown_as: &ResponseOverrides,
    ) -> Result<Option<String>, Error> {
        let Some(public) = &self.public else {
            return Ok(None);
        };
        let mut queries = HashMap::new();
        for (name, value) in [
            ("response-content-disposition", &shown_as.content_disposition),
            ("response-content-type", &shown_as.content_type),
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

    /// Bound to the length, the type and the checksum, and to there being no such object yet where the store knows how
    /// to refuse a second one.
    pub(crate) async fn presign_put(
        &self,
        key: &ObjectKey,
        ttl: Duration,
        bound: &PutConstraints<'_>,
    ) -> Result<Option<PresignedPut>, Error> {
        let Some(public) = &self.public else {
            return Ok(None);
        };
        let mut headers = vec![
            ("content-type", bound.media_type.to_owned()),
            ("x-amz-checksum-sha256", STANDARD.encode(bound.sha256.bytes())),
        ];
        if self.is_conditional() {
            headers.push(("if-none-match", "*".to_owned()));
        }
        let mut signed = HeaderMap::new();
        signed.insert("content-length", bound.len.into());
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

    /// Sets the bucket's CORS rule. A store that does not know such rules, or whose administrator sets them, says so with
    /// a status that stays.
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
            Ok(answer) => Ok((200..300).contains(&answer.status_code())),
            Err(S3Error::HttpFailWithBody(status, _)) if !is_transient(status) || status == 501 => Ok(false),
            Err(error) => Err(Error::unavailable("set the CORS rule of the bucket", error)),
        }
    }
}
