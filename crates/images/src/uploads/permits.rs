//! Limits concurrent uploads of this process, in total and per account.
use crate::{BodyError, Config, Error};
use infravault_kernel::AccountId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[derive(Debug)]
pub(super) struct UploadLimiter {
    max: usize,
    max_per_account: usize,
    counts: Mutex<Counts>,
}

/// Accounts without uploads have no entry.
#[derive(Debug, Default)]
struct Counts {
    total: usize,
    per_account: HashMap<AccountId, usize>,
}

/// One slot of the limits, released on drop.
#[derive(Debug)]
pub(super) struct UploadPermit {
    account: AccountId,
    limiter: Arc<UploadLimiter>,
}

impl UploadLimiter {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            max: config.uploads_in_flight,
            max_per_account: config.uploads_per_account,
            counts: Mutex::default(),
        }
    }

    pub(super) fn acquire(self: &Arc<Self>, account: AccountId) -> Result<UploadPermit, Error> {
        let mut counts = self.counts();
        let of_account = counts.per_account.get(&account).copied().unwrap_or_default();
        if of_account >= self.max_per_account {
            return Err(BodyError::TooManyUploads { limit: of_account }.into());
        }
        if counts.total >= self.max {
            return Err(BodyError::Overloaded.into());
        }
        counts.total += 1;
        counts.per_account.insert(account, of_account + 1);
        drop(counts);
        Ok(UploadPermit {
            account,
            limiter: Arc::clone(self),
        })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UploadPermit {
    fn drop(&mut self) {
        let mut counts = self.limiter.counts();
        counts.total = counts.total.saturating_sub(1);
        if let Some(of_account) = counts.per_account.get_mut(&self.account) {
            *of_account = of_account.saturating_sub(1);
            if *of_account == 0 {
                counts.per_account.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use infravault_kernel::{DomainError, Id};

    #[test]
    fn permits_are_limited_in_total_and_per_account() {
        let limiter = Arc::new(UploadLimiter {
            max: 3,
            max_per_account: 2,
            counts: Mutex::default(),
        });
        let [alice, bob] = [1, 2].map(|number| AccountId::from_uuid(uuid::Uuid::from_u128(number)));
        let code =
            |permit: Result<UploadPermit, Error>| permit.map_err(|error| (error.code(), error.retry_after()));
        let first = limiter.acquire(alice).unwrap();
        let second = limiter.acquire(alice).unwrap();
        assert_eq!(
            code(limiter.acquire(alice)).unwrap_err(),
            ("too-many-uploads", Some(2))
        );
        let third = limiter.acquire(bob).unwrap();
        assert_eq!(code(limiter.acquire(bob)).unwrap_err(), ("overloaded", Some(2)));
        drop(first);
        let fourth = limiter.acquire(bob).unwrap();
        drop((second, third, fourth));
        let counts = limiter.counts();
        assert_eq!((counts.total, counts.per_account.len()), (0, 0));
    }
}
