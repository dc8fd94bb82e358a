//! The S3 store: rust-s3 signs and does small requests, our HTTP client transfers the bytes.
mod get;
mod multipart;
mod presign;
mod put;
mod retry;

use crate::{Error, ListedObject, Listing, ObjectKey, ObjectStat, Prefix, S3Config};
use retry::{RetryError, RetryPolicy};
use s3::{
    Bucket, BucketConfiguration, Region, creds::Credentials, error::S3Error, serde_types::HeadObjectResult,
};
use slog::Logger;
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The object metadata with the SHA-256 of the bytes, in hexadecimal.
const SHA256_META: &str = "x-amz-meta-sha256";
/// Timeout of small requests (HEAD, list, delete).
const CONTROL_TIMEOUT: Duration = Duration::from_secs(5);
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);
/// Lifetime of the URLs that this process signs for itself.
const SIGNED_SECONDS: u32 = 300;

/// A bucket of an S3-compatible store.
#[derive(Debug)]
pub(crate) struct S3 {
    config: S3Config,
    /// Signs URLs and does small requests.
    bucket: Box<Bucket>,
    /// Signs URLs for browsers.
    public: Option<Box<Bucket>>,
    /// Transfers bytes: unlike `bucket`, without a timeout over the whole body, and with access to response headers.
    client: reqwest::Client,
    retry: RetryPolicy,
    /// Whether the store supports `If-None-Match` on PUT; `true` until it rejects one.
    conditional_put: AtomicBool,
}

