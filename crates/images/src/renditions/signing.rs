//! Signatures of addresses: who has one may fetch what it names until it expires.
use super::transform::{SignedTransform, Transform};
use crate::RenditionError;
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use infravault_kernel::{Id, ImageId, Secret};
use std::fmt;
use time::OffsetDateTime;

/// What is signed begins with this, so that no signature means anything elsewhere.
const PURPOSE: &[u8] = b"infravault transform 1";

/// The keys that sign and verify.
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
    /// The last key signs, all verify.
    pub(crate) fn new(keys: Vec<(String, Secret<[u8; 32]>)>) -> Self {
        let key = |(kid, key): (String, Secret<[u8; 32]>)| (kid, hmac::Key::new(HMAC_SHA256, key.expose()));
        Self {
            keys: keys.into_iter().map(key).collect(),
        }
    }

    /// The parameters of an address that expires then; `None` without a key.
    pub(crate) fn sign(
        &self,
        image: ImageId,
        transform: &Transform,
        expires: OffsetDateTime,
    ) -> Option<Vec<(&'static str, String)>> {
        let kid = self.newest()?;
        let expires = expires.unix_timestamp();
        let tag = self.tag(kid, &message(image, transform, expires, kid))?;
        let mut pairs = transform.pairs();
        pairs.extend([
            ("exp", expires.to_string()),
            ("kid", kid.to_owned()),
            ("sig", tag),
        ]);
        Some(pairs)
    }

    /// The key that signs now.
    pub(crate) fn newest(&self) -> Option<&str> {
        self.keys.last().map(|(kid, _)| kid.as_str())
    }

    /// The tag of a message under a key, in base64; none where there is no such key. Every message begins with what it is
    /// for.
    pub(crate) fn tag(&self, kid: &str, message: &[u8]) -> Option<String> {
        let (_, key) = self.keys.iter().find(|(known, _)| known == kid)?;
        Some(URL_SAFE_NO_PAD.encode(hmac::sign(key, message)))
    }

    /// Whether this is the tag of a message. The comparison takes the same time wherever two tags differ.
    pub(crate) fn is_tag(&self, kid: &str, message: &[u8], tag: &str) -> bool {
        let key = self.keys.iter().find(|(known, _)| known == kid);
        let (Some((_, key)), Ok(tag)) = (key, URL_SAFE_NO_PAD.decode(tag)) else {
            return false;
        };
        hmac::verify(key, message, &tag).is_ok()
    }

    /// Whether an address was signed by us for this image and still holds.
    pub(crate) fn verify(
        &self,
        image: ImageId,
        signed: &SignedTransform,
        now: OffsetDateTime,
    ) -> Result<(), RenditionError> {
        let forged = RenditionError::Signature;
        let (Some(expires), Some(kid), Some(tag)) = (signed.expires, &signed.kid, &signed.signature) else {
            return Err(forged);
        };
        let message = message(image, &signed.transform, expires, kid);
        if !self.is_tag(kid, &message, tag) {
            return Err(forged);
        }
        if now.unix_timestamp() >= expires {
            return Err(RenditionError::Expired);
        }
        Ok(())
    }
}

