//! Signed URLs of transforms: the holder may fetch the rendition until the URL expires.
use super::transform::{SignedTransform, Transform};
use crate::{Error, RenditionError, Renditions, policy, renditions::source::Source, signer::Signer};
use infravault_imaging::Format;
use infravault_kernel::{AccessError, Credential, Ctx, FieldError, Id, ImageId, Scope};
use time::OffsetDateTime;

/// Begins every signed message, so that no signature is valid for another purpose.
const PURPOSE: &[u8] = b"infravault transform 1";

/// The query of a signed URL, and what the URL serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedUrl {
    /// Query parameters in order, including the signature.
    pub pairs: Vec<(&'static str, String)>,
    pub expires_at: OffsetDateTime,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The format for clients that accept neither AVIF nor WebP.
    pub format: Format,
}

impl Renditions {
    /// Signs a URL for a transform of an own image. Expires after `expires_in` seconds, by default after the maximum.
    pub async fn sign_transform(
        &self,
        ctx: &Ctx,
        id: ImageId,
        transform: &Transform,
        expires_in: Option<u64>,
    ) -> Result<SignedUrl, Error> {
        let (actor, image) = self
            .library
            .find_visible(ctx, id)
            .await
            .map_err(|error| match error {
                Error::NotFound if ctx.credential == Credential::Anonymous => {
                    AccessError::AuthenticationRequired.into()
                }
                error => error,
            })?;
        actor.require_scope(Scope::ImagesRead)?;
        policy::may_sign(&actor, &image)?;
        let max = self.config.signed_url_ttl.as_secs();
        let expires_in = expires_in.unwrap_or(max);
        let invalid = |error: FieldError| Error::Invalid(vec![error]);
        if expires_in == 0 || expires_in > max {
            return Err(invalid(FieldError::new(
                "expires_in",
                format_args!("must be 1 to {max} seconds"),
            )));
        }
        transform.check().map_err(invalid)?;
        let source = Source::from(&image);
        let (width, height) = transform.output_size(source.size).map_err(invalid)?;
        let seconds = i64::try_from(expires_in).unwrap_or_default();
        let now = ctx.now();
        let expires_at = now.replace_nanosecond(0).unwrap_or(now) + time::Duration::seconds(seconds);
        let pairs = signed_pairs(&self.state.signer, id, transform, expires_at);
        Ok(SignedUrl {
            pairs: pairs.ok_or_else(|| Error::inconsistent("the keys that sign URLs"))?,
            expires_at,
            width,
            height,
            format: transform.format().unwrap_or(source.traits.fallback),
        })
    }

    pub(super) fn verify_transform(
        &self,
        image: ImageId,
        signed: &SignedTransform,
        now: OffsetDateTime,
    ) -> Result<(), RenditionError> {
        verify(&self.state.signer, image, signed, now)
    }
}

/// Returns the query of a signed URL, or `None` without a key.
fn signed_pairs(
    signer: &Signer,
    image: ImageId,
    transform: &Transform,
    expires: OffsetDateTime,
) -> Option<Vec<(&'static str, String)>> {
    let kid = signer.newest()?;
    let expires = expires.unix_timestamp();
    let tag = signer.tag(kid, &message(image, transform, expires, kid))?;
    let mut pairs = transform.pairs();
    pairs.extend([
        ("exp", expires.to_string()),
        ("kid", kid.to_owned()),
        ("sig", tag),
    ]);
    Some(pairs)
}

/// Verifies that a URL was signed for this image and has not expired.
fn verify(
    signer: &Signer,
    image: ImageId,
    link: &SignedTransform,
    now: OffsetDateTime,
) -> Result<(), RenditionError> {
    let (Some(expires), Some(kid), Some(tag)) = (link.expires, &link.kid, &link.signature) else {
        return Err(RenditionError::Signature);
    };
    let message = message(image, &link.transform, expires, kid);
    if !signer.is_tag(kid, &message, tag) {
        return Err(RenditionError::Signature);
    }
    if now.unix_timestamp() >= expires {
        return Err(RenditionError::Expired);
    }
    Ok(())
}

/// The signed message. A length precedes every part, so that different URLs never have the same message.
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
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use infravault_kernel::Secret;
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
        verify(signer, image, url, at(now)).map_or_else(|error| error.code(), |()| "ok")
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
    fn signature_is_valid_for_one_url_until_it_expires() {
        let (signer, image) = (signer(), IMAGE.parse().unwrap());
        let requested = transform(&[("w", "300"), ("bg", "#ff0000")]);
        let pairs = signed_pairs(&signer, image, &requested, at(1000)).unwrap();
        assert!(pairs.contains(&("kid", "new".to_owned())), "the newest key signs");
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
            |it| it.kid = Some("unknown".to_owned()),
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
    fn replaced_key_still_verifies() {
        let image = IMAGE.parse().unwrap();
        let before = Signer::new(vec![("old".to_owned(), Secret::new([1; 32]))]);
        let pairs = signed_pairs(&before, image, &transform(&[("w", "5")]), at(10)).unwrap();
        assert_eq!(verdict(&signer(), image, &parsed(&pairs), 1), "ok");
        let no_keys = Signer::new(Vec::new());
        assert!(signed_pairs(&no_keys, image, &Transform::default(), at(1)).is_none());
    }

    #[test]
    fn different_urls_have_different_messages() {
        let image = IMAGE.parse().unwrap();
        let one = message(image, &transform(&[("w", "11"), ("h", "1")]), 1, "k");
        let other = message(image, &transform(&[("w", "1"), ("h", "11")]), 1, "k");
        assert_ne!(one, other);
        assert_ne!(
            message(image, &Transform::default(), 1, "ab"),
            message(image, &Transform::default(), 1, "a")
        );
    }

    #[test]
    fn signatures_stay_valid_across_releases() {
        let all = [
            ("w", "300"),
            ("h", "200"),
            ("fit", "cover"),
            ("gravity", "south-east"),
            ("crop", "1,2,3,4"),
            ("rotate", "90"),
            ("flip", "hv"),
            ("blur", "0.3"),
            ("sharpen", "1.5"),
            ("bg", "#ff0000"),
            ("format", "webp"),
            ("quality", "80"),
            ("dpr", "1.5"),
        ];
        let pairs = signed_pairs(&signer(), IMAGE.parse().unwrap(), &transform(&all), at(1000)).unwrap();
        assert_eq!(
            pairs.last(),
            Some(&("sig", "tA4s-PJuDyiKLRZJD1izoEuMD3WxZAoPyixVpAeBi50".to_owned()))
        );
    }
}
