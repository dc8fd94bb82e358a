//! A job that fails is tried again and kept when it fails for good.
use crate::harness::{Running, config, enqueue, next, only_job, sql, until, until_failed, worker};
use infravault_jobs::{Config, JobError};
use infravault_testkit::db::TestDb;
use std::{future::pending, time::Duration};
use tokio::sync::mpsc;

/// The next attempt is due now instead of after the pause, which grows from attempt to attempt.
const HURRY: &str = "UPDATE graphile_worker._private_jobs SET run_at = now()";

#[tokio::test]
async fn it_is_tried_as_often_as_it_may_and_then_kept() {
    let db = TestDb::new().await;
    let (sender, mut reports) = mpsc::unbounded_channel();
    enqueue(&db, 1).await;
    sql(&db, "UPDATE graphile_worker._private_jobs SET max_attempts = 3").await;
    let worker = Running::new(worker(&db, config(), move |_, attempt| {
        sender.send(attempt).unwrap();
        async { Err(JobError::retryable("no luck today")) }
    }));
    for number in 1..=3 {
        let attempt = next(&mut reports).await;
        assert_eq!(
            (attempt.number, attempt.max, attempt.is_last()),
            (number, 3, number == 3)
        );
        let is_last = u64::from(attempt.is_last());
        until(&db, 1 - is_last, 0, is_last).await;
        sql(&db, HURRY).await;
    }
    let (reason, attempts, _) = only_job(&db).await;
    assert!(reason.as_ref().unwrap().contains("no luck today"), "{reason:?}");
    assert_eq!(attempts, 3);
    worker.stop().await;
    assert!(reports.try_recv().is_err(), "it was tried once more");
}

#[tokio::test]
async fn what_will_fail_again_is_not_tried_again() {
    let db = TestDb::new().await;
    let (sender, mut reports) = mpsc::unbounded_channel();
    let worker = Running::new(worker(&db, config(), move |_, attempt| {
        sender.send(attempt.number).unwrap();
        async { Err(JobError::permanent("it is no image")) }
    }));
    enqueue(&db, 1).await;
    assert_eq!(next(&mut reports).await, 1);
    until(&db, 0, 0, 1).await;
    let (reason, attempts, of) = only_job(&db).await;
    assert!(reason.as_ref().unwrap().contains("it is no image"), "{reason:?}");
    assert_eq!(attempts, of);
    // A new job; the old one stays as it was.
    enqueue(&db, 1).await;
    assert_eq!(next(&mut reports).await, 1);
    until(&db, 0, 0, 2).await;
    worker.stop().await;
}

#[tokio::test]
async fn one_that_takes_too_long_or_panics_has_failed() {
    let db = TestDb::new().await;
    let config = Config {
        timeout: Duration::from_millis(50),
        ..config()
    };
    let worker = Running::new(worker(&db, config, |_, attempt| async move {
        assert!(attempt.number == 1, "the second attempt panics");
        pending().await
    }));
    enqueue(&db, 1).await;
    for expected in ["took longer than 50ms", "panicked"] {
        until_failed(&db, expected).await;
        sql(&db, HURRY).await;
    }
    worker.stop().await;
}
