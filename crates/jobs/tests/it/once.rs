//! A job exists when its transaction commits, and runs once with any number of workers.
use crate::harness::{Running, config, enqueue, next_report, sql, wait_for_counts, worker};
use infravault_jobs::{Counts, counts};
use infravault_testkit::db::TestDb;
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::{Barrier, mpsc};

const ENQUEUE_AS_APP: &str = "BEGIN; SET LOCAL ROLE infravault_app;
    SELECT images.enqueue_processing('00000000-0000-0000-0000-000000000001')";

#[tokio::test]
async fn job_is_committed_with_its_transaction_and_runs_once() {
    let db = TestDb::new().await;
    let (sender, mut reports) = mpsc::unbounded_channel();
    let workers = [(); 2].map(|()| {
        let sender = sender.clone();
        Running::new(worker(&db, config(), move |payload, attempt| {
            sender.send((payload, attempt.number, attempt.max)).unwrap();
            async { Ok(()) }
        }))
    });
    sql(&db, ENQUEUE_AS_APP).await;
    sql(&db, "ROLLBACK").await;
    assert_eq!(counts(&db.db()).await.unwrap(), Counts::default());
    sql(&db, ENQUEUE_AS_APP).await;
    sql(&db, "COMMIT").await;
    let image = serde_json::json!({"image": "00000000-0000-0000-0000-000000000001"});
    assert_eq!(next_report(&mut reports).await, (image, 1, 5));
    wait_for_counts(&db, 0, 0, 0).await;
    for worker in workers {
        worker.stop().await;
    }
    assert!(reports.try_recv().is_err(), "the job ran twice");
}

#[tokio::test]
async fn image_has_at_most_one_waiting_job() {
    let db = TestDb::new().await;
    for image in [1, 1, 2, 1] {
        enqueue(&db, image).await;
    }
    wait_for_counts(&db, 2, 0, 0).await;
}

#[tokio::test]
async fn two_workers_share_the_jobs() {
    let db = TestDb::new().await;
    let (sender, mut reports) = mpsc::unbounded_channel();
    // Neither continues before the other has its first job, so that both take part.
    let both = Arc::new(Barrier::new(2));
    let workers = [0, 1].map(|name| {
        let (sender, both) = (sender.clone(), Arc::clone(&both));
        let first = Arc::new(AtomicBool::new(true));
        let config = infravault_jobs::Config {
            concurrency: 1,
            ..config()
        };
        Running::new(worker(&db, config, move |payload, _| {
            let (sender, both) = (sender.clone(), Arc::clone(&both));
            let is_first = first.swap(false, Ordering::SeqCst);
            async move {
                if is_first {
                    both.wait().await;
                }
                sender.send((name, payload["image"].to_string())).unwrap();
                Ok(())
            }
        }))
    });
    let many = "SELECT images.enqueue_processing(gen_random_uuid()) FROM generate_series(1, 200)";
    sql(&db, many).await;
    let mut seen = BTreeSet::new();
    let mut by = [0, 0];
    for _ in 0..200 {
        let (name, image): (usize, String) = next_report(&mut reports).await;
        by[name] += 1;
        assert!(seen.insert(image), "a job ran twice");
    }
    wait_for_counts(&db, 0, 0, 0).await;
    for worker in workers {
        worker.stop().await;
    }
    assert!(reports.try_recv().is_err(), "more than 200 jobs ran");
    assert!(by[0] > 0 && by[1] > 0, "{by:?}");
}
