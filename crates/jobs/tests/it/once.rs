//! A job exists when its transaction commits, and is run once however many workers there are.
use crate::harness::{Running, config, enqueue, next, sql, until, worker};
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
async fn a_job_shares_the_fate_of_its_transaction_and_is_run_once() {
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
    assert_eq!(next(&mut reports).await, (image, 1, 5));
    until(&db, 0, 0, 0).await;
    for worker in workers {
        worker.stop().await;
    }
    assert!(reports.try_recv().is_err(), "it was run twice");
}

#[tokio::test]
async fn one_image_has_one_job_that_waits() {
    let db = TestDb::new().await;
    for image in [1, 1, 2, 1] {
        enqueue(&db, image).await;
    }
    until(&db, 2, 0, 0).await;
}

#[tokio::test]
async fn two_workers_share_two_hundred_jobs() {
    let db = TestDb::new().await;
    let (sender, mut reports) = mpsc::unbounded_channel();
    // Neither goes on before the other has its first job, so that both must take part.
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
        let (name, image): (usize, String) = next(&mut reports).await;
        by[name] += 1;
        assert!(seen.insert(image), "run twice");
    }
    until(&db, 0, 0, 0).await;
    for worker in workers {
        worker.stop().await;
    }
    assert!(reports.try_recv().is_err(), "more than 200 were run");
    assert!(by[0] > 0 && by[1] > 0, "{by:?}");
}
