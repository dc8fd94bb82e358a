//! The queues of waiting requests, and their priorities.

use crate::{error::Error, reply::ProcessReply, wire::Capabilities};
use infravault_imaging::ProcessRequest;
use std::{collections::VecDeque, fs::File};
use tokio::sync::oneshot;

/// The priority class of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// A client waits for the reply. Served first; rejected if the queue is full.
    Interactive,
    /// No client waits. Unlimited queue, served at least once in four requests.
    Background,
    /// A client waits for an AVIF rendition, which is slow. Served by a separate worker with the lowest CPU priority.
    Avif,
}

/// Maximum number of interactive requests in a row while background requests wait.
const MAX_INTERACTIVE_RUN: u8 = 3;

/// The result of a task.
pub(crate) enum Outcome {
    Processed(Box<ProcessReply>),
    Pong(Capabilities),
    #[cfg(feature = "probes")]
    Probed(String),
}

/// The image of a task.
pub(crate) struct Input {
    /// `None` for probes.
    pub(crate) request: Option<ProcessRequest>,
    pub(crate) file: File,
}

/// A request that waits for a worker.
pub(crate) struct Task {
    pub(crate) id: u64,
    pub(crate) queue: Queue,
    /// The encoded request.
    pub(crate) packet: Vec<u8>,
    pub(crate) input: Option<Input>,
    pub(crate) attempts: u8,
    pub(crate) reply: oneshot::Sender<Result<Outcome, Error>>,
}

impl Task {
    /// Sends the result to the caller, if it still waits.
    pub(crate) fn send_reply(self, result: Result<Outcome, Error>) {
        let _receiver_dropped = self.reply.send(result);
    }
}

/// The waiting tasks.
#[derive(Default)]
pub(crate) struct Queues {
    interactive: VecDeque<Task>,
    background: VecDeque<Task>,
    avif: VecDeque<Task>,
    /// Interactive requests since the last background request.
    interactive_run: u8,
}

impl Queues {
    /// The number of waiting tasks in a queue.
    pub(crate) fn queue_len(&self, queue: Queue) -> usize {
        match queue {
            Queue::Interactive => self.interactive.len(),
            Queue::Background => self.background.len(),
            Queue::Avif => self.avif.len(),
        }
    }

    /// The number of waiting tasks.
    pub(crate) fn len(&self) -> usize {
        self.interactive.len() + self.background.len() + self.avif.len()
    }

    pub(crate) fn push(&mut self, task: Task) {
        self.queue_mut(task.queue).push_back(task);
    }

    pub(crate) fn push_front(&mut self, task: Task) {
        self.queue_mut(task.queue).push_front(task);
    }

    /// Takes the next task for an AVIF worker or for one of the other workers.
    pub(crate) fn pop(&mut self, avif: bool) -> Option<Task> {
        if avif {
            return self.avif.pop_front();
        }
        let background_due = self.interactive_run >= MAX_INTERACTIVE_RUN && !self.background.is_empty();
        if !background_due && let Some(task) = self.interactive.pop_front() {
            self.interactive_run = self.interactive_run.saturating_add(1);
            return Some(task);
        }
        self.interactive_run = 0;
        self.background.pop_front()
    }

    /// Removes a task from its queue, if it still waits there.
    pub(crate) fn remove(&mut self, queue: Queue, id: u64) -> Option<Task> {
        let queue = self.queue_mut(queue);
        let index = queue.iter().position(|task| task.id == id)?;
        queue.remove(index)
    }

    /// Removes all tasks.
    pub(crate) fn clear(&mut self) -> Vec<Task> {
        let queues = [&mut self.interactive, &mut self.background, &mut self.avif];
        queues.into_iter().flat_map(std::mem::take).collect()
    }

    fn queue_mut(&mut self, queue: Queue) -> &mut VecDeque<Task> {
        match queue {
            Queue::Interactive => &mut self.interactive,
            Queue::Background => &mut self.background,
            Queue::Avif => &mut self.avif,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(id: u64, queue: Queue) -> Task {
        Task {
            id,
            queue,
            packet: Vec::new(),
            input: None,
            attempts: 0,
            reply: oneshot::channel().0,
        }
    }

    fn drain_ids(queues: &mut Queues, avif: bool) -> Vec<u64> {
        std::iter::from_fn(|| queues.pop(avif))
            .map(|task| task.id)
            .collect()
    }

    #[test]
    fn background_requests_are_served_once_in_four() {
        let mut queues = Queues::default();
        for number in 0..3 {
            queues.push(task(100 + number, Queue::Background));
        }
        for number in 0..8 {
            queues.push(task(number, Queue::Interactive));
        }
        queues.push(task(200, Queue::Avif));
        assert_eq!(queues.len(), 12);
        assert_eq!(
            drain_ids(&mut queues, false),
            [0, 1, 2, 100, 3, 4, 5, 101, 6, 7, 102]
        );
        assert_eq!(drain_ids(&mut queues, true), [200]);
    }

    #[test]
    fn removed_task_is_not_served() {
        let mut queues = Queues::default();
        for number in 0..3 {
            queues.push(task(number, Queue::Interactive));
        }
        assert!(queues.remove(Queue::Interactive, 1).is_some());
        assert!(queues.remove(Queue::Interactive, 1).is_none());
        assert!(queues.remove(Queue::Background, 2).is_none());
        let first = queues.pop(false).unwrap();
        queues.push_front(first);
        assert_eq!(queues.queue_len(Queue::Interactive), 2);
        assert_eq!(drain_ids(&mut queues, false), [0, 2]);
    }

    #[test]
    fn background_requests_are_served_without_interactive_ones() {
        let mut queues = Queues::default();
        queues.push(task(1, Queue::Background));
        queues.push(task(2, Queue::Background));
        assert_eq!(drain_ids(&mut queues, false), [1, 2]);
    }
}
