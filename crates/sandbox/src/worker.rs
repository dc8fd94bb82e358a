//! The thread of one worker: starts the process, hands it one task after the other, and replaces it when it ends.
//!
//! Each worker has a thread instead of async code, for three reasons: the kernel kills the process when the thread that
//! started it ends; a request completes even if the future of the caller is dropped; and reading files and waiting
//! for descriptors would block an async runtime.

use crate::{
    config::Config,
    error::{Error, ExitReason},
    memory,
    pool::{PendingStart, Pool, Wakeup},
    process::{ExchangeError, Ready, WorkerProcess, wait_readable},
    queues::{Input, Outcome, Queue, Task},
    reply::{InvalidReply, ProcessReply, sanitize_error, validate_reply},
    wire::Reply,
};
use rustix::fs::{MemfdFlags, Mode, OFlags, fcntl_getfl, memfd_create, open};
use slog::{debug, warn};
use std::{
    io,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
    sync::Arc,
    thread::{Builder, JoinHandle},
    time::Duration,
};

/// Requests after which a worker is replaced.
const MAX_REQUESTS: u32 = 500;

/// Resident memory after a request above which a worker is replaced, in bytes.
const MAX_IDLE_MEMORY: u64 = 128 * 1024 * 1024;

/// Attempts to give a task to a worker that is still running. High, because the task does not cause these failures.
const MAX_ATTEMPTS: u8 = 50;

/// Consecutive failed starts after which waiting tasks fail.
const MAX_START_FAILURES: u32 = 3;

/// Why the thread stops using a process.
#[derive(PartialEq, Eq)]
enum Departure {
    Exited,
    Retired,
    Stopped,
}

/// Starts the thread of a worker.
pub(crate) fn spawn_thread(pool: &Arc<Pool>, avif: bool) -> io::Result<JoinHandle<()>> {
    let pool = Arc::clone(pool);
    let name = if avif { "sandbox-avif" } else { "sandbox" };
    Builder::new().name(name.to_owned()).spawn(move || {
        let pending = (!avif).then(|| pool.pending_start());
        if let Ok(wakeup) = pool.wakeup(avif) {
            supervise_worker(&pool, &wakeup, avif, pending);
        }
    })
}

/// Keeps one process running until the sandbox stops.
fn supervise_worker(pool: &Pool, wakeup: &Wakeup<'_>, avif: bool, mut pending: Option<PendingStart<'_>>) {
    let mut failures: u32 = 0;
    while !pool.is_stopping() {
        match WorkerProcess::start(&pool.config, avif, wakeup.stop) {
            Ok(mut process) => {
                let pid = process.pid();
                debug!(pool.log, "sandbox worker ready"; "pid" => pid);
                // In this order, so that a caller that has waited for the start sees the worker.
                pool.add_worker(pid);
                pending.take();
                let departure = serve_tasks(pool, wakeup, &mut process, avif);
                let useless = departure == Departure::Exited && process.requests == 0;
                failures = if useless { failures.saturating_add(1) } else { 0 };
                drop(process);
                pool.remove_worker(pid, departure != Departure::Stopped);
            }
            Err(error) => {
                pending.take();
                if pool.is_stopping() {
                    return;
                }
                failures = failures.saturating_add(1);
                warn!(pool.log, "sandbox worker failed to start"; "error" => %error);
                if failures >= MAX_START_FAILURES {
                    pool.fail_next_task(avif, error);
                }
            }
        }
        if failures > 0 {
            // From 20 ms, doubled with each failure up to 1.3 s.
            let delay = Duration::from_millis(10).saturating_mul(1 << failures.min(7));
            wait_readable([wakeup.stop; 3], Some(delay));
        }
    }
}

/// Gives tasks to a process until it exits, has served long enough, or the sandbox stops.
fn serve_tasks(pool: &Pool, wakeup: &Wakeup<'_>, process: &mut WorkerProcess, avif: bool) -> Departure {
    loop {
        if pool.is_stopping() {
            return Departure::Stopped;
        }
        let Some(task) = pool.take_task(avif) else {
            match wait_readable([wakeup.stop, wakeup.work, process.socket()], None) {
                Ready::First => return Departure::Stopped,
                Ready::Second | Ready::TimedOut => wakeup.consume_work(),
                // An idle worker sends nothing, so its socket is readable only when it has exited.
                Ready::Third => {
                    let (reason, stderr_tail) = process.reap();
                    warn!(pool.log, "idle sandbox worker exited";
                        "pid" => process.pid(), "exit_reason" => ?reason, "stderr" => stderr_tail);
                    return Departure::Exited;
                }
            }
            continue;
        };
        let departure = serve_task(pool, wakeup, process, task);
        pool.finish_task();
        if let Some(departure) = departure {
            return departure;
        }
    }
}

