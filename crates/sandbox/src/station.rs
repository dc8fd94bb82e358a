//! The place of one child: a thread that keeps a child there and hands it one task after the other.
//!
//! A thread for each child and no reactor, for three reasons: the kernel ties a child's life to the thread that
//! started it, so that thread has to stay; an order runs to its end whatever becomes of the caller's future; and the
//! thread has files to read and descriptors to wait for, which would block a reactor. There are as many as cores.

use crate::{
    answer::{self, Answer, Nonsense},
    config::Config,
    error::{Error, Fate},
    lanes::{Image, Outcome, Task},
    memory,
    pool::Pool,
    process::{End, Process, Wake, wait},
    wire::Reply,
};
use rustix::fs::{MemfdFlags, memfd_create};
use slog::{debug, warn};
use std::{
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    sync::Arc,
    time::Duration,
};

/// Requests after which a child is replaced by a fresh one.
const LIFE: u32 = 500;

/// Memory that may stay with a child after a request, in bytes.
const KEPT: u64 = 128 * 1024 * 1024;

/// How often a task may meet a dead child before it fails. None of those deaths is its fault, so it is many.
const ATTEMPTS: u8 = 50;

/// Failed starts after which waiting tasks begin to fail too.
const STARTS: u32 = 3;

/// Which bell a station waits for, and the bell that ends all waiting.
pub(crate) struct Bells<'a> {
    pub(crate) work: BorrowedFd<'a>,
    pub(crate) stop: BorrowedFd<'a>,
}

impl Bells<'_> {
    /// Takes one ring of the bell for work, unless another place was faster.
    fn heard(&self) {
        let mut ring = [0; 8];
        let _taken_by_another = rustix::io::read(self.work, &mut ring);
    }
}

/// Why a child leaves its place.
#[derive(PartialEq, Eq)]
enum Leave {
    Died,
    Retired,
    Stopped,
}

/// Keeps a child at this place until the sandbox stops.
pub(crate) fn keep(pool: &Pool, bells: &Bells<'_>, avif: bool) {
    let mut failures: u32 = 0;
    while !pool.stopping() {
        let started = Process::start(&pool.config, avif, bells.stop);
        pool.tried();
        match started {
            Ok(mut process) => {
                let id = process.id();
                debug!(pool.log, "a child of the sandbox is ready"; "pid" => id);
                pool.enters(id);
                let leave = attend(pool, bells, &mut process, avif);
                let idle_death = leave == Leave::Died && process.served == 0;
                failures = if idle_death { failures.saturating_add(1) } else { 0 };
                drop(process);
                pool.leaves(id, leave != Leave::Stopped);
            }
            Err(error) => {
                if pool.stopping() {
                    return;
                }
                failures = failures.saturating_add(1);
                warn!(pool.log, "a child of the sandbox did not start"; "error" => %error);
                if failures >= STARTS {
                    pool.refuse_next(avif, error);
                }
            }
        }
        if failures > 0 {
            pause(bells, failures);
        }
    }
}

/// Waits a little before a child is started again that did nothing but die: 20 ms, doubled up to 1.3 s.
fn pause(bells: &Bells<'_>, failures: u32) {
    let patience = Duration::from_millis(10).saturating_mul(1 << failures.min(7));
    wait([bells.stop; 3], Some(patience));
}

/// Hands tasks to a child until it dies, has served long enough, or the sandbox stops.
fn attend(pool: &Pool, bells: &Bells<'_>, process: &mut Process, avif: bool) -> Leave {
    loop {
        if pool.stopping() {
            return Leave::Stopped;
        }
        let Some(task) = pool.next(avif) else {
            match wait([bells.stop, bells.work, process.socket()], None) {
                Wake::First => return Leave::Stopped,
                Wake::Second | Wake::Late => bells.heard(),
                // It has nothing to say without being asked, so it has died.
                Wake::Third => {
                    let (fate, words) = process.bury();
                    warn!(pool.log, "an idle child of the sandbox died";
                        "pid" => process.id(), "fate" => ?fate, "last_words" => words);
                    return Leave::Died;
                }
            }
            continue;
        };
        let left = serve(pool, bells, process, task);
        pool.done();
        if let Some(leave) = left {
            return leave;
        }
    }
}

