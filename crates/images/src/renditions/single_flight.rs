//! Single flight: concurrent requests of this process for the same rendition share one computation.
use super::{FreshRendition, RenditionKey};
use crate::{FailureCode, RenditionError};
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// How long a failure is returned without another attempt.
const FAILURE_TTL: Duration = Duration::from_mins(1);
const MAX_FAILURES: usize = 1000;

pub(super) type RenderResult = Result<FreshRendition, RenditionError>;
type Flight = Shared<BoxFuture<'static, RenderResult>>;

/// Computations in progress, and recent failures.
#[derive(Default)]
pub(super) struct SingleFlight {
    in_flight: Mutex<HashMap<RenditionKey, Flight>>,
    failures: Mutex<HashMap<RenditionKey, (Instant, FailureCode)>>,
}

impl fmt::Debug for SingleFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleFlight")
            .field("in_flight", &self.in_flight().len())
            .finish_non_exhaustive()
    }
}

impl SingleFlight {
    /// Joins the computation of a rendition, or starts it. It runs in a task of its own, so that it does not end with the
    /// request that started it.
    pub(super) fn join_or_start<F>(self: &Arc<Self>, key: RenditionKey, render: impl FnOnce() -> F) -> Flight
    where
        F: Future<Output = RenderResult> + Send + 'static,
    {
        let mut in_flight = self.in_flight();
        if let Some(flight) = in_flight.get(&key) {
            return flight.clone();
        }
        let (sender, receiver) = oneshot::channel();
        // Without a result the task has panicked or the process is stopping.
        let flight = receiver
            .map(|result| result.unwrap_or(Err(RenditionError::Busy)))
            .boxed()
            .shared();
        in_flight.insert(key.clone(), flight.clone());
        let entry = Entry {
            flights: Arc::clone(self),
            key,
        };
        let render = render();
        tokio::spawn(async move {
            let result = render.await;
            drop(entry);
            let _no_receiver = sender.send(result);
        });
        flight
    }

    pub(super) fn remember_failure(&self, key: RenditionKey, code: FailureCode) {
        let mut failures = self.failures();
        failures.retain(|_, (since, _)| since.elapsed() < FAILURE_TTL);
        if failures.len() < MAX_FAILURES {
            failures.insert(key, (Instant::now(), code));
        }
    }

    pub(super) fn recent_failure(&self, key: &RenditionKey) -> Option<FailureCode> {
        let failures = self.failures();
        let (since, code) = failures.get(key)?;
        (since.elapsed() < FAILURE_TTL).then_some(*code)
    }

    fn in_flight(&self) -> MutexGuard<'_, HashMap<RenditionKey, Flight>> {
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failures(&self) -> MutexGuard<'_, HashMap<RenditionKey, (Instant, FailureCode)>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes the computation when dropped, also if its task panics.
struct Entry {
    flights: Arc<SingleFlight>,
    key: RenditionKey,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.flights.in_flight().remove(&self.key);
    }
}
