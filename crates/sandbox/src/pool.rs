//! The state that the handles and the worker threads share.

use crate::{
    config::Config,
    error::Error,
    queues::{Queue, Queues, Task},
};
use parking_lot::{Mutex, MutexGuard};
use rustix::event::{EventfdFlags, eventfd};
use slog::Logger;
use std::{
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    thread::JoinHandle,
};
use tokio::sync::watch;

/// The state of a sandbox.
pub(crate) struct Pool {
    pub(crate) config: Config,
    pub(crate) log: Logger,
    state: Mutex<State>,
    wakeups: io::Result<Wakeups>,
    first_starts: watch::Sender<usize>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) queues: Queues,
    pub(crate) stopping: bool,
    pub(crate) started: bool,
    pub(crate) avif_started: bool,
    pub(crate) busy: usize,
    pub(crate) replaced: u64,
    pub(crate) requests: u64,
    /// The process ids of the workers.
    pub(crate) pids: Vec<u32>,
    pub(crate) threads: Vec<JoinHandle<()>>,
    next_task_id: u64,
}

/// One eventfd per event that threads wait for.
struct Wakeups {
    work: OwnedFd,
    avif_work: OwnedFd,
    stop: OwnedFd,
}

/// The events of one worker thread.
pub(crate) struct Wakeup<'a> {
    /// Readable while tasks are queued.
    pub(crate) work: BorrowedFd<'a>,
    /// Readable when the sandbox stops.
    pub(crate) stop: BorrowedFd<'a>,
}

/// The first attempt of a thread to start a worker. It is counted when this is dropped.
pub(crate) struct PendingStart<'a>(&'a Pool);

impl Drop for PendingStart<'_> {
    fn drop(&mut self) {
        self.0.first_starts.send_modify(|starts| *starts += 1);
    }
}

impl Wakeup<'_> {
    /// Consumes one event of `work`, unless another thread has consumed it.
    pub(crate) fn consume_work(&self) {
        let mut count = [0; 8];
        let _consumed_by_another = rustix::io::read(self.work, &mut count);
    }
}

impl Wakeups {
    fn new() -> io::Result<Self> {
        let create = |kind| eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK | kind);
        Ok(Self {
            work: create(EventfdFlags::SEMAPHORE)?,
            avif_work: create(EventfdFlags::SEMAPHORE)?,
            stop: create(EventfdFlags::empty())?,
        })
    }
}

impl Pool {
    pub(crate) fn new(config: Config, log: &Logger) -> Self {
        Self {
            config,
            log: log.clone(),
            state: Mutex::default(),
            wakeups: Wakeups::new(),
            first_starts: watch::Sender::new(0),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    pub(crate) fn next_task_id(&self) -> u64 {
        let mut state = self.lock();
        state.next_task_id += 1;
        state.next_task_id
    }

    pub(crate) fn enqueue(&self, task: Task) -> Result<(), Error> {
        let queue = task.queue;
        let mut state = self.lock();
        let full = queue != Queue::Background && state.queues.queue_len(queue) >= self.config.queue_size;
        if state.stopping || full {
            return Err(Error::Busy);
        }
        state.queues.push(task);
        drop(state);
        self.wake_worker(queue);
        Ok(())
    }

    fn wake_worker(&self, queue: Queue) {
        if let Ok(wakeups) = &self.wakeups {
            let event = match queue {
                Queue::Avif => &wakeups.avif_work,
                Queue::Interactive | Queue::Background => &wakeups.work,
            };
            // Fails only if 2^64 events are pending.
            let _overflow = rustix::io::write(event, &1_u64.to_ne_bytes());
        }
    }

    /// Rejects the waiting tasks and wakes all threads.
    pub(crate) fn stop(&self) {
        let mut state = self.lock();
        state.stopping = true;
        let rejected = state.queues.clear();
        drop(state);
        for task in rejected {
            task.send_reply(Err(Error::Busy));
        }
        if let Ok(wakeups) = &self.wakeups {
            let _overflow = rustix::io::write(&wakeups.stop, &1_u64.to_ne_bytes());
        }
    }

    pub(crate) fn wakeup(&self, avif: bool) -> Result<Wakeup<'_>, &io::Error> {
        let wakeups = self.wakeups.as_ref()?;
        Ok(Wakeup {
            work: if avif {
                wakeups.avif_work.as_fd()
            } else {
                wakeups.work.as_fd()
            },
            stop: wakeups.stop.as_fd(),
        })
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.lock().stopping
    }

    /// The number of threads that have completed their first attempt to start a worker.
    pub(crate) fn first_starts(&self) -> watch::Receiver<usize> {
        self.first_starts.subscribe()
    }

    pub(crate) fn pending_start(&self) -> PendingStart<'_> {
        PendingStart(self)
    }

    pub(crate) fn add_worker(&self, pid: u32) {
        self.lock().pids.push(pid);
    }

    pub(crate) fn remove_worker(&self, pid: u32, replaced: bool) {
        let mut state = self.lock();
        state.pids.retain(|other| *other != pid);
        state.replaced += u64::from(replaced);
    }

    /// Takes the next task. The caller must call [`Pool::finish_task`].
    pub(crate) fn take_task(&self, avif: bool) -> Option<Task> {
        let mut state = self.lock();
        let task = state.queues.pop(avif)?;
        state.busy += 1;
        state.requests += 1;
        Some(task)
    }

    pub(crate) fn finish_task(&self) {
        let mut state = self.lock();
        state.busy = state.busy.saturating_sub(1);
    }

    /// Puts a task back to the front of its queue.
    pub(crate) fn requeue(&self, task: Task) {
        let queue = task.queue;
        let mut state = self.lock();
        if state.stopping {
            task.send_reply(Err(Error::Busy));
            return;
        }
        state.requests = state.requests.saturating_sub(1);
        state.queues.push_front(task);
        drop(state);
        self.wake_worker(queue);
    }

    /// Fails the next task, because no worker can be started.
    pub(crate) fn fail_next_task(&self, avif: bool, error: io::Error) {
        let task = self.lock().queues.pop(avif);
        if let Some(task) = task {
            task.send_reply(Err(Error::Io(error)));
        }
    }
}
