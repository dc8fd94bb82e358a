//! The load generator: closed loops that ask again at once, and an open loop at a fixed rate.

use crate::{
    Outcome,
    http::{Connection, Request},
};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};

/// How long after its planned end a run may still wait for answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a load of a fixed number of requests may take.
const ALL: Duration = Duration::from_mins(2);

/// How long a load runs before it is measured.
const WARM_UP: Duration = Duration::from_secs(2);

/// What is asked, by how many at once, and for how long.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    /// The server.
    pub(crate) address: SocketAddr,
    /// What is asked; each connection draws from these at random.
    pub(crate) requests: Arc<[Request]>,
    /// Connections, each with one request under way.
    pub(crate) connections: u32,
    /// When no new request is made.
    pub(crate) duration: Duration,
    /// How many requests are made at most.
    pub(crate) most: u32,
    /// Whether each is asked once, in order, instead of drawn.
    pub(crate) once: bool,
    /// Requests per second, however long the answers take; none asks again at once.
    pub(crate) rate: Option<u32>,
}

impl Load {
    /// A closed loop.
    pub(crate) fn closed(
        address: SocketAddr,
        requests: Vec<Request>,
        connections: u32,
        duration: Duration,
    ) -> Self {
        Self {
            address,
            requests: requests.into(),
            connections,
            duration,
            most: u32::MAX,
            once: false,
            rate: None,
        }
    }

    /// At most so many requests.
    pub(crate) fn at_most(mut self, requests: u32) -> Self {
        self.most = requests;
        self
    }

    /// Every request once, however long it takes; not for loads that are warmed up.
    pub(crate) fn each_once(mut self) -> Self {
        self.most = u32::try_from(self.requests.len()).unwrap_or(u32::MAX);
        self.duration = ALL;
        self.once = true;
        self
    }

    /// An open loop: `rate` requests a second.
    pub(crate) fn at_rate(mut self, rate: u32) -> Self {
        let seconds = u32::try_from(self.duration.as_secs()).unwrap_or(u32::MAX);
        self.most = rate.saturating_mul(seconds);
        self.rate = Some(rate);
        self
    }

    /// A shorter run that is not measured: long enough that what is asked for is in PostgreSQL's memory.
    pub(crate) fn warm_up(&self) -> Self {
        let mut short = self.clone();
        short.duration = self.duration.min(WARM_UP);
        if self.most < u32::MAX {
            short.most = self.most.min(8 * self.connections);
        }
        short.rate = None;
        short
    }

    /// Runs it. The first request that fails ends the run.
    pub(crate) async fn run(&self) -> Outcome<Sample> {
        if self.requests.is_empty() {
            return Err("nothing to ask".into());
        }
        let next = Arc::new(AtomicU32::new(0));
        let mut connections = Vec::new();
        for _ in 0..self.connections {
            connections.push(Connection::open(self.address).await?);
        }
        let started = Instant::now();
        // Aborts what still runs when it is dropped.
        let mut tasks = JoinSet::new();
        for (number, connection) in (1_u64..).zip(connections) {
            tasks.spawn(drive(
                self.clone(),
                connection,
                number,
                Arc::clone(&next),
                started,
            ));
        }
        let mut latencies = Vec::new();
        let collect = async {
            while let Some(joined) = tasks.join_next().await {
                latencies.extend(joined??);
            }
            Outcome::Ok(())
        };
        let limit = self.duration.saturating_mul(2) + PATIENCE;
        timeout(limit, collect)
            .await
            .map_err(|_| format!("answers were missing after {} s", limit.as_secs()))??;
        Sample::new(latencies, started.elapsed())
    }
}

/// One connection's part: tickets come from a counter that all share.
async fn drive(
    load: Load,
    mut connection: Connection,
    number: u64,
    next: Arc<AtomicU32>,
    started: Instant,
) -> Outcome<Vec<u32>> {
    let end = started + load.duration;
    let mut draw = Draw(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut latencies = Vec::with_capacity(4096);
    loop {
        let ticket = next.fetch_add(1, Ordering::Relaxed);
        if ticket >= load.most || Instant::now() >= end {
            return Ok(latencies);
        }
        let from = match load.rate {
            None => Instant::now(),
            // The time counts from when the request was due, also where no connection was free then.
            Some(rate) => {
                let due = started
                    + Duration::from_micros(u64::from(ticket).saturating_mul(1_000_000) / u64::from(rate));
                sleep_until(due).await;
                due
            }
        };
        let request = if load.once {
            load.requests.get(usize::try_from(ticket)?)
        } else {
            draw.one_of(&load.requests)
        };
        let request = request.ok_or("nothing to ask")?;
        connection.ask(request).await?;
        latencies.push(u32::try_from(from.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
}

/// A small generator of numbers (xorshift), the same in every run.
#[derive(Debug)]
struct Draw(u64);

impl Draw {
    fn one_of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let count = u64::try_from(items.len()).ok().filter(|count| *count > 0)?;
        items.get(usize::try_from(self.0 % count).ok()?)
    }
}

/// What a run took.
#[derive(Debug)]
pub(crate) struct Sample {
    sorted: Vec<u32>,
    elapsed: Duration,
}

impl Sample {
    /// Of times in microseconds.
    pub(crate) fn new(mut latencies: Vec<u32>, elapsed: Duration) -> Outcome<Self> {
        if latencies.is_empty() {
            return Err("no request was answered".into());
        }
        latencies.sort_unstable();
        Ok(Self {
            sorted: latencies,
            elapsed,
        })
    }

    /// How many requests were answered.
    pub(crate) fn count(&self) -> f64 {
        real(self.sorted.len())
    }

    /// Answers per second.
    pub(crate) fn rate(&self) -> f64 {
        self.count() / self.elapsed.as_secs_f64()
    }

    /// The time that so many per cent of the requests took at most, in milliseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let at = (self.sorted.len().saturating_sub(1)) * percent / 100;
        self.sorted
            .get(at)
            .map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
    }
}

/// A count as a number to calculate with.
pub(crate) fn real(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_times() {
        let sample = Sample::new(
            (1..=101).rev().map(|n| n * 1000).collect(),
            Duration::from_secs(2),
        )
        .unwrap();
        let read = [50, 95, 99, 100].map(|percent| format!("{:.0}", sample.percentile(percent)));
        assert_eq!(read, ["51", "96", "100", "101"]);
        assert!((sample.rate() - 50.5).abs() < f64::EPSILON);
        assert!(Sample::new(Vec::new(), Duration::from_secs(1)).is_err());
    }

    #[test]
    fn every_request_is_drawn() {
        let mut draw = Draw(1);
        let mut seen = [0_u32; 7];
        for _ in 0..7000 {
            seen[*draw.one_of(&[0_usize, 1, 2, 3, 4, 5, 6]).unwrap()] += 1;
        }
        assert!(seen.iter().all(|count| (800..1200).contains(count)), "{seen:?}");
        assert_eq!(draw.one_of::<u8>(&[]), None);
    }
}
