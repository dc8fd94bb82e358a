//! Where an object lies: a path made of ids only, and what follows from its kind.
use infravault_kernel::{Id, ImageId, Sha256, UploadId};
use uuid::Uuid;

/// The top-level folders of a store; each holds one kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// The bytes that people uploaded, unchanged.
    Originals,
    /// Images made of them, which can be made again.
    Renditions,
    /// Pieces of uploads that are open. Nothing in it is ever served.
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

/// The key of one object. It never stands for other bytes: every attempt to store an original has its own, and a
/// rendition is named by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKey {
    /// The original of an image.
    Original {
        /// The image.
        image: ImageId,
        /// The attempt to store it, so that a late or repeated write never meets another one's bytes.
        attempt: Uuid,
    },
    /// An image made of an image.
    Rendition {
        /// The image.
        image: ImageId,
        /// The SHA-256 of the bytes.
        sha256: Sha256,
    },
    /// A part of an upload that is open.
    Incoming {
        /// The upload that it was sent to.
        upload: UploadId,
        /// The piece; it is written once.
        part: Uuid,
    },
}

impl ObjectKey {
    /// The prefix that the object lies in.
    #[must_use]
    pub fn prefix(&self) -> Prefix {
        match self {
            Self::Original { .. } => Prefix::Originals,
            Self::Rendition { .. } => Prefix::Renditions,
            Self::Incoming { .. } => Prefix::Incoming,
        }
    }

    /// The path inside the store: `originals/<2 hex>/<image>.<attempt>`, `renditions/<2 hex>/<image>.<64 hex>` or
    /// `incoming/<2 hex>/<upload>.<piece>`. The two digits are the first id's last ones, which are random, so that 256
    /// folders share the objects evenly.
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

    /// Reads a path back; only the exact text that [`ObjectKey::path`] makes is a key.
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

    /// What caches may do with the object when the store itself delivers it: both depend on who asks.
    #[must_use]
    pub fn cache_control(&self) -> &'static str {
        match self {
            Self::Original { .. } | Self::Incoming { .. } => "private, no-store",
            Self::Rendition { .. } => "private, no-cache",
        }
    }

    /// How a browser shows the object when the store itself delivers it and nothing else is said.
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
    fn a_key_has_one_path_and_comes_back() {
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
    fn nothing_else_is_a_key() {
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
