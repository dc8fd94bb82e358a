//! Queues, limits, priorities, and the life of workers.

use crate::setup::{kill, memory_file, sandbox, sandbox_with, wait_until};
use infravault_sandbox::{Error, ExitReason, Probe, Queue, Sandbox};
use std::{fs::File, io::Write, path::Path, time::Duration};
use tokio::task::JoinHandle;

/// A request that ends when its file is written to.
struct BlockedRequest {
    file: File,
    task: JoinHandle<Result<String, Error>>,
}

impl BlockedRequest {
    async fn start(sandbox: &Sandbox, queue: Queue) -> Self {
        let mut blocked = Self::submit(sandbox, queue);
        wait_until(|| {
            if blocked.task.is_finished() {
                // It waited longer than the queue timeout of the test.
                blocked = Self::submit(sandbox, queue);
            }
            sandbox.stats().busy == 1
        })
        .await;
        blocked
    }

    fn submit(sandbox: &Sandbox, queue: Queue) -> Self {
        let file = memory_file(b"");
        let sandbox = sandbox.clone();
        let copy = file.try_clone().unwrap();
        let task = tokio::spawn(async move { sandbox.probe(Probe::Await, Some(copy), queue).await });
        Self { file, task }
    }

    async fn release(mut self) -> Result<String, Error> {
        self.file.write_all(b"now").unwrap();
        self.task.await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn full_queue_rejects_interactive_requests_only() {
    let sandbox = sandbox_with(1, |config| config.queue_size = 2);
    let blocked = BlockedRequest::start(&sandbox, Queue::Interactive).await;
    let waiting = [
        BlockedRequest::submit(&sandbox, Queue::Interactive),
        BlockedRequest::submit(&sandbox, Queue::Interactive),
    ];
    wait_until(|| sandbox.stats().queued == 2).await;
    assert!(matches!(sandbox.report_capabilities().await, Err(Error::Busy)));
    let background = BlockedRequest::submit(&sandbox, Queue::Background);
    wait_until(|| sandbox.stats().queued == 3).await;
    blocked.release().await.unwrap();
    for request in waiting {
        request.release().await.unwrap();
    }
    background.release().await.unwrap();
    assert_eq!(sandbox.stats().queued, 0);
    sandbox.report_capabilities().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn queue_timeout_rejects_interactive_requests_only() {
    let sandbox = sandbox_with(1, |config| config.queue_timeout = Duration::from_millis(300));
    sandbox.warm_up().await;
    let blocked = BlockedRequest::start(&sandbox, Queue::Interactive).await;
    let background = BlockedRequest::submit(&sandbox, Queue::Background);
    wait_until(|| sandbox.stats().queued == 1).await;
    assert!(matches!(sandbox.report_capabilities().await, Err(Error::Busy)));
    assert_eq!(sandbox.stats().queued, 1);
    // The queue timeout does not apply to a request that a worker has started.
    blocked.release().await.unwrap();
    background.release().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_future_leaves_the_queue_but_not_the_worker() {
    let sandbox = sandbox(1);
    let mut running = BlockedRequest::start(&sandbox, Queue::Interactive).await;
    let waiting = BlockedRequest::submit(&sandbox, Queue::Interactive);
    wait_until(|| sandbox.stats().queued == 1).await;
    waiting.task.abort();
    wait_until(|| sandbox.stats().queued == 0).await;
    running.task.abort();
    assert!(!(&mut running.task).await.unwrap_err().is_panic());
    assert_eq!(sandbox.stats().busy, 1);
    running.file.write_all(b"now").unwrap();
    wait_until(|| sandbox.stats().busy == 0).await;
    let pids = sandbox.worker_pids();
    sandbox.report_capabilities().await.unwrap();
    assert_eq!(sandbox.worker_pids(), pids);
}

#[tokio::test(flavor = "multi_thread")]
async fn avif_has_a_separate_worker_with_the_lowest_priority() {
    let sandbox = sandbox(1);
    sandbox.report_capabilities().await.unwrap();
    let first = sandbox.worker_pids();
    let blocked = BlockedRequest::submit(&sandbox, Queue::Avif);
    wait_until(|| sandbox.worker_pids().len() == 2 && sandbox.stats().queued == 0).await;
    sandbox.report_capabilities().await.unwrap();
    let pids = sandbox.worker_pids();
    let avif = pids.iter().find(|pid| !first.contains(pid)).unwrap();
    let avif = rustix::process::Pid::from_raw((*avif).try_into().unwrap());
    assert_eq!(rustix::process::getpriority_process(avif).unwrap(), 19);
    blocked.release().await.unwrap();
    assert_eq!(pids.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_ends_running_requests_and_rejects_waiting_ones() {
    let sandbox = sandbox(1);
    let blocked = BlockedRequest::start(&sandbox, Queue::Interactive).await;
    let waiting = BlockedRequest::submit(&sandbox, Queue::Background);
    wait_until(|| sandbox.stats().queued == 1).await;
    let pids = sandbox.worker_pids();
    tokio::join!(sandbox.stop(), sandbox.stop());
    assert!(matches!(
        blocked.task.await.unwrap(),
        Err(Error::WorkerExited(ExitReason::Crashed))
    ));
    assert!(matches!(waiting.task.await.unwrap(), Err(Error::Busy)));
    assert!(matches!(sandbox.report_capabilities().await, Err(Error::Busy)));
    assert!(!Path::new(&format!("/proc/{}", pids[0])).exists());
    sandbox.warm_up().await;
    assert_eq!(sandbox.stats().workers, 0);
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_end_with_the_last_handle() {
    let sandbox = sandbox(2);
    sandbox.warm_up().await;
    let pids = sandbox.worker_pids();
    assert_eq!(pids.len(), 2);
    drop(sandbox.clone());
    sandbox.report_capabilities().await.unwrap();
    drop(sandbox);
    for pid in pids {
        wait_until(|| !Path::new(&format!("/proc/{pid}")).exists()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_worker_that_exits_is_replaced_immediately() {
    let sandbox = sandbox(1);
    sandbox.warm_up().await;
    let pid = sandbox.worker_pids()[0];
    kill(pid);
    wait_until(|| sandbox.worker_pids().iter().any(|other| *other != pid)).await;
    sandbox.report_capabilities().await.unwrap();
    assert_eq!(sandbox.stats().replaced, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn worker_is_replaced_after_500_requests() {
    let sandbox = sandbox(1);
    for _ in 0..501 {
        sandbox.report_capabilities().await.unwrap();
    }
    assert_eq!(sandbox.stats().replaced, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn program_that_is_not_a_worker_fails_requests() {
    let sandbox = sandbox_with(1, |config| config.program = "/bin/false".into());
    sandbox.warm_up().await;
    assert!(matches!(sandbox.report_capabilities().await, Err(Error::Io(_))));
    sandbox.stop().await;
}
