//! Signatures of URLs that store one part through the API.
use crate::{RenditionError, signer::Signer};
use infravault_kernel::{Id, UploadId};
use time::OffsetDateTime;
use uuid::Uuid;

/// Prefix of the signed message, so that a signature is valid for this purpose only.
const PURPOSE: &[u8] = b"infravault part 1";

/// The parameters of a URL that stores a part. Length, media type and checksum are bound through the part's row, which never
/// changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartSignature {
    /// Expiry in seconds since 1970.
    pub expires: i64,
    /// Id of the signing key.
    pub kid: String,
    /// Base64.
    pub signature: String,
}

/// Returns `None` without a key.
pub(super) fn sign_part_url(
    signer: &Signer,
    upload: UploadId,
    part: Uuid,
    expires: OffsetDateTime,
) -> Option<PartSignature> {
    let expires = expires.unix_timestamp();
    let kid = signer.newest()?.to_owned();
    let signature = signer.tag(&kid, &message(upload, part, expires, &kid))?;
    Some(PartSignature {
        expires,
        kid,
        signature,
    })
}

pub(super) fn verify_part_url(
    signer: &Signer,
    upload: UploadId,
    part: Uuid,
    url: &PartSignature,
    now: OffsetDateTime,
) -> Result<(), RenditionError> {
    let message = message(upload, part, url.expires, &url.kid);
    if !signer.is_tag(&url.kid, &message, &url.signature) {
        return Err(RenditionError::Signature);
    }
    if now.unix_timestamp() >= url.expires {
        return Err(RenditionError::Expired);
    }
    Ok(())
}

/// All fields but the last have a fixed length, so that different URLs never have the same message.
fn message(upload: UploadId, part: Uuid, expires: i64, kid: &str) -> Vec<u8> {
    let mut message = Vec::with_capacity(128);
    message.extend_from_slice(PURPOSE);
    message.extend_from_slice(upload.uuid().as_bytes());
    message.extend_from_slice(part.as_bytes());
    message.extend_from_slice(&expires.to_be_bytes());
    message.extend_from_slice(kid.as_bytes());
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use infravault_kernel::Secret;

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(seconds).unwrap()
    }

    #[test]
    fn signature_is_valid_for_one_part_until_it_expires() {
        let signer = Signer::new(vec![
            ("old".to_owned(), Secret::new([1; 32])),
            ("new".to_owned(), Secret::new([2; 32])),
        ]);
        let (upload, part) = (UploadId::from_uuid(Uuid::from_u128(1)), Uuid::from_u128(2));
        let url = sign_part_url(&signer, upload, part, at(100)).unwrap();
        let code = |upload, part, url: &PartSignature, now| {
            verify_part_url(&signer, upload, part, url, at(now)).map_or_else(|error| error.code(), |()| "ok")
        };
        assert_eq!(code(upload, part, &url, 99), "ok");
        assert_eq!(code(upload, part, &url, 100), "url-expired");
        let other = UploadId::from_uuid(Uuid::from_u128(3));
        assert_eq!(code(other, part, &url, 1), "invalid-signature");
        assert_eq!(code(upload, Uuid::from_u128(3), &url, 1), "invalid-signature");
        let changes: [fn(&mut PartSignature); 5] = [
            |url| url.expires += 1,
            |url| url.kid = "old".to_owned(),
            |url| url.kid = "unknown".to_owned(),
            |url| url.signature.clear(),
            |url| url.signature = "not base64!".to_owned(),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut forged = url.clone();
            change(&mut forged);
            assert_eq!(code(upload, part, &forged, 1), "invalid-signature", "{number}");
        }
        assert!(sign_part_url(&Signer::new(Vec::new()), upload, part, at(1)).is_none());
    }
}
