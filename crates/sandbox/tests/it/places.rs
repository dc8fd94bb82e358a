//! Who waits, who is refused, and what leaves when.

use crate::setup::{changed, file, kill, sandbox, until};
use infravault_sandbox::{Error, Fate, Lane, Probe, Sandbox};
use std::{fs::File, io::Write, path::Path, time::Duration};
use tokio::task::JoinHandle;

/// An order that ends when something is written into its file.
struct Held {
    file: File,
    order: JoinHandle<Result<String, Error>>,
}

impl Held {
    async fn by(sandbox: &Sandbox, lane: Lane) -> Self {
        let held = Self::waiting(sandbox, lane);
        until(|| sandbox.stats().busy == 1).await;
        held
    }

    fn waiting(sandbox: &Sandbox, lane: Lane) -> Self {
        let file = file(b"");
        let sandbox = sandbox.clone();
        let copy = file.try_clone().unwrap();
        let order = tokio::spawn(async move { sandbox.probe(Probe::Await, Some(copy), lane).await });
        Self { file, order }
    }

    async fn release(mut self) -> Result<String, Error> {
        self.file.write_all(b"now").unwrap();
        self.order.await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_requests_and_keeps_jobs() {
    let sandbox = changed(1, |config| config.queue = 2);
    let held = Held::by(&sandbox, Lane::Request).await;
    let waiting = [
        Held::waiting(&sandbox, Lane::Request),
        Held::waiting(&sandbox, Lane::Request),
    ];
    until(|| sandbox.stats().waiting == 2).await;
    assert!(matches!(sandbox.check().await, Err(Error::Busy)));
    let job = Held::waiting(&sandbox, Lane::Job);
    until(|| sandbox.stats().waiting == 3).await;
    held.release().await.unwrap();
    for one in waiting {
        one.release().await.unwrap();
    }
    job.release().await.unwrap();
    assert_eq!(sandbox.stats().waiting, 0);
    sandbox.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_too_long_is_refused_but_never_a_job() {
    let sandbox = changed(1, |config| config.wait = Duration::from_millis(300));
    sandbox.warm_up().await;
    let held = Held::by(&sandbox, Lane::Request).await;
    let job = Held::waiting(&sandbox, Lane::Job);
    until(|| sandbox.stats().waiting == 1).await;
    assert!(matches!(sandbox.check().await, Err(Error::Busy)));
    assert_eq!(sandbox.stats().waiting, 1);
    // An order that a child has is not waiting for a place.
    held.release().await.unwrap();
    job.release().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_leaves_gives_up_a_place_in_the_queue_but_not_a_child() {
    let sandbox = sandbox(1);
    let mut running = Held::by(&sandbox, Lane::Request).await;
    let waiting = Held::waiting(&sandbox, Lane::Request);
    until(|| sandbox.stats().waiting == 1).await;
    waiting.order.abort();
    until(|| sandbox.stats().waiting == 0).await;
    running.order.abort();
    assert!((&mut running.order).await.unwrap_err().is_cancelled());
    assert_eq!(sandbox.stats().busy, 1);
    running.file.write_all(b"now").unwrap();
    until(|| sandbox.stats().busy == 0).await;
    let children = sandbox.children();
    sandbox.check().await.unwrap();
    assert_eq!(sandbox.children(), children);
}

#[tokio::test(flavor = "multi_thread")]
async fn avif_has_a_child_of_its_own_that_others_go_before() {
    let sandbox = sandbox(1);
    sandbox.check().await.unwrap();
    let first = sandbox.children();
    let held = Held::waiting(&sandbox, Lane::Avif);
    until(|| sandbox.children().len() == 2 && sandbox.stats().waiting == 0).await;
    sandbox.check().await.unwrap();
    let children = sandbox.children();
    let niced = children.iter().find(|child| !first.contains(child)).unwrap();
    let niced = rustix::process::Pid::from_raw((*niced).try_into().unwrap());
    assert_eq!(rustix::process::getpriority_process(niced).unwrap(), 19);
    held.release().await.unwrap();
    assert_eq!(children.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_ends_what_runs_and_refuses_what_waits() {
    let sandbox = sandbox(1);
    let held = Held::by(&sandbox, Lane::Request).await;
    let waiting = Held::waiting(&sandbox, Lane::Job);
    until(|| sandbox.stats().waiting == 1).await;
    let children = sandbox.children();
    tokio::join!(sandbox.stop(), sandbox.stop());
    assert!(matches!(
        held.order.await.unwrap(),
        Err(Error::Killed(Fate::Gone))
    ));
    assert!(matches!(waiting.order.await.unwrap(), Err(Error::Busy)));
    assert!(matches!(sandbox.check().await, Err(Error::Busy)));
    assert!(!Path::new(&format!("/proc/{}", children[0])).exists());
    sandbox.warm_up().await;
    assert_eq!(sandbox.stats().children, 0);
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_children_go_with_the_last_handle() {
    let sandbox = sandbox(2);
    sandbox.warm_up().await;
    let children = sandbox.children();
    assert_eq!(children.len(), 2);
    drop(sandbox.clone());
    sandbox.check().await.unwrap();
    drop(sandbox);
    for child in children {
        until(|| !Path::new(&format!("/proc/{child}")).exists()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_dies_idle_is_replaced_before_anybody_asks() {
    let sandbox = sandbox(1);
    sandbox.warm_up().await;
    let child = sandbox.children()[0];
    kill(child);
    until(|| sandbox.children().iter().any(|other| *other != child)).await;
    sandbox.check().await.unwrap();
    assert_eq!(sandbox.stats().replaced, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_replaced_after_long_service() {
    let sandbox = sandbox(1);
    for _ in 0..501 {
        sandbox.check().await.unwrap();
    }
    assert_eq!(sandbox.stats().replaced, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_no_child_fails_the_orders() {
    let sandbox = changed(1, |config| config.program = "/bin/false".into());
    sandbox.warm_up().await;
    assert!(matches!(sandbox.check().await, Err(Error::Io(_))));
    sandbox.stop().await;
}
