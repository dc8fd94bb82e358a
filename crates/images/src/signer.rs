//! The keys that sign URLs (HMAC-SHA-256).
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use infravault_kernel::Secret;
use std::fmt;

pub(crate) struct Signer {
    keys: Vec<(String, hmac::Key)>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|(kid, _)| kid))
            .finish()
    }
}

impl Signer {
    /// The last key signs, all keys verify.
    pub(crate) fn new(keys: Vec<(String, Secret<[u8; 32]>)>) -> Self {
        let key = |(kid, key): (String, Secret<[u8; 32]>)| (kid, hmac::Key::new(HMAC_SHA256, key.expose()));
        Self {
            keys: keys.into_iter().map(key).collect(),
        }
    }

    /// Returns the id of the key that signs.
    pub(crate) fn newest(&self) -> Option<&str> {
        self.keys.last().map(|(kid, _)| kid.as_str())
    }

    /// Computes the tag of a message, in base64url. Returns `None` for an unknown key. Every message begins with its
    /// purpose, so that no tag is valid elsewhere.
    pub(crate) fn tag(&self, kid: &str, message: &[u8]) -> Option<String> {
        let (_, key) = self.keys.iter().find(|(known, _)| known == kid)?;
        Some(URL_SAFE_NO_PAD.encode(hmac::sign(key, message)))
    }

    /// Verifies a tag in constant time.
    pub(crate) fn is_tag(&self, kid: &str, message: &[u8], tag: &str) -> bool {
        let key = self.keys.iter().find(|(known, _)| known == kid);
        let (Some((_, key)), Ok(tag)) = (key, URL_SAFE_NO_PAD.decode(tag)) else {
            return false;
        };
        hmac::verify(key, message, &tag).is_ok()
    }
}
