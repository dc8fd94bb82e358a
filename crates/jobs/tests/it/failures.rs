//! Failed jobs are retried, and kept after the last attempt.
use crate::harness::{
    Running, config, enqueue, next_report, only_job, sql, wait_for_counts, wait_for_error, worker,
};
use infravault_jobs::{Config, JobError};
use infravault_testkit::db::TestDb;
use std::{future::pending, time::Duration};
use tokio::sync::mpsc;

/// Makes the next attempt due now instead of after the backoff.
const RUN_NOW: &str = "UPDATE graphile_worker._private_jobs SET run_at = now()";

#[tokio::test]
async fn job_is_kept_as_failed_after_its_last_attempt() {
    let db = TestDb::new().await;
    let (sender, mut reports) = mpsc::unbounded_channel();
    enqueue(&db, 1).await;
    sql(&db, "UPDATE graphile_worker._private_jobs SET max_attempts = 3").await;
    let worker = Running::new(worker(&db, config(), move |_, attempt| {
        sender.send(attempt).unwrap();
        async { Err(JobError::retryable("no luck today")) }
    }));
    for number in 1..=3 {
        let attempt = next_report(&mut reports).await;
        assert_eq!(
            (attempt.number, attempt.max, attempt.is_last()),
            (number, 3, number == 3)
        );
        let is_last = u64::from(attempt.is_last());
        wait_for_counts(&db, 1 - is_last, 0, is_last).await;
        sql(&db, RUN_NOW).await;
    }
    let (reason, attempts, _) = only_job(&db).await;
    assert!(reason.as_ref().unwrap().contains("no luck today"), "{reason:?}");
    assert_eq!(attempts, 3);
    worker.stop().await;
    assert!(reports.try_recv().is_err(), "unexpected attempt");
}

#[tokio::test]
async fn permanent_error_is_not_retried() {
    let db = TestDb::new().await;
    let (sender, mut reports) = mpsc::unbounded_channel();
    let worker = Running::new(worker(&db, config(), move |_, attempt| {
        sender.send(attempt.number).unwrap();
        async { Err(JobError::permanent("not an image")) }
    }));
    enqueue(&db, 1).await;
    assert_eq!(next_report(&mut reports).await, 1);
    wait_for_counts(&db, 0, 0, 1).await;
    let (reason, attempts, of) = only_job(&db).await;
    assert!(reason.as_ref().unwrap().contains("not an image"), "{reason:?}");
    assert_eq!(attempts, of);
    // A new job; the failed one is kept.
    enqueue(&db, 1).await;
    assert_eq!(next_report(&mut reports).await, 1);
    wait_for_counts(&db, 0, 0, 2).await;
    worker.stop().await;
}

#[tokio::test]
async fn timeout_and_panic_fail_the_attempt() {
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
        wait_for_error(&db, expected).await;
        sql(&db, RUN_NOW).await;
    }
    worker.stop().await;
}