impl S3 {
    pub(crate) fn open(config: &S3Config, log: &Logger) -> Result<Self, Error> {
        // `RetryPolicy` retries; retries of rust-s3 would multiply the attempts.
        s3::set_retries(0);
        let bucket = open_bucket(config, &config.endpoint)?
            .with_request_timeout(CONTROL_TIMEOUT)
            .map_err(|error| config_error(&error))?;
        let public = config
            .public_endpoint
            .as_deref()
            .map(|endpoint| open_bucket(config, endpoint))
            .transpose()?;
        let client = reqwest::Client::builder()
            .connect_timeout(config.connect_timeout)
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Error::Config(format!("cannot create the HTTP client: {error}")))?;
        Ok(Self {
            bucket,
            public,
            client,
            retry: RetryPolicy::new(config.retry_window, log.clone()),
            conditional_put: AtomicBool::new(true),
            config: config.clone(),
        })
    }

    /// Creates the bucket unless it can be listed.
    pub(crate) async fn setup(&self) -> Result<(), Error> {
        let Err(first) = self.probe().await else {
            return Ok(());
        };
        let config = &self.config;
        let region = region(config, &config.endpoint);
        let private = BucketConfiguration::default();
        let credentials = credentials(config)?;
        let created = if config.path_style {
            Bucket::create_with_path_style(&config.bucket, region, credentials, private).await
        } else {
            Bucket::create(&config.bucket, region, credentials, private).await
        };
        match created {
            // 409: another process may have created it at the same time.
            Ok(_) | Err(S3Error::HttpFailWithBody(409, _)) => self.probe().await,
            Err(S3Error::HttpFailWithBody(..)) => Err(first),
            Err(error) => Err(Error::unavailable("create the bucket", error)),
        }
    }

    /// Lists one object: HEAD on the bucket needs permissions that not every key has.
    pub(crate) async fn probe(&self) -> Result<(), Error> {
        let listing = self.bucket.list_page(String::new(), None, None, None, Some(1));
        match tokio::time::timeout(PROBE_TIMEOUT, listing).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Error::unavailable("list the bucket", error)),
            Err(late) => Err(Error::unavailable("list the bucket", late)),
        }
    }

    pub(crate) async fn head(&self, path: &str) -> Result<Option<ObjectStat>, Error> {
        const DOING: &str = "look up an object in the store";
        self.retry
            .call(DOING, || async {
                match self.bucket.head_object(path).await {
                    Ok((found, _)) => parse_head(path, &found).map(Some).map_err(RetryError::Permanent),
                    Err(S3Error::HttpFailWithBody(404, _)) => Ok(None),
                    Err(error) => Err(classify(DOING, error)),
                }
            })
            .await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<(), Error> {
        const DOING: &str = "delete an object from the store";
        self.retry
            .call(DOING, || async {
                match self.bucket.delete_object(path).await {
                    Ok(_) => Ok(()),
                    Err(S3Error::HttpFailWithBody(404, body)) if !body.contains("NoSuchBucket") => Ok(()),
                    Err(error) => Err(classify(DOING, error)),
                }
            })
            .await
    }

    pub(crate) async fn list(
        &self,
        prefix: Prefix,
        after: Option<String>,
        limit: usize,
    ) -> Result<Listing, Error> {
        const DOING: &str = "list the store";
        let limit = limit.clamp(1, 1000);
        let prefix = format!("{}/", prefix.as_str());
        let (page, _) = self
            .retry
            .call(DOING, || async {
                self.bucket
                    .list_page(prefix.clone(), None, None, after.clone(), Some(limit))
                    .await
                    .map_err(|error| classify(DOING, error))
            })
            .await?;
        let items = page
            .contents
            .into_iter()
            .map(|object| {
                Ok(ListedObject {
                    key: ObjectKey::parse(&object.key),
                    modified: OffsetDateTime::parse(&object.last_modified, &Rfc3339)
                        .map_err(|error| Error::unavailable(DOING, error))?,
                    path: object.key,
                    len: object.size,
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        // The cursor is the last path: unlike a continuation token, it never expires.
        let next = items
            .last()
            .filter(|_| page.is_truncated)
            .map(|last| last.path.clone());
        Ok(Listing { items, next })
    }

    fn supports_conditional_put(&self) -> bool {
        self.conditional_put.load(Ordering::Relaxed)
    }
}

fn region(config: &S3Config, endpoint: &str) -> Region {
    Region::Custom {
        region: config.region.clone(),
        endpoint: endpoint.to_owned(),
    }
}

fn credentials(config: &S3Config) -> Result<Credentials, Error> {
    let secret = config.secret_key.expose().as_str();
    Credentials::new(Some(&config.access_key), Some(secret), None, None, None)
        .map_err(|error| Error::Config(format!("invalid S3 credentials: {error}")))
}

fn open_bucket(config: &S3Config, endpoint: &str) -> Result<Box<Bucket>, Error> {
    let bucket = Bucket::new(&config.bucket, region(config, endpoint), credentials(config)?)
        .map_err(|error| config_error(&error))?;
    Ok(if config.path_style {
        bucket.with_path_style()
    } else {
        bucket
    })
}

fn config_error(error: &S3Error) -> Error {
    Error::Config(format!("invalid S3 configuration: {error}"))
}

/// Reads the response of HEAD. The length is required; objects of other writers have no checksum.
fn parse_head(path: &str, found: &HeadObjectResult) -> Result<ObjectStat, Error> {
    let len = found
        .content_length
        .and_then(|len| u64::try_from(len).ok())
        .ok_or_else(|| Error::corrupt(path, "has no length in the response of the store"))?;
    let sha256 = found
        .metadata
        .as_ref()
        .and_then(|metadata| metadata.get("sha256").or_else(|| metadata.get(SHA256_META)))
        .and_then(|text| text.parse().ok());
    Ok(ObjectStat { len, sha256 })
}

/// Decides whether an error of rust-s3 is worth a retry.
fn classify(operation: &'static str, error: S3Error) -> RetryError {
    match error {
        S3Error::HttpFailWithBody(status, _) if !is_transient(status) => {
            RetryError::Permanent(Error::unavailable(operation, error))
        }
        error => RetryError::Transient(error.into()),
    }
}

/// Whether a retry may change the status.
fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

/// The status and the truncated body, for the log.
fn describe_response(status: u16, body: &str) -> String {
    let body: String = body.chars().take(300).collect();
    format!("the store responded with {status}: {body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_transient_statuses_are_retried() {
        for (status, transient) in [
            (400, false),
            (403, false),
            (404, false),
            (408, true),
            (429, true),
            (500, true),
            (503, true),
        ] {
            let error = S3Error::HttpFailWithBody(status, String::new());
            assert_eq!(
                matches!(classify("test", error), RetryError::Transient(_)),
                transient,
                "{status}"
            );
        }
    }
}
