//! Caches the content of tokens whose signature was verified recently. Never caches whether a session is valid.
use infravault_kernel::Sha256;
use quick_cache::sync::Cache;
use time::{Duration, OffsetDateTime};

const TTL: Duration = Duration::seconds(30);
const CAPACITY: usize = 10_000;

/// Verified token contents by the hash of the whole token.
#[derive(Debug)]
pub(crate) struct SignatureCache<T: Clone>(Cache<Sha256, (T, OffsetDateTime)>);

impl<T: Clone> Default for SignatureCache<T> {
    fn default() -> Self {
        Self(Cache::new(CAPACITY))
    }
}

impl<T: Clone> SignatureCache<T> {
    pub(crate) fn get(&self, token: &Sha256, now: OffsetDateTime) -> Option<T> {
        let (content, verified_at) = self.0.get(token)?;
        (verified_at <= now && now - verified_at < TTL).then_some(content)
    }

    pub(crate) fn insert(&self, token: Sha256, content: T, now: OffsetDateTime) {
        self.0.insert(token, (content, now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_expire_after_thirty_seconds_and_the_size_is_bounded() {
        let (cache, now) = (SignatureCache::default(), OffsetDateTime::UNIX_EPOCH);
        let token = Sha256::digest(b"one");
        cache.insert(token, 1, now);
        assert_eq!(cache.get(&token, now + Duration::seconds(29)), Some(1));
        assert_eq!(cache.get(&token, now + Duration::seconds(30)), None);
        assert_eq!(cache.get(&token, now - Duration::seconds(1)), None);
        assert_eq!(cache.get(&Sha256::digest(b"two"), now), None);
        cache.insert(token, 2, now + Duration::seconds(30));
        assert_eq!(cache.get(&token, now + Duration::seconds(59)), Some(2));
        for number in 0..40_000_u32 {
            cache.insert(Sha256::digest(&number.to_be_bytes()), 1, now);
        }
        assert!(cache.0.len() <= CAPACITY);
    }
}