/// Has one task done and tells its caller, if there still is one.
fn serve(pool: &Pool, bells: &Bells<'_>, process: &mut Process, task: Task) -> Option<Leave> {
    if task.answer.is_closed() {
        return None;
    }
    let prepared = match task.image.as_ref().map(Prepared::new).transpose() {
        Ok(prepared) => prepared,
        Err(error) => {
            let _gone = task.answer.send(Err(Error::Io(error)));
            return None;
        }
    };
    let patience = patience(&pool.config, &task);
    memory::reset_peak(process.id());
    let files = prepared.as_ref().map(Prepared::files);
    let files = files.as_ref().map_or(&[][..], |files| files.as_slice());
    match process.exchange(&task.request, files, patience, bells.stop) {
        Ok(reply) => {
            let used = memory::of(process.id());
            let outcome = judge(reply, &task, prepared.as_ref(), process, used.peak);
            let nonsense = outcome.as_ref().err().map(ToString::to_string);
            let _gone = task
                .answer
                .send(outcome.unwrap_or(Err(Error::Killed(Fate::Gone))));
            if let Some(nonsense) = nonsense {
                warn!(pool.log, "a child of the sandbox is replaced"; "pid" => process.id(), "reason" => nonsense);
                return Some(Leave::Died);
            }
            (process.served >= LIFE || used.resident > KEPT).then_some(Leave::Retired)
        }
        Err(End::NotTaken) => {
            retry(pool, task);
            Some(Leave::Died)
        }
        Err(End::Died(fate, words)) => {
            warn!(pool.log, "a child of the sandbox died of an order";
                "pid" => process.id(), "fate" => ?fate, "last_words" => words);
            let _gone = task.answer.send(Err(Error::Killed(fate)));
            // It died of the task, not of starting.
            process.served = process.served.max(1);
            Some(Leave::Died)
        }
        Err(End::Stopped) => {
            let _gone = task.answer.send(Err(Error::Killed(Fate::Gone)));
            Some(Leave::Stopped)
        }
    }
}

/// Queues a task again that a dead child did not take.
fn retry(pool: &Pool, mut task: Task) {
    task.attempts = task.attempts.saturating_add(1);
    if task.attempts < ATTEMPTS {
        pool.put_back(task);
    } else {
        let _gone = task.answer.send(Err(Error::Killed(Fate::Gone)));
    }
}

/// How long a task may take.
fn patience(config: &Config, task: &Task) -> Duration {
    match task.lane {
        crate::Lane::Avif => config.wall.saturating_mul(Config::AVIF_PATIENCE),
        crate::Lane::Request | crate::Lane::Job => config.wall,
    }
}

/// Decides what a reply means for its task.
fn judge(
    reply: Reply,
    task: &Task,
    prepared: Option<&Prepared>,
    process: &Process,
    peak: u64,
) -> Result<Result<Outcome, Error>, Nonsense> {
    match (reply, &task.image, prepared) {
        (
            Reply::Done {
                description,
                renditions,
            },
            Some(image),
            Some(prepared),
        ) => {
            let answer = answer::collect(
                &image.order,
                description.map(|description| *description),
                &renditions,
                prepared.output.as_fd(),
            )?;
            Ok(Ok(Outcome::Answer(Box::new(Answer {
                peak_rss_bytes: peak,
                ..answer
            }))))
        }
        (Reply::Undecodable(said), Some(_), _) => Ok(Err(Error::Undecodable(answer::text(&said)))),
        (Reply::Nothing, None, _) => Ok(Ok(Outcome::Nothing(process.capabilities))),
        #[cfg(feature = "probes")]
        (Reply::Probed(said), _, _) => Ok(Ok(Outcome::Probed(said))),
        _ => Err(Nonsense("to another request")),
    }
}

/// The files of an order.
struct Prepared {
    image: OwnedFd,
    output: OwnedFd,
}

impl Prepared {
    /// Opens the image for reading only, whatever the caller may do with it, and an empty file in memory.
    fn new(image: &Image) -> io::Result<Self> {
        use rustix::fs::{Mode, OFlags, fcntl_getfl, open};
        let given = image.file.as_fd();
        let read_only = fcntl_getfl(given)? & OFlags::RWMODE == OFlags::RDONLY;
        let image = if read_only {
            given.try_clone_to_owned()?
        } else {
            let number = std::os::fd::AsRawFd::as_raw_fd(&given);
            let flags = OFlags::RDONLY | OFlags::CLOEXEC;
            open(format!("/proc/self/fd/{number}"), flags, Mode::empty())?
        };
        let output = memfd_create(c"renditions", MemfdFlags::CLOEXEC)?;
        Ok(Self { image, output })
    }

    fn files(&self) -> [BorrowedFd<'_>; 2] {
        [self.image.as_fd(), self.output.as_fd()]
    }
}

/// Starts the thread of a place.
pub(crate) fn open(pool: &Arc<Pool>, avif: bool) -> io::Result<std::thread::JoinHandle<()>> {
    let pool = Arc::clone(pool);
    std::thread::Builder::new()
        .name(if avif { "sandbox-avif" } else { "sandbox" }.to_owned())
        .spawn(move || {
            if let Ok(bells) = pool.bells(avif) {
                keep(&pool, &bells, avif);
            }
            pool.tried();
        })
}
