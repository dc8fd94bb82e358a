//! Who waits, who is refused, and what leaves when.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use infravault_cage::{Cage, Error, Fate, Lane, Probe};
use tokio::task::JoinHandle;

use crate::setup::{cage, changed, file, kill, until};

/// An order that ends when something is written into its file.
struct Held {
    file: File,
    order: JoinHandle<Result<String, Error>>,
}

impl Held {
    async fn by(cage: &Cage, lane: Lane) -> Self {
        let held = Self::waiting(cage, lane);
        until(|| cage.stats().busy == 1).await;
        held
    }

    fn waiting(cage: &Cage, lane: Lane) -> Self {
        let file = file(b"");
        let cage = cage.clone();
        let copy = file.try_clone().unwrap();
        let order = tokio::spawn(async move { cage.probe(Probe::Await, Some(copy), lane).await });
        Self { file, order }
    }

    async fn release(mut self) -> Result<String, Error> {
        self.file.write_all(b"now").unwrap();
        self.order.await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_requests_and_keeps_jobs() {
    let cage = changed(1, |config| config.queue = 2);
    let held = Held::by(&cage, Lane::Request).await;
    let waiting = [
        Held::waiting(&cage, Lane::Request),
        Held::waiting(&cage, Lane::Request),
    ];
    until(|| cage.stats().waiting == 2).await;
    assert!(matches!(cage.check().await, Err(Error::Busy)));
    let job = Held::waiting(&cage, Lane::Job);
    until(|| cage.stats().waiting == 3).await;
    held.release().await.unwrap();
    for one in waiting {
        one.release().await.unwrap();
    }
    job.release().await.unwrap();
    assert_eq!(cage.stats().waiting, 0);
    cage.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_too_long_is_refused_but_never_a_job() {
    let cage = changed(1, |config| config.wait = Duration::from_millis(300));
    cage.warm_up().await;
    let held = Held::by(&cage, Lane::Request).await;
    let job = Held::waiting(&cage, Lane::Job);
    until(|| cage.stats().waiting == 1).await;
    assert!(matches!(cage.check().await, Err(Error::Busy)));
    assert_eq!(cage.stats().waiting, 1);
    // An order that a child has is not waiting for a place.
    held.release().await.unwrap();
    job.release().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_leaves_gives_up_a_place_in_the_queue_but_not_a_child() {
    let cage = cage(1);
    let mut running = Held::by(&cage, Lane::Request).await;
    let waiting = Held::waiting(&cage, Lane::Request);
    until(|| cage.stats().waiting == 1).await;
    waiting.order.abort();
    until(|| cage.stats().waiting == 0).await;
    running.order.abort();
    assert!((&mut running.order).await.unwrap_err().is_cancelled());
    assert_eq!(cage.stats().busy, 1);
    running.file.write_all(b"now").unwrap();
    until(|| cage.stats().busy == 0).await;
    let children = cage.children();
    cage.check().await.unwrap();
    assert_eq!(cage.children(), children);
}

#[tokio::test(flavor = "multi_thread")]
async fn avif_has_a_child_of_its_own_that_others_go_before() {
    let cage = cage(1);
    cage.check().await.unwrap();
    let first = cage.children();
    let held = Held::waiting(&cage, Lane::Avif);
    until(|| cage.children().len() == 2 && cage.stats().waiting == 0).await;
    cage.check().await.unwrap();
    let children = cage.children();
    let niced = children.iter().find(|child| !first.contains(child)).unwrap();
    let niced = rustix::process::Pid::from_raw((*niced).try_into().unwrap());
    assert_eq!(rustix::process::getpriority_process(niced).unwrap(), 19);
    held.release().await.unwrap();
    assert_eq!(children.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_ends_what_runs_and_refuses_what_waits() {
    let cage = cage(1);
    let held = Held::by(&cage, Lane::Request).await;
    let waiting = Held::waiting(&cage, Lane::Job);
    until(|| cage.stats().waiting == 1).await;
    let children = cage.children();
    tokio::join!(cage.stop(), cage.stop());
    assert!(matches!(
        held.order.await.unwrap(),
        Err(Error::Killed(Fate::Gone))
    ));
    assert!(matches!(waiting.order.await.unwrap(), Err(Error::Busy)));
    assert!(matches!(cage.check().await, Err(Error::Busy)));
    assert!(!Path::new(&format!("/proc/{}", children[0])).exists());
    cage.warm_up().await;
    assert_eq!(cage.stats().children, 0);
    cage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_children_go_with_the_last_handle() {
    let cage = cage(2);
    cage.warm_up().await;
    let children = cage.children();
    assert_eq!(children.len(), 2);
    drop(cage.clone());
    cage.check().await.unwrap();
    drop(cage);
    for child in children {
        until(|| !Path::new(&format!("/proc/{child}")).exists()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_dies_idle_is_replaced_before_anybody_asks() {
    let cage = cage(1);
    cage.warm_up().await;
    let child = cage.children()[0];
    kill(child);
    until(|| cage.children().iter().any(|other| *other != child)).await;
    cage.check().await.unwrap();
    assert_eq!(cage.stats().replaced, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_replaced_after_long_service() {
    let cage = cage(1);
    for _ in 0..501 {
        cage.check().await.unwrap();
    }
    assert_eq!(cage.stats().replaced, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_no_child_fails_the_orders() {
    let cage = changed(1, |config| config.program = "/bin/false".into());
    cage.warm_up().await;
    assert!(matches!(cage.check().await, Err(Error::Io(_))));
    cage.stop().await;
}
