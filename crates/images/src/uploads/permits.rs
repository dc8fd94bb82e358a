//! How many bodies this process takes in at once: of everybody, and of one account.
use crate::{BodyError, Config, Error};
use infravault_kernel::AccountId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Counts what is under way. An account that sends nothing takes no room.
#[derive(Debug)]
pub(crate) struct InFlight {
    most: usize,
    most_of_one: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    of: HashMap<AccountId, usize>,
}

/// One body that is under way; it makes room when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    account: AccountId,
    within: Arc<InFlight>,
}

impl InFlight {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            most: config.uploads_in_flight,
            most_of_one: config.uploads_per_account,
            counts: Mutex::default(),
        }
    }

    /// A place for one more, or why there is none.
    pub(crate) fn enter(self: &Arc<Self>, account: AccountId) -> Result<Place, Error> {
        let mut counts = self.counts();
        let of_one = counts.of.get(&account).copied().unwrap_or_default();
        if of_one >= self.most_of_one {
            return Err(BodyError::TooMany { most: of_one }.into());
        }
        if counts.all >= self.most {
            return Err(BodyError::Crowded.into());
        }
        counts.all += 1;
        counts.of.insert(account, of_one + 1);
        drop(counts);
        Ok(Place {
            account,
            within: Arc::clone(self),
        })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.within.counts();
        counts.all = counts.all.saturating_sub(1);
        if let Some(of_one) = counts.of.get_mut(&self.account) {
            *of_one = of_one.saturating_sub(1);
            if *of_one == 0 {
                counts.of.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use infravault_kernel::{DomainError, Id};

    #[test]
    fn places_are_counted_and_given_back() {
        let within = Arc::new(InFlight {
            most: 3,
            most_of_one: 2,
            counts: Mutex::default(),
        });
        let [alice, bob] = [1, 2].map(|number| AccountId::from_uuid(uuid::Uuid::from_u128(number)));
        let code =
            |entered: Result<Place, Error>| entered.map_err(|error| (error.code(), error.retry_after()));
        let first = within.enter(alice).unwrap();
        let second = within.enter(alice).unwrap();
        assert_eq!(
            code(within.enter(alice)).unwrap_err(),
            ("too-many-uploads", Some(2))
        );
        let third = within.enter(bob).unwrap();
        assert_eq!(code(within.enter(bob)).unwrap_err(), ("overloaded", Some(2)));
        drop(first);
        let fourth = within.enter(bob).unwrap();
        drop((second, third, fourth));
        let counts = within.counts();
        assert_eq!((counts.all, counts.of.len()), (0, 0));
    }
}
