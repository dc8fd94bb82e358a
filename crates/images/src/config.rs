//! The settings of the images context.
use crate::{Preset, Quality};
use infravault_imaging::Limits;
use infravault_kernel::config::Env;
use std::time::Duration;

const PRESETS: &str =
    "thumb=256x256:cover,small=512x512:inside,medium=1024x1024:inside,large=2048x2048:inside";

/// [`Config::from_env`] describes each field by its setting.
#[derive(Clone, Debug)]
pub struct Config {
    pub max_upload_bytes: u64,
    pub limits: Limits,
    pub upload_deadline: Duration,
    pub upload_grace: Duration,
    /// Bytes per second.
    pub min_rate: u64,
    pub rate_window: Duration,
    pub uploads_in_flight: usize,
    pub uploads_per_account: usize,
    /// How long an upload under way keeps its idempotency key to itself.
    pub key_lease: Duration,
    pub key_ttl: Duration,
    pub trash_retention: Duration,
    pub tombstone_ttl: Duration,
    pub sweep_interval: Duration,
    pub presets: Vec<Preset>,
    pub quality: Quality,
    pub rendition_cache: u64,
    pub rendition_wait: Duration,
    pub rendition_unused_for: Duration,
    /// `None`: no limit.
    pub rendition_max_bytes: Option<u64>,
    pub signed_url_ttl: Duration,
    pub upload_expiry: Duration,
    pub upload_url_ttl: Duration,
    pub open_uploads: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self::from_env(&mut Env::default())
    }
}

impl Config {
    /// Reads the settings.
    #[expect(clippy::too_many_lines, reason = "a list of settings, one after the other")]
    pub fn from_env(env: &mut Env) -> Self {
        let config = Self {
            max_upload_bytes: env.bytes("UPLOAD_MAX_BYTES", "40MiB", "Maximum size of an original."),
            limits: limits(env),
            upload_deadline: env.duration(
                "UPLOAD_TIMEOUT",
                "10m",
                "Maximum duration of receiving the body of an upload.",
            ),
            upload_grace: env.duration(
                "UPLOAD_ABANDONED_AFTER",
                "15m",
                "Age at which an unfinished upload is rolled back. Must be longer than UPLOAD_TIMEOUT.",
            ),
            min_rate: env.bytes(
                "UPLOAD_MIN_RATE",
                "8KiB",
                "Minimum number of bytes per second that a client must send during an upload.",
            ),
            rate_window: env.duration(
                "UPLOAD_MIN_RATE_WINDOW",
                "20s",
                "Time over which UPLOAD_MIN_RATE is averaged.",
            ),
            uploads_in_flight: env.value(
                "UPLOAD_MAX_CONCURRENT",
                "1000",
                "Maximum number of concurrent uploads per process. Further uploads get 503.",
            ),
            uploads_per_account: env.value(
                "UPLOAD_MAX_CONCURRENT_PER_ACCOUNT",
                "100",
                "Maximum number of concurrent uploads per account and process. Further uploads get 429.",
            ),
            key_lease: Duration::from_mins(10),
            key_ttl: env.duration(
                "IDEMPOTENCY_KEY_TTL",
                "24h",
                "Time for which an `Idempotency-Key` is stored.",
            ),
            trash_retention: env.duration(
                "TRASH_RETENTION",
                "30d",
                "Time after which an image in the trash is purged. With 0s, the next sweep purges it.",
            ),
            tombstone_ttl: env.duration(
                "TRASH_TOMBSTONE_TTL",
                "30d",
                "Time for which the id of a purged image is stored. Its metadata is deleted immediately.",
            ),
            sweep_interval: env.duration(
                "SWEEPER_INTERVAL",
                "60s",
                "Interval of the sweeper, which deletes abandoned uploads and unreferenced objects.",
            ),
            presets: presets(env),
            quality: quality(env),
            rendition_cache: env.bytes(
                "RENDITION_CACHE_BYTES",
                "32MiB",
                "Memory of the cache of small renditions.",
            ),
            rendition_wait: env.duration(
                "RENDITION_TIMEOUT",
                "15s",
                "Maximum time that a request waits for a rendition. After it, the request gets 503.",
            ),
            rendition_unused_for: env.duration(
                "RENDITION_UNUSED_TTL",
                "90d",
                "Delete renditions that have not been requested for this long. They are created again on request.",
            ),
            rendition_max_bytes: Some(env.bytes(
                "RENDITION_MAX_BYTES",
                "0",
                "Maximum size of all renditions. The least recently requested ones are deleted first. 0 disables the limit.",
            ))
            .filter(|bytes| *bytes > 0),
            signed_url_ttl: env.duration(
                "TRANSFORM_URL_MAX_TTL",
                "300s",
                "Maximum lifetime of a signed transform URL.",
            ),
            upload_expiry: env.duration(
                "UPLOAD_SESSION_TTL",
                "24h",
                "Time without activity after which an upload session expires.",
            ),
            upload_url_ttl: env.duration(
                "UPLOAD_URL_TTL",
                "60s",
                "Lifetime of a signed upload URL, at most 60s.",
            ),
            open_uploads: env.value(
                "UPLOAD_SESSION_MAX_COUNT",
                "1000",
                "Maximum number of open upload sessions per account.",
            ),
        };
        if config.upload_url_ttl.is_zero() || config.upload_url_ttl > Duration::from_mins(1) {
            env.reject("UPLOAD_URL_TTL", "must be 1s to 60s", "60s");
        }
        if !(Duration::from_mins(1)..=Duration::from_hours(24 * 365)).contains(&config.upload_expiry) {
            env.reject("UPLOAD_SESSION_TTL", "must be 1m to 365d", "24h");
        }
        if config.upload_grace <= config.upload_deadline {
            env.reject(
                "UPLOAD_ABANDONED_AFTER",
                "must be longer than UPLOAD_TIMEOUT",
                "15m",
            );
        }
        if config.max_upload_bytes == 0 || i64::try_from(config.max_upload_bytes).is_err() {
            env.reject("UPLOAD_MAX_BYTES", "must be at least one byte", "40MiB");
        }
        if config.sweep_interval.is_zero() || config.rate_window.is_zero() {
            env.reject(
                "SWEEPER_INTERVAL",
                "and UPLOAD_MIN_RATE_WINDOW must not be zero",
                "60s",
            );
        }
        config
    }
}

