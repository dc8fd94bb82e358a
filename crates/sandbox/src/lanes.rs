//! Who waits, and who is next.

use crate::{answer::Answer, error::Error};
use infravault_imaging::Order;
use std::{collections::VecDeque, fs::File};
use tokio::sync::oneshot;

/// Which orders wait together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Somebody waits for the answer. Goes first; refused when the queue is full.
    Request,
    /// Nobody waits. Waits as long as it takes, and is served at least once in four orders.
    Job,
    /// Somebody waits for an AVIF, which takes long: a child of its own that everybody else goes before.
    Avif,
}

/// Requests that may be served in a row while a job waits.
const IN_A_ROW: u8 = 3;

/// What a task brought.
pub(crate) enum Outcome {
    Answer(Box<Answer>),
    Nothing(crate::Capabilities),
    #[cfg(feature = "probes")]
    Probed(String),
}

/// What comes with an image.
pub(crate) struct Image {
    pub(crate) order: Order,
    pub(crate) file: File,
}

/// Something for a child to do.
pub(crate) struct Task {
    pub(crate) number: u64,
    pub(crate) lane: Lane,
    pub(crate) request: Vec<u8>,
    pub(crate) image: Option<Image>,
    pub(crate) attempts: u8,
    pub(crate) answer: oneshot::Sender<Result<Outcome, Error>>,
}

/// The waiting tasks.
#[derive(Default)]
pub(crate) struct Lanes {
    requests: VecDeque<Task>,
    jobs: VecDeque<Task>,
    avif: VecDeque<Task>,
    in_a_row: u8,
}

impl Lanes {
    /// How many wait in a lane.
    pub(crate) fn waiting(&self, lane: Lane) -> usize {
        match lane {
            Lane::Request => self.requests.len(),
            Lane::Job => self.jobs.len(),
            Lane::Avif => self.avif.len(),
        }
    }

    /// How many wait.
    pub(crate) fn all(&self) -> usize {
        self.requests.len() + self.jobs.len() + self.avif.len()
    }

    /// Queues a task as the last.
    pub(crate) fn push(&mut self, task: Task) {
        self.lane(task.lane).push_back(task);
    }

    /// Queues a task again that a child was too dead to take.
    pub(crate) fn put_back(&mut self, task: Task) {
        self.lane(task.lane).push_front(task);
    }

    /// Takes the next task for a child of requests and jobs, or of AVIF.
    pub(crate) fn next(&mut self, avif: bool) -> Option<Task> {
        if avif {
            return self.avif.pop_front();
        }
        let job_is_due = self.in_a_row >= IN_A_ROW && !self.jobs.is_empty();
        if !job_is_due && let Some(task) = self.requests.pop_front() {
            self.in_a_row = self.in_a_row.saturating_add(1);
            return Some(task);
        }
        self.in_a_row = 0;
        self.jobs.pop_front()
    }

    /// Takes a task out of its lane, if it still waits there.
    pub(crate) fn withdraw(&mut self, lane: Lane, number: u64) -> Option<Task> {
        let lane = self.lane(lane);
        let place = lane.iter().position(|task| task.number == number)?;
        lane.remove(place)
    }

    /// Takes all tasks.
    pub(crate) fn clear(&mut self) -> Vec<Task> {
        let lanes = [&mut self.requests, &mut self.jobs, &mut self.avif];
        lanes.into_iter().flat_map(std::mem::take).collect()
    }

    fn lane(&mut self, lane: Lane) -> &mut VecDeque<Task> {
        match lane {
            Lane::Request => &mut self.requests,
            Lane::Job => &mut self.jobs,
            Lane::Avif => &mut self.avif,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(number: u64, lane: Lane) -> Task {
        Task {
            number,
            lane,
            request: Vec::new(),
            image: None,
            attempts: 0,
            answer: oneshot::channel().0,
        }
    }

    fn numbers(lanes: &mut Lanes, avif: bool) -> Vec<u64> {
        std::iter::from_fn(|| lanes.next(avif))
            .map(|task| task.number)
            .collect()
    }

    #[test]
    fn requests_go_first_and_jobs_are_not_forgotten() {
        let mut lanes = Lanes::default();
        for number in 0..3 {
            lanes.push(task(100 + number, Lane::Job));
        }
        for number in 0..8 {
            lanes.push(task(number, Lane::Request));
        }
        lanes.push(task(200, Lane::Avif));
        assert_eq!(lanes.all(), 12);
        assert_eq!(
            numbers(&mut lanes, false),
            [0, 1, 2, 100, 3, 4, 5, 101, 6, 7, 102]
        );
        assert_eq!(numbers(&mut lanes, true), [200]);
    }

    #[test]
    fn who_left_is_not_served() {
        let mut lanes = Lanes::default();
        for number in 0..3 {
            lanes.push(task(number, Lane::Request));
        }
        assert!(lanes.withdraw(Lane::Request, 1).is_some());
        assert!(lanes.withdraw(Lane::Request, 1).is_none());
        assert!(lanes.withdraw(Lane::Job, 2).is_none());
        let first = lanes.next(false).unwrap();
        lanes.put_back(first);
        assert_eq!(lanes.waiting(Lane::Request), 2);
        assert_eq!(numbers(&mut lanes, false), [0, 2]);
    }

    #[test]
    fn jobs_are_served_when_there_is_nothing_else() {
        let mut lanes = Lanes::default();
        lanes.push(task(1, Lane::Job));
        lanes.push(task(2, Lane::Job));
        assert_eq!(numbers(&mut lanes, false), [1, 2]);
    }
}
