//! The pool of children and its handle.

use crate::{
    answer::Answer,
    config::Config,
    error::{Error, Fate},
    lanes::{Image, Lane, Lanes, Outcome, Task},
    packet::LONGEST,
    station::{self, Bells},
    wire::{Capabilities, Request},
};
use infravault_imaging::Order;
use rustix::event::{EventfdFlags, eventfd};
use slog::Logger;
use std::{
    fs::File,
    io,
    os::fd::{AsFd, OwnedFd},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
};
use tokio::{
    sync::{oneshot, watch},
    time::timeout,
};

/// A pool of child processes that work on images and can do nothing else. Clones are handles of one pool; when the
/// last one goes, the children go too.
#[derive(Clone)]
pub struct Sandbox {
    handle: Arc<Handle>,
}

/// Ends the pool with the last handle.
struct Handle {
    pool: Arc<Pool>,
}

/// What a pool does at the moment, and did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Children that live.
    pub children: usize,
    /// Children that have an order.
    pub busy: usize,
    /// Orders that wait.
    pub waiting: usize,
    /// Children that were replaced, because they died or had served long enough.
    pub replaced: u64,
    /// Orders that children took.
    pub orders: u64,
}

/// What the handles and the threads of the places share.
pub(crate) struct Pool {
    pub(crate) config: Config,
    pub(crate) log: Logger,
    state: Mutex<State>,
    bells: io::Result<[OwnedFd; 3]>,
    tried: watch::Sender<usize>,
}

#[derive(Default)]
struct State {
    lanes: Lanes,
    stopping: bool,
    started: bool,
    avif_started: bool,
    next: u64,
    stats: Stats,
    children: Vec<u32>,
    threads: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// A pool of these settings. Nothing is started before it is needed.
    pub fn new(config: Config, log: &Logger) -> Self {
        let bell = |kind| eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK | kind);
        let bells = || -> io::Result<[OwnedFd; 3]> {
            let one_each = EventfdFlags::SEMAPHORE;
            Ok([bell(one_each)?, bell(one_each)?, bell(EventfdFlags::empty())?])
        };
        let pool = Arc::new(Pool {
            config,
            log: log.clone(),
            state: Mutex::default(),
            bells: bells(),
            tried: watch::Sender::new(0),
        });
        Self {
            handle: Arc::new(Handle { pool }),
        }
    }

    /// Starts the children for requests and jobs, and waits until each is ready or has failed to start once.
    pub async fn warm_up(&self) {
        let pool = &self.handle.pool;
        let mut tried = pool.tried.subscribe();
        if pool.start(false).is_ok() {
            let places = pool.config.places();
            let _stopped = tried.wait_for(|tried| *tried >= places).await;
        }
    }

    /// Has an order done with the image in this file, which is read from its beginning wherever its position is.
    ///
    /// When the future is dropped, an order that waits is forgotten; one that a child has is finished, and only then
    /// is the place free again.
    pub async fn run(&self, file: File, order: &Order, lane: Lane) -> Result<Answer, Error> {
        let image = Image {
            order: order.clone(),
            file,
        };
        let outcome = self
            .ask(&Request::Order(order.clone()), Some(image), lane)
            .await?;
        if let Outcome::Answer(answer) = outcome {
            Ok(*answer)
        } else {
            Err(Error::Killed(Fate::Gone))
        }
    }

    /// Has a child do nothing, and tells which layers of the sandbox hold.
    pub async fn check(&self) -> Result<Capabilities, Error> {
        if let Outcome::Nothing(capabilities) = self.ask(&Request::Nothing, None, Lane::Request).await? {
            Ok(capabilities)
        } else {
            Err(Error::Killed(Fate::Gone))
        }
    }

    /// Has a child misbehave, with a file where the probe wants one. What it tells it survived.
    #[cfg(feature = "probes")]
    pub async fn probe(&self, probe: crate::Probe, file: Option<File>, lane: Lane) -> Result<String, Error> {
        let image = file.map(|file| Image {
            order: Order {
                limits: infravault_imaging::Limits::default(),
                describe: false,
                recipes: Vec::new(),
            },
            file,
        });
        match self.ask(&Request::Probe(probe), image, lane).await? {
            Outcome::Probed(said) => Ok(said),
            _ => Err(Error::Killed(Fate::Gone)),
        }
    }

    /// The process ids of the children.
    #[cfg(feature = "probes")]
    pub fn children(&self) -> Vec<u32> {
        self.handle.pool.state().children.clone()
    }

    /// Refuses what waits, kills the children and waits until they are gone.
    pub async fn stop(&self) {
        let pool = &self.handle.pool;
        pool.stop();
        let threads = std::mem::take(&mut pool.state().threads);
        let joined = tokio::task::spawn_blocking(move || {
            for thread in threads {
                let _panicked = thread.join();
            }
        });
        let _cancelled = joined.await;
    }

    /// What the pool does.
    pub fn stats(&self) -> Stats {
        let state = self.handle.pool.state();
        Stats {
            children: state.children.len(),
            waiting: state.lanes.all(),
            ..state.stats
        }
    }

    async fn ask(&self, request: &Request, image: Option<Image>, lane: Lane) -> Result<Outcome, Error> {
        let request = serde_json::to_vec(request).map_err(|error| Error::Io(error.into()))?;
        if request.len() > LONGEST {
            return Err(Error::Io(io::ErrorKind::InvalidInput.into()));
        }
        let pool = &self.handle.pool;
        pool.start(lane == Lane::Avif)?;
        let (sender, mut answer) = oneshot::channel();
        let number = pool.queue(request, image, lane, sender)?;
        let place = Place { pool, lane, number };
        if lane != Lane::Job {
            match timeout(pool.config.wait, &mut answer).await {
                Ok(answered) => return answered.unwrap_or(Err(Error::Busy)),
                Err(_) if place.give_up() => return Err(Error::Busy),
                Err(_) => {}
            }
        }
        answer.await.unwrap_or(Err(Error::Busy))
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.pool.stop();
    }
}

