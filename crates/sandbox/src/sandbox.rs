//! The public handle of the sandbox.

use crate::{
    config::Config,
    error::{Error, ExitReason},
    packet::MAX_PACKET_BYTES,
    pool::Pool,
    queues::{Input, Outcome, Queue, Task},
    reply::ProcessReply,
    wire::{Capabilities, Request},
    worker,
};
use infravault_imaging::ProcessRequest;
use slog::Logger;
use std::{fs::File, io, sync::Arc};
use tokio::{sync::oneshot, time::timeout};

/// A pool of isolated worker processes that process images. Clones share one pool, which stops with the last clone.
#[derive(Clone)]
pub struct Sandbox {
    guard: Arc<StopOnDrop>,
}

/// Stops the pool when the last handle is dropped.
struct StopOnDrop {
    pool: Arc<Pool>,
}

/// The current state and the counters of a sandbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Running workers.
    pub workers: usize,
    /// Workers that process a request.
    pub busy: usize,
    /// Requests that wait in a queue.
    pub queued: usize,
    /// Workers that were replaced, because they ended or had served long enough.
    pub replaced: u64,
    /// Requests that were given to a worker.
    pub requests: u64,
}

impl Sandbox {
    /// Creates a sandbox. Workers start on the first use.
    pub fn new(config: Config, log: &Logger) -> Self {
        let pool = Arc::new(Pool::new(config, log));
        Self {
            guard: Arc::new(StopOnDrop { pool }),
        }
    }

    /// Starts the workers and waits until each of them is ready or has failed to start once.
    pub async fn warm_up(&self) {
        let pool = &self.guard.pool;
        let mut first_starts = pool.first_starts();
        if start_workers(pool, false).is_ok() {
            let count = pool.config.worker_count();
            let _stopped = first_starts.wait_for(|starts| *starts >= count).await;
        }
    }

    /// Processes the image in this file, which is read from its beginning.
    ///
    /// Dropping the future removes a waiting request from its queue. A request that a worker has started is finished
    /// before the worker accepts another one.
    pub async fn process(
        &self,
        file: File,
        request: &ProcessRequest,
        queue: Queue,
    ) -> Result<ProcessReply, Error> {
        let input = Input {
            request: Some(request.clone()),
            file,
        };
        let request = Request::Process(request.clone());
        if let Outcome::Processed(reply) = self.submit(&request, Some(input), queue).await? {
            Ok(*reply)
        } else {
            Err(Error::WorkerExited(ExitReason::Crashed))
        }
    }

    /// Reports which layers of the sandbox are enforced. Starts the workers.
    pub async fn report_capabilities(&self) -> Result<Capabilities, Error> {
        if let Outcome::Pong(capabilities) = self.submit(&Request::Ping, None, Queue::Interactive).await? {
            Ok(capabilities)
        } else {
            Err(Error::WorkerExited(ExitReason::Crashed))
        }
    }

    /// Makes a worker misbehave. Returns what the worker reports if it survives.
    #[cfg(feature = "probes")]
    pub async fn probe(
        &self,
        probe: crate::probe::Probe,
        file: Option<File>,
        queue: Queue,
    ) -> Result<String, Error> {
        let input = file.map(|file| Input { request: None, file });
        match self.submit(&Request::Probe(probe), input, queue).await? {
            Outcome::Probed(report) => Ok(report),
            _ => Err(Error::WorkerExited(ExitReason::Crashed)),
        }
    }

    /// The process ids of the workers.
    #[cfg(feature = "probes")]
    pub fn worker_pids(&self) -> Vec<u32> {
        self.guard.pool.lock().pids.clone()
    }

    /// Rejects waiting requests, kills the workers and waits until they have ended.
    pub async fn stop(&self) {
        let pool = &self.guard.pool;
        pool.stop();
        let threads = std::mem::take(&mut pool.lock().threads);
        let joined = tokio::task::spawn_blocking(move || {
            for thread in threads {
                let _panicked = thread.join();
            }
        });
        let _canceled = joined.await;
    }

    /// The current state and the counters.
    pub fn stats(&self) -> Stats {
        let state = self.guard.pool.lock();
        Stats {
            workers: state.pids.len(),
            busy: state.busy,
            queued: state.queues.len(),
            replaced: state.replaced,
            requests: state.requests,
        }
    }

    async fn submit(&self, request: &Request, input: Option<Input>, queue: Queue) -> Result<Outcome, Error> {
        let packet = serde_json::to_vec(request).map_err(|error| Error::Io(error.into()))?;
        if packet.len() > MAX_PACKET_BYTES {
            return Err(Error::Io(io::ErrorKind::InvalidInput.into()));
        }
        let pool = &self.guard.pool;
        start_workers(pool, queue == Queue::Avif)?;
        let (sender, mut reply) = oneshot::channel();
        let task = Task {
            id: pool.next_task_id(),
            queue,
            packet,
            input,
            attempts: 0,
            reply: sender,
        };
        let ticket = QueueTicket {
            pool,
            queue,
            task: task.id,
        };
        pool.enqueue(task)?;
        if queue != Queue::Background {
            match timeout(pool.config.queue_timeout, &mut reply).await {
                Ok(received) => return received.unwrap_or(Err(Error::Busy)),
                Err(_) if ticket.withdraw() => return Err(Error::Busy),
                Err(_) => {}
            }
        }
        reply.await.unwrap_or(Err(Error::Busy))
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.pool.stop();
    }
}

/// A position in a queue, which is given up with the future that waits for the reply.
struct QueueTicket<'a> {
    pool: &'a Pool,
    queue: Queue,
    task: u64,
}

impl QueueTicket<'_> {
    /// Removes the task from the queue. Returns false if a worker has it already.
    fn withdraw(&self) -> bool {
        self.pool.lock().queues.remove(self.queue, self.task).is_some()
    }
}

impl Drop for QueueTicket<'_> {
    fn drop(&mut self) {
        self.withdraw();
    }
}

/// Starts the threads that are missing.
fn start_workers(pool: &Arc<Pool>, avif: bool) -> Result<(), Error> {
    let mut state = pool.lock();
    if state.stopping {
        return Err(Error::Busy);
    }
    let missing = match (avif, state.started, state.avif_started) {
        (false, false, _) => pool.config.worker_count(),
        (true, _, false) => 1,
        _ => 0,
    };
    for _ in 0..missing {
        let thread = worker::spawn_thread(pool, avif).map_err(Error::Io)?;
        state.threads.push(thread);
        // A single thread is sufficient, even if the next one fails to start.
        if avif {
            state.avif_started = true;
        } else {
            state.started = true;
        }
    }
    Ok(())
}
