//! Remembers for a moment which tokens had a good signature. Whether a session lives is never remembered.
use crate::jwt::Claims;
use infravault_kernel::Sha256;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use time::{Duration, OffsetDateTime};

/// For how long a signature is taken as checked.
const KEPT: Duration = Duration::seconds(30);
/// Parts of the cache, each under its own lock.
const PARTS: usize = 16;
/// Most tokens of one part; 10 000 in all.
const MOST: usize = 10_000 / PARTS;

/// Claims by the hash of the token that carried them.
#[derive(Debug)]
pub(crate) struct Signatures([Mutex<Part>; PARTS]);

type Part = HashMap<Sha256, (Claims, OffsetDateTime)>;

impl Default for Signatures {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

impl Signatures {
    /// The claims of a token whose signature was checked a moment ago.
    pub(crate) fn find(&self, token: &Sha256, now: OffsetDateTime) -> Option<Claims> {
        let part = self.part(token)?.lock().unwrap_or_else(PoisonError::into_inner);
        let (claims, since) = part.get(token)?;
        (*since <= now && now - *since < KEPT).then(|| claims.clone())
    }

    /// Remembers a token whose signature is good. When a part is full, what is too old goes; if nothing is, all goes.
    pub(crate) fn remember(&self, token: Sha256, claims: Claims, now: OffsetDateTime) {
        let Some(part) = self.part(&token) else { return };
        let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
        if part.len() >= MOST {
            part.retain(|_, (_, since)| now - *since < KEPT);
        }
        if part.len() >= MOST {
            part.clear();
        }
        part.insert(token, (claims, now));
    }

    fn part(&self, token: &Sha256) -> Option<&Mutex<Part>> {
        let [first, ..] = *token.bytes();
        self.0.get(usize::from(first) % PARTS)
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.0.iter().map(|part| part.lock().unwrap().len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_after_thirty_seconds_and_never_grows_beyond_its_bound() {
        let (cache, now) = (Signatures::default(), OffsetDateTime::UNIX_EPOCH);
        let claims = Claims::example();
        let one = Sha256::digest(b"one");
        cache.remember(one, claims.clone(), now);
        assert_eq!(
            cache.find(&one, now + Duration::seconds(29)),
            Some(claims.clone())
        );
        assert_eq!(cache.find(&one, now + Duration::seconds(30)), None);
        assert_eq!(cache.find(&one, now - Duration::seconds(1)), None);
        assert_eq!(cache.find(&Sha256::digest(b"two"), now), None);
        for number in 0..40_000_u32 {
            cache.remember(Sha256::digest(&number.to_be_bytes()), claims.clone(), now);
        }
        assert!(cache.len() <= MOST * PARTS);
    }
}