/// A place in a lane, which is given up with the future that waits in it.
struct Place<'a> {
    pool: &'a Pool,
    lane: Lane,
    number: u64,
}

impl Place<'_> {
    /// Leaves the lane; false when a child has the task already.
    fn give_up(&self) -> bool {
        self.pool.state().lanes.withdraw(self.lane, self.number).is_some()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.give_up();
    }
}

impl Pool {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that is done under this lock can panic half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the threads that are missing.
    fn start(self: &Arc<Self>, avif: bool) -> Result<(), Error> {
        let mut state = self.state();
        if state.stopping {
            return Err(Error::Busy);
        }
        let missing = match (avif, state.started, state.avif_started) {
            (false, false, _) => self.config.places(),
            (true, _, false) => 1,
            _ => 0,
        };
        for _ in 0..missing {
            let thread = station::open(self, avif).map_err(Error::Io)?;
            state.threads.push(thread);
            // One thread is enough to be started.
            if avif {
                state.avif_started = true;
            } else {
                state.started = true;
            }
        }
        Ok(())
    }

    fn queue(
        &self,
        request: Vec<u8>,
        image: Option<Image>,
        lane: Lane,
        answer: oneshot::Sender<Result<Outcome, Error>>,
    ) -> Result<u64, Error> {
        let mut state = self.state();
        let full = lane != Lane::Job && state.lanes.waiting(lane) >= self.config.queue;
        if state.stopping || full {
            return Err(Error::Busy);
        }
        let number = state.next;
        state.next += 1;
        state.lanes.push(Task {
            number,
            lane,
            request,
            image,
            attempts: 0,
            answer,
        });
        drop(state);
        self.ring(lane == Lane::Avif);
        Ok(number)
    }

    fn ring(&self, avif: bool) {
        if let Ok([work, rare, _]) = &self.bells {
            // It can only fail when it was rung 2^64 times and nobody came.
            let _deafening = rustix::io::write(if avif { rare } else { work }, &1_u64.to_ne_bytes());
        }
    }

    fn stop(&self) {
        let mut state = self.state();
        state.stopping = true;
        let refused = state.lanes.clear();
        drop(state);
        for task in refused {
            let _gone = task.answer.send(Err(Error::Busy));
        }
        if let Ok([_, _, stop]) = &self.bells {
            let _deafening = rustix::io::write(stop, &1_u64.to_ne_bytes());
        }
    }

    /// The bells of a place.
    pub(crate) fn bells(&self, avif: bool) -> Result<Bells<'_>, &io::Error> {
        let [work, rare, stop] = self.bells.as_ref()?;
        Ok(Bells {
            work: if avif { rare.as_fd() } else { work.as_fd() },
            stop: stop.as_fd(),
        })
    }

    pub(crate) fn stopping(&self) -> bool {
        self.state().stopping
    }

    /// Counts a first attempt of a place to start its child.
    pub(crate) fn tried(&self) {
        self.tried.send_modify(|tried| *tried += 1);
    }

    pub(crate) fn enters(&self, child: u32) {
        self.state().children.push(child);
    }

    pub(crate) fn leaves(&self, child: u32, replaced: bool) {
        let mut state = self.state();
        state.children.retain(|one| *one != child);
        state.stats.replaced += u64::from(replaced);
    }

    /// Takes the next task; [`Pool::done`] must follow.
    pub(crate) fn next(&self, avif: bool) -> Option<Task> {
        let mut state = self.state();
        let task = state.lanes.next(avif)?;
        state.stats.busy += 1;
        state.stats.orders += 1;
        Some(task)
    }

    pub(crate) fn done(&self) {
        let mut state = self.state();
        state.stats.busy = state.stats.busy.saturating_sub(1);
    }

    /// Queues a task again as the first, unless the sandbox is stopping.
    pub(crate) fn put_back(&self, task: Task) {
        let avif = task.lane == Lane::Avif;
        let mut state = self.state();
        if state.stopping {
            let _gone = task.answer.send(Err(Error::Busy));
            return;
        }
        state.stats.orders = state.stats.orders.saturating_sub(1);
        state.lanes.put_back(task);
        drop(state);
        self.ring(avif);
    }

    /// Fails the next task, because no child can be started for it.
    pub(crate) fn refuse_next(&self, avif: bool, error: io::Error) {
        let task = self.state().lanes.next(avif);
        if let Some(task) = task {
            let _gone = task.answer.send(Err(Error::Io(error)));
        }
    }
}
