//! Signatures of addresses that take in one piece, where no store takes it from the browser itself.
use crate::{RenditionError, renditions::Signer};
use infravault_kernel::{Id, UploadId};
use time::OffsetDateTime;
use uuid::Uuid;

/// What is signed begins with this, so that no signature means anything elsewhere.
const PURPOSE: &[u8] = b"infravault piece 1";

/// The parameters of an address that takes in a piece. The length, the type and the checksum are bound through the piece,
/// whose row nobody changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PieceUrl {
    /// Until when it holds, in seconds since 1970.
    pub expires: i64,
    /// Which key signed it.
    pub kid: String,
    /// The signature, in base64.
    pub signature: String,
}

/// Signs an address that holds until then; `None` without a key.
pub(super) fn sign(
    signer: &Signer,
    upload: UploadId,
    piece: Uuid,
    expires: OffsetDateTime,
) -> Option<PieceUrl> {
    let expires = expires.unix_timestamp();
    let kid = signer.newest()?.to_owned();
    let signature = signer.tag(&kid, &message(upload, piece, expires, &kid))?;
    Some(PieceUrl {
        expires,
        kid,
        signature,
    })
}

/// Whether an address was signed by us for this piece and still holds.
pub(super) fn verify(
    signer: &Signer,
    upload: UploadId,
    piece: Uuid,
    url: &PieceUrl,
    now: OffsetDateTime,
) -> Result<(), RenditionError> {
    let message = message(upload, piece, url.expires, &url.kid);
    if !signer.is_tag(&url.kid, &message, &url.signature) {
        return Err(RenditionError::Signature);
    }
    if now.unix_timestamp() >= url.expires {
        return Err(RenditionError::Expired);
    }
    Ok(())
}

/// All parts but the last have a length of their own, so no two addresses are the same bytes.
fn message(upload: UploadId, piece: Uuid, expires: i64, kid: &str) -> Vec<u8> {
    let mut message = Vec::with_capacity(128);
    message.extend_from_slice(PURPOSE);
    message.extend_from_slice(upload.uuid().as_bytes());
    message.extend_from_slice(piece.as_bytes());
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
    fn a_signature_holds_for_one_piece_until_it_expires() {
        let signer = Signer::new(vec![
            ("old".to_owned(), Secret::new([1; 32])),
            ("new".to_owned(), Secret::new([2; 32])),
        ]);
        let (upload, piece) = (UploadId::from_uuid(Uuid::from_u128(1)), Uuid::from_u128(2));
        let url = sign(&signer, upload, piece, at(100)).unwrap();
        let verdict = |upload, piece, url: &PieceUrl, now| {
            verify(&signer, upload, piece, url, at(now)).map_or_else(|fault| fault.code(), |()| "ok")
        };
        assert_eq!(verdict(upload, piece, &url, 99), "ok");
        assert_eq!(verdict(upload, piece, &url, 100), "url-expired");
        let other = UploadId::from_uuid(Uuid::from_u128(3));
        assert_eq!(verdict(other, piece, &url, 1), "invalid-signature");
        assert_eq!(verdict(upload, Uuid::from_u128(3), &url, 1), "invalid-signature");
        let changes: [fn(&mut PieceUrl); 5] = [
            |url| url.expires += 1,
            |url| url.kid = "old".to_owned(),
            |url| url.kid = "nobody".to_owned(),
            |url| url.signature.clear(),
            |url| url.signature = "not base64!".to_owned(),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut forged = url.clone();
            change(&mut forged);
            assert_eq!(
                verdict(upload, piece, &forged, 1),
                "invalid-signature",
                "{number}"
            );
        }
        assert!(sign(&Signer::new(Vec::new()), upload, piece, at(1)).is_none());
    }
}
