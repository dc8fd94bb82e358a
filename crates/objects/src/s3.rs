//! The S3 store: rust-s3 signs and administers, our own HTTP client moves the bytes.
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

/// Where the SHA-256 of the bytes is kept with the object, in hexadecimal.
const SHA256_META: &str = "x-amz-meta-sha256";
/// A whole small request (HEAD, list, delete) takes no longer.
const CONTROL_TIMEOUT: Duration = Duration::from_secs(5);
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long the URLs live that this process signs for itself.
const SIGNED_SECONDS: u32 = 300;

/// A bucket of an S3-compatible store.
#[derive(Debug)]
pub(crate) struct S3 {
    config: S3Config,
    /// Signs, and does the small requests.
    bucket: Box<Bucket>,
    /// Signs for browsers.
    public: Option<Box<Bucket>>,
    /// Moves the bytes: without a timeout over the whole body, and the headers of an answer can be read.
    client: reqwest::Client,
    retry: RetryPolicy,
    /// Whether the store knows `If-None-Match` on PUT, as far as is known.
    conditional: AtomicBool,
}

impl S3 {
    pub(crate) fn open(config: &S3Config, log: &Logger) -> Result<Self, Error> {
        // Tries are counted here; rust-s3 would multiply them.
        s3::set_retries(0);
        let bucket = bucket_at(config, &config.endpoint)?
            .with_request_timeout(CONTROL_TIMEOUT)
            .map_err(|error| unusable(&error))?;
        let public = config
            .public_endpoint
            .as_deref()
            .map(|endpoint| bucket_at(config, endpoint))
            .transpose()?;
        let client = reqwest::Client::builder()
            .connect_timeout(config.connect_timeout)
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Error::Config(format!("no HTTP client can be made: {error}")))?;
        Ok(Self {
            bucket,
            public,
            client,
            retry: RetryPolicy::new(config.retry_window, log.clone()),
            conditional: AtomicBool::new(true),
            config: config.clone(),
        })
    }

    /// Makes the bucket unless it can be listed.
    pub(crate) async fn setup(&self) -> Result<(), Error> {
        let Err(first) = self.probe().await else {
            return Ok(());
        };
        let config = &self.config;
        let region = region(config, &config.endpoint);
        let private = BucketConfiguration::default();
        let credentials = credentials(config)?;
        let made = if config.path_style {
            Bucket::create_with_path_style(&config.bucket, region, credentials, private).await
        } else {
            Bucket::create(&config.bucket, region, credentials, private).await
        };
        match made {
            // 409: another process may have made it at the same moment.
            Ok(_) | Err(S3Error::HttpFailWithBody(409, _)) => self.probe().await,
            Err(S3Error::HttpFailWithBody(..)) => Err(first),
            Err(error) => Err(Error::unavailable("make the bucket", error)),
        }
    }

    /// Lists one object: HEAD on a bucket needs rights that not every key has.
    pub(crate) async fn probe(&self) -> Result<(), Error> {
        let listing = self.bucket.list_page(String::new(), None, None, None, Some(1));
        match tokio::time::timeout(PROBE_TIMEOUT, listing).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Error::unavailable("list the bucket", error)),
            Err(late) => Err(Error::unavailable("list the bucket", late)),
        }
    }

    pub(crate) async fn head(&self, path: &str) -> Result<Option<ObjectStat>, Error> {
        const DOING: &str = "look an object up in the store";
        self.retry
            .run(DOING, || async {
                match self.bucket.head_object(path).await {
                    Ok((found, _)) => stat(path, &found).map(Some).map_err(RetryError::Permanent),
                    Err(S3Error::HttpFailWithBody(404, _)) => Ok(None),
                    Err(error) => Err(trouble(DOING, error)),
                }
            })
            .await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<(), Error> {
        const DOING: &str = "delete an object from the store";
        self.retry
            .run(DOING, || async {
                match self.bucket.delete_object(path).await {
                    Ok(_) => Ok(()),
                    Err(S3Error::HttpFailWithBody(404, body)) if !body.contains("NoSuchBucket") => Ok(()),
                    Err(error) => Err(trouble(DOING, error)),
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
            .run(DOING, || async {
                self.bucket
                    .list_page(prefix.clone(), None, None, after.clone(), Some(limit))
                    .await
                    .map_err(|error| trouble(DOING, error))
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
        // The last path is the cursor: unlike a continuation token it stays good for ever.
        let next = items
            .last()
            .filter(|_| page.is_truncated)
            .map(|last| last.path.clone());
        Ok(Listing { items, next })
    }

    fn is_conditional(&self) -> bool {
        self.conditional.load(Ordering::Relaxed)
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
        .map_err(|error| Error::Config(format!("the S3 credentials cannot be used: {error}")))
}

fn bucket_at(config: &S3Config, endpoint: &str) -> Result<Box<Bucket>, Error> {
    let bucket = Bucket::new(&config.bucket, region(config, endpoint), credentials(config)?)
        .map_err(|error| unusable(&error))?;
    Ok(if config.path_style {
        bucket.with_path_style()
    } else {
        bucket
    })
}

fn unusable(error: &S3Error) -> Error {
    Error::Config(format!("the S3 configuration cannot be used: {error}"))
}

/// Reads what HEAD answered. The length is required; a checksum is there where we wrote the object.
fn stat(path: &str, found: &HeadObjectResult) -> Result<ObjectStat, Error> {
    let len = found
        .content_length
        .and_then(|len| u64::try_from(len).ok())
        .ok_or_else(|| Error::corrupt(path, "has no length in the store's answer"))?;
    let sha256 = found
        .metadata
        .as_ref()
        .and_then(|metadata| metadata.get("sha256").or_else(|| metadata.get(SHA256_META)))
        .and_then(|text| text.parse().ok());
    Ok(ObjectStat { len, sha256 })
}

/// Sorts a failure of rust-s3 into worth another try or not.
fn trouble(doing: &'static str, error: S3Error) -> RetryError {
    match error {
        S3Error::HttpFailWithBody(status, _) if !is_transient(status) => {
            RetryError::Permanent(Error::unavailable(doing, error))
        }
        error => RetryError::Transient(error.into()),
    }
}

/// Whether a status may be another one next time.
fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

/// What the store said, for the log; its text is cut.
fn refused(status: u16, body: &str) -> String {
    let body: String = body.chars().take(300).collect();
    format!("the store answered {status}: {body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_statuses_that_may_pass_are_tried_again() {
        for (status, again) in [
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
                matches!(trouble("test", error), RetryError::Transient(_)),
                again,
                "{status}"
            );
        }
    }
}
