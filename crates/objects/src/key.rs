//! Object keys: paths that consist of IDs only.
use infravault_kernel::{Id, ImageId, Sha256, UploadId};
use uuid::Uuid;

/// A top-level folder of the store. Each contains one kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// Uploaded originals.
    Originals,
    /// Renditions, which can be regenerated.
    Renditions,
    /// Parts of upload sessions, which are never served.
    Incoming,
}

impl Prefix {
    /// Every prefix.
    pub const ALL: &'static [Self] = &[Self::Originals, Self::Renditions, Self::Incoming];

    /// The folder's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Originals => "originals",
            Self::Renditions => "renditions",
            Self::Incoming => "incoming",
        }
    }
}

/// The key of one object. A key never refers to different bytes: every attempt to store an original has its own key, and
/// the key of a rendition contains its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKey {
    /// The original of an image.
    Original {
        /// The image.
        image: ImageId,
        /// The ID of the attempt to store it, so that late or repeated writes never collide.
        attempt: Uuid,
    },
    /// A rendition of an image.
    Rendition {
        /// The image.
        image: ImageId,
        /// The SHA-256 of the bytes.
        sha256: Sha256,
    },
    /// A part of an upload session.
    Incoming {
        /// The upload session.
        upload: UploadId,
        /// The ID of the part.
        part: Uuid,
    },
}

impl ObjectKey {
    /// The prefix of the path.
    #[must_use]
    pub fn prefix(&self) -> Prefix {
        match self {
            Self::Original { .. } => Prefix::Originals,
            Self::Rendition { .. } => Prefix::Renditions,
            Self::Incoming { .. } => Prefix::Incoming,
        }
    }

    /// The path inside the store: `originals/<2 hex>/<image>.<attempt>`, `renditions/<2 hex>/<image>.<64 hex>` or
    /// `incoming/<2 hex>/<upload>.<part>`. The two digits are the last ones of the first ID, which are random, so that
    /// objects spread evenly over 256 folders.
    #[must_use]
    pub fn path(&self) -> String {
        let (of, name) = match self {
            Self::Original { image, attempt } => (image.uuid(), attempt.hyphenated().to_string()),
            Self::Rendition { image, sha256 } => (image.uuid(), sha256.to_string()),
            Self::Incoming { upload, part } => (upload.uuid(), part.hyphenated().to_string()),
        };
        let [.., last] = *of.as_bytes();
        format!("{}/{last:02x}/{of}.{name}", self.prefix().as_str())
    }

    /// Parses a path. Only the exact output of [`ObjectKey::path`] is a key.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let mut parts = path.split('/');
        let (prefix, _, name) = (parts.next()?, parts.next()?, parts.next()?);
        let prefix = Prefix::ALL.iter().find(|known| known.as_str() == prefix)?;
        let (of, name) = name.split_once('.')?;
        let key = match prefix {
            Prefix::Originals => Self::Original {
                image: of.parse().ok()?,
                attempt: uuid(name)?,
            },
            Prefix::Renditions => Self::Rendition {
                image: of.parse().ok()?,
                sha256: name.parse().ok()?,
            },
            Prefix::Incoming => Self::Incoming {
                upload: of.parse().ok()?,
                part: uuid(name)?,
            },
        };
        (key.path() == path).then_some(key)
    }

    /// The `Cache-Control` of the stored object. Access depends on the caller, so it is always private.
    #[must_use]
    pub fn cache_control(&self) -> &'static str {
        match self {
            Self::Original { .. } | Self::Incoming { .. } => "private, no-store",
            Self::Rendition { .. } => "private, no-cache",
        }
    }

    /// The `Content-Disposition` of the stored object.
    #[must_use]
    pub fn disposition(&self) -> &'static str {
        match self {
            Self::Original { .. } | Self::Incoming { .. } => "attachment",
            Self::Rendition { .. } => "inline",
        }
    }
}

fn uuid(text: &str) -> Option<Uuid> {
    text.parse::<uuid::fmt::Hyphenated>()
        .ok()
        .map(uuid::fmt::Hyphenated::into_uuid)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAGE: &str = "01930000-0000-7000-8000-00000000002a";
    const ATTEMPT: &str = "01930000-0000-7000-8000-0000000000ff";

    #[test]
    fn key_and_path_round_trip() {
        let key = ObjectKey::Original {
            image: IMAGE.parse().unwrap(),
            attempt: ATTEMPT.parse().unwrap(),
        };
        assert_eq!(key.path(), format!("originals/2a/{IMAGE}.{ATTEMPT}"));
        assert_eq!(ObjectKey::parse(&key.path()), Some(key));

        let sha256 = Sha256::digest(b"a rendition");
        let key = ObjectKey::Rendition {
            image: IMAGE.parse().unwrap(),
            sha256,
        };
        assert_eq!(key.path(), format!("renditions/2a/{IMAGE}.{sha256}"));
        assert_eq!(ObjectKey::parse(&key.path()), Some(key));

        let key = ObjectKey::Incoming {
            upload: IMAGE.parse().unwrap(),
            part: ATTEMPT.parse().unwrap(),
        };
        assert_eq!(key.path(), format!("incoming/2a/{IMAGE}.{ATTEMPT}"));
        assert_eq!(ObjectKey::parse(&key.path()), Some(key));
    }

    #[test]
    fn other_paths_are_not_keys() {
        for path in [
            String::new(),
            "originals".to_owned(),
            format!("originals/2b/{IMAGE}.{ATTEMPT}"),
            format!("/originals/2a/{IMAGE}.{ATTEMPT}"),
            format!("originals/2a/{IMAGE}.{ATTEMPT}/"),
            format!("originals/2a/../2a/{IMAGE}.{ATTEMPT}"),
            format!("originals//2a/{IMAGE}.{ATTEMPT}"),
            format!("originals/2a/{IMAGE}"),
            format!("originals/2A/{IMAGE}.{ATTEMPT}"),
            format!("originals/2a/{IMAGE}.{}", ATTEMPT.to_uppercase()),
            format!("originals/2a/{}.{ATTEMPT}", IMAGE.replace('-', "")),
            format!("renditions/2a/{IMAGE}.{ATTEMPT}"),
            "../../etc/passwd".to_owned(),
            "originals/2a/../../../etc/passwd".to_owned(),
        ] {
            assert_eq!(ObjectKey::parse(&path), None, "{path}");
        }
    }
}