/// What is signed. Every part comes after its length, so that no two addresses are the same bytes.
fn message(image: ImageId, transform: &Transform, expires: i64, kid: &str) -> Vec<u8> {
    let mut message = Vec::with_capacity(256);
    let mut add = |part: &[u8]| {
        let len = u32::try_from(part.len()).unwrap_or(u32::MAX);
        message.extend_from_slice(&len.to_be_bytes());
        message.extend_from_slice(part);
    };
    add(PURPOSE);
    add(image.uuid().as_bytes());
    for (name, value) in transform.pairs() {
        add(name.as_bytes());
        add(value.as_bytes());
    }
    add(&expires.to_be_bytes());
    add(kid.as_bytes());
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    const IMAGE: &str = "01930000-0000-7000-8000-00000000002a";

    fn signer() -> Signer {
        Signer::new(vec![
            ("old".to_owned(), Secret::new([1; 32])),
            ("new".to_owned(), Secret::new([2; 32])),
        ])
    }

    fn parsed(pairs: &[(&'static str, String)]) -> SignedTransform {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (Cow::Borrowed(*name), Cow::Borrowed(value.as_str())));
        SignedTransform::parse(pairs).unwrap()
    }

    fn verdict(signer: &Signer, image: ImageId, url: &SignedTransform, now: i64) -> &'static str {
        signer
            .verify(image, url, at(now))
            .map_or_else(|fault| fault.code(), |()| "ok")
    }

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(seconds).unwrap()
    }

    fn transform(pairs: &[(&str, &str)]) -> Transform {
        let mut transform = Transform::default();
        for (name, value) in pairs {
            transform.set(name, value).unwrap();
        }
        transform
    }

    #[test]
    fn a_signature_holds_for_one_address_until_it_expires() {
        let (signer, image) = (signer(), IMAGE.parse().unwrap());
        let wanted = transform(&[("w", "300"), ("bg", "#ff0000")]);
        let pairs = signer.sign(image, &wanted, at(1000)).unwrap();
        assert!(pairs.contains(&("kid", "new".to_owned())), "the newest signs");
        let good = parsed(&pairs);
        assert_eq!(verdict(&signer, image, &good, 999), "ok");
        assert_eq!(verdict(&signer, image, &good, 1000), "url-expired");
        let another = "01930000-0000-7000-8000-00000000002b".parse().unwrap();
        assert_eq!(verdict(&signer, another, &good, 999), "invalid-signature");
        let changes: [fn(&mut SignedTransform); 9] = [
            |it| it.transform.set("w", "301").unwrap(),
            |it| it.transform.set("h", "300").unwrap(),
            |it| it.transform.set("format", "png").unwrap(),
            |it| it.expires = Some(2000),
            |it| it.kid = Some("old".to_owned()),
            |it| it.kid = Some("nobody".to_owned()),
            |it| it.signature = Some("AAAA".to_owned()),
            |it| it.signature = Some("not base64!".to_owned()),
            |it| it.signature = None,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut forged = good.clone();
            change(&mut forged);
            assert_eq!(
                verdict(&signer, image, &forged, 999),
                "invalid-signature",
                "change {number}"
            );
        }
        // A flipped bit anywhere in the signature.
        let tag = URL_SAFE_NO_PAD.decode(good.signature.as_ref().unwrap()).unwrap();
        for bit in 0..tag.len() * 8 {
            let mut flipped = tag.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let forged = SignedTransform {
                signature: Some(URL_SAFE_NO_PAD.encode(flipped)),
                ..good.clone()
            };
            assert_eq!(
                verdict(&signer, image, &forged, 999),
                "invalid-signature",
                "bit {bit}"
            );
        }
    }

    #[test]
    fn a_key_that_was_replaced_still_verifies() {
        let image = IMAGE.parse().unwrap();
        let before = Signer::new(vec![("old".to_owned(), Secret::new([1; 32]))]);
        let pairs = before.sign(image, &transform(&[("w", "5")]), at(10)).unwrap();
        assert_eq!(verdict(&signer(), image, &parsed(&pairs), 1), "ok");
        assert!(
            Signer::new(Vec::new())
                .sign(image, &Transform::default(), at(1))
                .is_none()
        );
    }

    #[test]
    fn parts_cannot_be_shifted_into_each_other() {
        let image = IMAGE.parse().unwrap();
        let one = message(image, &transform(&[("w", "11"), ("h", "1")]), 1, "k");
        let other = message(image, &transform(&[("w", "1"), ("h", "11")]), 1, "k");
        assert_ne!(one, other);
        assert_ne!(
            message(image, &Transform::default(), 1, "ab"),
            message(image, &Transform::default(), 1, "a")
        );
    }
}
