//! Idempotency keys: the same upload sent twice makes one image.
use crate::{
    Error, IdempotencyError, Title, Upload, Uploaded, Uploads, ValidationError,
    sql::{self, Params},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Hasher, Id, ImageId, Sha256};
use time::OffsetDateTime;

/// What a client sent as `Idempotency-Key`: 1 to 255 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Accepts a string of structured fields (RFC 9651 section 3.3.3), or visible ASCII characters without quotes.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        let key = match text.strip_prefix('"') {
            Some(quoted) => unquote(quoted).ok_or(ValidationError::NO_KEY)?,
            None if text.bytes().all(|byte| byte.is_ascii_graphic()) => text.to_owned(),
            None => return Err(ValidationError::NO_KEY),
        };
        if (1..=255).contains(&key.len()) {
            Ok(Self(key))
        } else {
            Err(ValidationError::NO_KEY)
        }
    }

    /// The key of another file of the same request, counted from 0. No client can send it, because of its first character.
    #[must_use]
    pub fn of_file(&self, index: usize) -> Self {
        Self(format!(
            "\u{1F}{index}\u{1F}{}",
            Sha256::digest(self.0.as_bytes())
        ))
    }

    /// The text.
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

/// What a key is worth to a new upload.
pub(crate) enum Claim {
    /// It belongs to this upload now.
    Taken,
    /// An upload with it has finished: which image it made, and what of.
    Finished {
        image: ImageId,
        fingerprint: Option<Vec<u8>>,
    },
}

impl Uploads {
    /// Takes a key for an upload, in its first transaction.
    pub(crate) async fn claim_key_in(
        &self,
        tx: &Tx,
        owner: AccountId,
        key: &IdempotencyKey,
        image: ImageId,
        now: OffsetDateTime,
    ) -> Result<Claim, Error> {
        let (owner, key, image) = (owner.uuid(), key.as_str(), image.uuid());
        let params = sql::upload::InsertKeyParams {
            owner,
            key,
            image,
            now,
        };
        if sql::upload::insert_key().params(&**tx, &params).await? == 1 {
            return Ok(Claim::Taken);
        }
        let params = sql::upload::FindKeyParams { owner, key };
        let found = sql::upload::find_key().params(&**tx, &params).opt().await?;
        // It was there a moment ago: its upload has just failed.
        let found = found.ok_or(IdempotencyError::InFlight)?;
        let (abandoned, forgotten) = (now - self.config.key_lease, now - self.config.key_ttl);
        match found.finished_at {
            None if found.started_at > abandoned => Err(IdempotencyError::InFlight.into()),
            Some(finished) if finished > forgotten => Ok(Claim::Finished {
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
                Ok(Claim::Taken)
            }
        }
    }

    /// Answers an upload that was sent again: with the image as it is now, if the bytes and everything said about
    /// them are the same.
    pub(crate) async fn replay(
        &self,
        ctx: &Ctx,
        upload: &Upload,
        body: Sha256,
        image: ImageId,
        recorded: Option<&[u8]>,
    ) -> Result<Uploaded, Error> {
        if recorded != Some(fingerprint(upload, body).bytes().as_slice()) {
            return Err(IdempotencyError::Mismatch.into());
        }
        let image = match self.library.find(ctx, image).await {
            Err(Error::NotFound) => return Err(IdempotencyError::Gone.into()),
            found => found?,
        };
        let duplicate_of = self.find_same(ctx, image.owner, image.sha256, image.id).await?;
        let duplicate_of = duplicate_of.map(|twin| twin.id);
        Ok(Uploaded { image, duplicate_of })
    }
}

/// What makes two uploads the same: method, route, declared type, bytes, and what is said about them.
pub(crate) fn fingerprint(upload: &Upload, body: Sha256) -> Sha256 {
    let image = &upload.image;
    let mut hasher = Sha256::hasher();
    let title = image.title.as_ref().map(Title::as_str);
    let texts = [
        "POST",
        "/images",
        upload.declared_type.as_str(),
        image.file_name.as_str(),
        if title.is_some() { "titled" } else { "untitled" },
        title.unwrap_or_default(),
        image.description.as_str(),
        image.visibility.as_str(),
    ];
    for text in texts
        .into_iter()
        .chain(image.tags.as_slice().iter().map(String::as_str))
        // Said only where it is so, as before there was a choice; no tag has a comma.
        .chain(image.keep_location.then_some(",keep_location"))
    {
        add(&mut hasher, text.as_bytes());
    }
    add(&mut hasher, body.bytes());
    hasher.finish()
}

/// Every part carries its length, so that no two lists of parts run into the same bytes.
fn add(hasher: &mut Hasher, part: &[u8]) {
    hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
    hasher.update(part);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Description, FileName, NewImage, Tags, Visibility};

    #[test]
    fn keys() {
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
            let others = key.map_or_else(|_| Vec::new(), |key| vec![key.of_file(1), key.of_file(2)]);
            for (at, other) in others.iter().enumerate() {
                assert!(IdempotencyKey::parse(other.as_str()).is_err() && other.as_str().len() < 255);
                assert_ne!(*other, others[1 - at]);
            }
        }
    }

    #[test]
    fn everything_that_is_said_counts() {
        let upload = Upload {
            image: NewImage {
                file_name: FileName::clean("a.jpg"),
                title: None,
                description: Description::empty(),
                tags: Tags::default(),
                visibility: Visibility::Private,
                keep_location: false,
            },
            declared_type: "image/jpeg".to_owned(),
            at_least: 0,
            at_most: None,
            key: None,
            digest: None,
        };
        let mut all = vec![upload.clone(); 8];
        all[1].image.title = Some(Title::parse("a").unwrap());
        all[2].image.description = Description::parse("a").unwrap();
        all[3].image.tags = Tags::parse(["a"]).unwrap();
        all[4].image.visibility = Visibility::Public;
        all[5].image.file_name = FileName::clean("b.jpg");
        all[6].declared_type = "image/png".to_owned();
        all[7].image.keep_location = true;
        let body = Sha256::digest(b"body");
        let mut prints: Vec<String> = all
            .iter()
            .map(|upload| fingerprint(upload, body).to_string())
            .collect();
        prints.push(fingerprint(&upload, Sha256::digest(b"other")).to_string());
        prints.sort();
        prints.dedup();
        assert_eq!(prints.len(), 9);
        assert_eq!(fingerprint(&upload, body), fingerprint(&upload.clone(), body));
    }
}
