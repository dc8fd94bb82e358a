//! Idempotency keys: a repeated upload creates one image.
use super::reserve::Reservation;
use crate::{
    Config, Error, IdempotencyError, ValidationError,
    sql::{self, Params},
};
use infravault_db::Tx;
use infravault_kernel::{Ctx, Id, ImageId, Sha256};

/// The value of `Idempotency-Key`: 1 to 255 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Parses a structured field string (RFC 9651, section 3.3.3) or visible ASCII characters without quotes.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        let key = match text.strip_prefix('"') {
            Some(quoted) => unquote(quoted).ok_or(ValidationError::IDEMPOTENCY_KEY)?,
            None if text.bytes().all(|byte| byte.is_ascii_graphic()) => text.to_owned(),
            None => return Err(ValidationError::IDEMPOTENCY_KEY),
        };
        if (1..=255).contains(&key.len()) {
            Ok(Self(key))
        } else {
            Err(ValidationError::IDEMPOTENCY_KEY)
        }
    }

    /// The key of a further file of the same request, counted from 0. Its first character keeps clients from sending it.
    #[must_use]
    pub fn for_file(&self, index: usize) -> Self {
        Self(format!(
            "\u{1F}{index}\u{1F}{}",
            Sha256::digest(self.0.as_bytes())
        ))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn unquote(text: &str) -> Option<String> {
    let mut key = String::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => return chars.as_str().is_empty().then_some(key),
            '\\' => key.push(chars.next().filter(|next| matches!(next, '"' | '\\'))?),
            ' '..='~' => key.push(char),
            _ => return None,
        }
    }
    None
}

/// Outcome of claiming a key.
pub(super) enum KeyClaim {
    /// The key belongs to this upload now.
    Claimed,
    /// An earlier upload with this key finished.
    Finished {
        image: ImageId,
        fingerprint: Option<Vec<u8>>,
    },
}

impl IdempotencyKey {
    /// Claims the key for an upload, in its first transaction.
    pub(super) async fn claim_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        config: &Config,
        reservation: &Reservation,
    ) -> Result<KeyClaim, Error> {
        let (owner, image, now) = (reservation.owner.uuid(), reservation.image.uuid(), ctx.now());
        let key = self.as_str();
        let params = sql::upload::InsertKeyParams {
            owner,
            key,
            image,
            now,
        };
        if sql::upload::insert_key().params(&**tx, &params).await? == 1 {
            return Ok(KeyClaim::Claimed);
        }
        let params = sql::upload::FindKeyParams { owner, key };
        let found = sql::upload::find_key().params(&**tx, &params).opt().await?;
        // The key disappeared after the insert: its upload has just failed.
        let found = found.ok_or(IdempotencyError::InFlight)?;
        match found.finished_at {
            None if found.started_at > now - config.key_lease => Err(IdempotencyError::InFlight.into()),
            Some(finished) if finished > now - config.key_ttl => Ok(KeyClaim::Finished {
                image: ImageId::from_uuid(found.image_id),
                fingerprint: found.fingerprint,
            }),
            _ => {
                let params = sql::upload::TakeOverKeyParams {
                    image,
                    now,
                    owner,
                    key,
                };
                sql::upload::take_over_key().params(&**tx, &params).await?;
                Ok(KeyClaim::Claimed)
            }
        }
    }

    /// Records the finished upload, in its second transaction. Fails if another upload has taken over the key.
    pub(super) async fn finish_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        reservation: &Reservation,
        fingerprint: Sha256,
    ) -> Result<(), Error> {
        let params = sql::upload::FinishKeyParams {
            fingerprint: fingerprint.bytes().as_slice(),
            now: ctx.now(),
            owner: reservation.owner.uuid(),
            key: self.as_str(),
            image: reservation.image.uuid(),
        };
        if sql::upload::finish_key().params(&**tx, &params).await? == 0 {
            return Err(IdempotencyError::InFlight.into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_parsed_and_file_keys_cannot_be_sent() {
        for (text, expected) in [
            ("abc", Some("abc")),
            ("\"abc\"", Some("abc")),
            ("\"a b \\\" \\\\\"", Some("a b \" \\")),
            (
                "8e03978e-40d5-43dd-bc93-6894a57f9324",
                Some("8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ),
            (&"x".repeat(255), Some(&*"x".repeat(255))),
            (&"x".repeat(256), None),
            (&"x".repeat(300), None),
            ("", None),
            ("\"\"", None),
            ("\"abc", None),
            ("\"abc\"; a=1", None),
            ("\"a\\n\"", None),
            ("a b", None),
            ("é", None),
            ("\"é\"", None),
            ("a\tb", None),
        ] {
            let key = IdempotencyKey::parse(text);
            assert_eq!(key.as_ref().map(IdempotencyKey::as_str).ok(), expected, "{text}");
            let others = key.map_or_else(|_| Vec::new(), |key| vec![key.for_file(1), key.for_file(2)]);
            for (at, other) in others.iter().enumerate() {
                assert!(IdempotencyKey::parse(other.as_str()).is_err() && other.as_str().len() < 255);
                assert_ne!(*other, others[1 - at]);
            }
        }
    }
}