fn presets(env: &mut Env) -> Vec<Preset> {
    let texts = env.list(
        "RENDITION_PRESETS",
        PRESETS,
        "Presets of renditions, as `name=WIDTHxHEIGHT:fit` separated by commas. `fit` is inside, contain, cover or fill.",
    );
    let mut presets: Vec<Preset> = Vec::with_capacity(texts.len());
    for text in texts {
        match text.parse::<Preset>() {
            Ok(preset) if presets.iter().any(|known| known.name == preset.name) => {
                env.reject("RENDITION_PRESETS", "has a preset twice", PRESETS);
            }
            Ok(preset) => presets.push(preset),
            Err(error) => env.reject("RENDITION_PRESETS", error, PRESETS),
        }
    }
    presets
}

fn quality(env: &mut Env) -> Quality {
    let quality = Quality {
        jpeg: env.value(
            "RENDITION_QUALITY_JPEG",
            "80",
            "Quality of JPEG renditions, 1 to 100.",
        ),
        webp: env.value(
            "RENDITION_QUALITY_WEBP",
            "80",
            "Quality of WebP renditions, 1 to 100.",
        ),
        avif: env.value(
            "RENDITION_QUALITY_AVIF",
            "60",
            "Quality of AVIF renditions, 1 to 100.",
        ),
    };
    if [quality.jpeg, quality.webp, quality.avif]
        .iter()
        .any(|quality| !(1..=100).contains(quality))
    {
        env.reject(
            "RENDITION_QUALITY_JPEG",
            "and its siblings must be 1 to 100",
            "80",
        );
    }
    quality
}

fn limits(env: &mut Env) -> Limits {
    Limits {
        max_side: env.value(
            "IMAGE_MAX_SIDE",
            "12000",
            "Maximum width and height of an image, in pixels.",
        ),
        max_pixels: env.value(
            "IMAGE_MAX_PIXELS",
            "50000000",
            "Maximum number of pixels of an image.",
        ),
        max_animation_pixels: env.value(
            "IMAGE_MAX_ANIMATION_PIXELS",
            "50000000",
            "Maximum number of pixels of an animation: the pixels of its canvas times its number of frames.",
        ),
        max_frames: env.value(
            "IMAGE_MAX_FRAMES",
            "300",
            "Maximum number of frames of an animation.",
        ),
        max_jpeg_scans: env.value(
            "IMAGE_MAX_JPEG_SCANS",
            "64",
            "Maximum number of scans of a progressive JPEG.",
        ),
        max_icc_bytes: env.bytes(
            "IMAGE_MAX_ICC_BYTES",
            "1MiB",
            "Maximum size of an ICC color profile.",
        ),
        ..Limits::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_the_published_limits() {
        let mut env = Env::default();
        let config = Config::from_env(&mut env);
        assert_eq!(env.finish(), Ok(()));
        assert_eq!(config.max_upload_bytes, 40 << 20);
        assert_eq!(config.limits, Limits::default());
        assert_eq!(config.upload_grace, Duration::from_mins(15));
    }

    #[test]
    fn a_grace_shorter_than_the_deadline_is_a_fault() {
        let mut env: Env = [("UPLOAD_ABANDONED_AFTER".to_owned(), "9m".to_owned())]
            .into_iter()
            .collect();
        let _ = Config::from_env(&mut env);
        assert!(
            env.finish()
                .is_err_and(|error| error.to_string().contains("UPLOAD_ABANDONED_AFTER"))
        );
    }
}