/// Executes one task and sends the reply to its caller.
fn serve_task(
    pool: &Pool,
    wakeup: &Wakeup<'_>,
    process: &mut WorkerProcess,
    task: Task,
) -> Option<Departure> {
    if task.reply.is_closed() {
        return None;
    }
    let files = match task.input.as_ref().map(TaskFiles::open).transpose() {
        Ok(files) => files,
        Err(error) => {
            task.send_reply(Err(Error::Io(error)));
            return None;
        }
    };
    let timeout = task_timeout(&pool.config, &task);
    memory::reset_peak(process.pid());
    let descriptors = files.as_ref().map(TaskFiles::descriptors);
    let descriptors = descriptors.as_ref().map_or(&[][..], |files| files.as_slice());
    match process.exchange(&task.packet, descriptors, timeout, wakeup.stop) {
        Ok(reply) => {
            let usage = memory::read_usage(process.pid());
            match interpret_reply(reply, &task, files.as_ref(), process, usage.peak) {
                Ok(result) => task.send_reply(result),
                Err(error) => {
                    warn!(pool.log, "sandbox worker replaced"; "pid" => process.pid(), "error" => %error);
                    task.send_reply(Err(Error::WorkerExited(ExitReason::Crashed)));
                    return Some(Departure::Exited);
                }
            }
            (process.requests >= MAX_REQUESTS || usage.resident > MAX_IDLE_MEMORY)
                .then_some(Departure::Retired)
        }
        Err(ExchangeError::NotReceived) => {
            retry_task(pool, task);
            Some(Departure::Exited)
        }
        Err(ExchangeError::Exited(reason, stderr_tail)) => {
            warn!(pool.log, "sandbox worker exited during a request";
                "pid" => process.pid(), "exit_reason" => ?reason, "stderr" => stderr_tail);
            task.send_reply(Err(Error::WorkerExited(reason)));
            // The request ended the process, so this is not a failed start.
            process.requests = process.requests.max(1);
            Some(Departure::Exited)
        }
        Err(ExchangeError::Stopped) => {
            task.send_reply(Err(Error::WorkerExited(ExitReason::Crashed)));
            Some(Departure::Stopped)
        }
    }
}

/// Requeues a task that an exited worker has not received.
fn retry_task(pool: &Pool, mut task: Task) {
    task.attempts = task.attempts.saturating_add(1);
    if task.attempts < MAX_ATTEMPTS {
        pool.requeue(task);
    } else {
        task.send_reply(Err(Error::WorkerExited(ExitReason::Crashed)));
    }
}

fn task_timeout(config: &Config, task: &Task) -> Duration {
    match task.queue {
        Queue::Avif => config.timeout.saturating_mul(Config::AVIF_TIMEOUT_FACTOR),
        Queue::Interactive | Queue::Background => config.timeout,
    }
}

/// Converts the reply of a worker to the result of its task.
fn interpret_reply(
    reply: Reply,
    task: &Task,
    files: Option<&TaskFiles>,
    process: &WorkerProcess,
    peak_rss_bytes: u64,
) -> Result<Result<Outcome, Error>, InvalidReply> {
    let request = task.input.as_ref().and_then(|input| input.request.as_ref());
    match (reply, request, files) {
        (
            Reply::Processed {
                description,
                renditions,
            },
            Some(request),
            Some(files),
        ) => {
            let description = description.map(|description| *description);
            let reply = validate_reply(request, description, &renditions, files.output.as_fd())?;
            Ok(Ok(Outcome::Processed(Box::new(ProcessReply {
                peak_rss_bytes,
                ..reply
            }))))
        }
        (Reply::Failed(error), Some(_), _) => Ok(Err(Error::Decode(sanitize_error(&error)))),
        (Reply::Pong, None, _) => Ok(Ok(Outcome::Pong(process.capabilities))),
        #[cfg(feature = "probes")]
        (Reply::Probed(report), _, _) => Ok(Ok(Outcome::Probed(report))),
        _ => Err(InvalidReply("it belongs to another request")),
    }
}

/// The files that a request sends to the worker.
struct TaskFiles {
    image: OwnedFd,
    output: OwnedFd,
}

impl TaskFiles {
    /// Opens the image read-only, even if the caller may write to it, and an empty file in memory.
    fn open(input: &Input) -> io::Result<Self> {
        let file = input.file.as_fd();
        let read_only = fcntl_getfl(file)? & OFlags::RWMODE == OFlags::RDONLY;
        let image = if read_only {
            file.try_clone_to_owned()?
        } else {
            let path = format!("/proc/self/fd/{}", file.as_raw_fd());
            open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?
        };
        let output = memfd_create(c"renditions", MemfdFlags::CLOEXEC)?;
        Ok(Self { image, output })
    }

    fn descriptors(&self) -> [BorrowedFd<'_>; 2] {
        [self.image.as_fd(), self.output.as_fd()]
    }
}
