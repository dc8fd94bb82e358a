//! No job is lost when workers stop or die, or PostgreSQL becomes unavailable.
use crate::harness::{Running, config, enqueue, next_report, only_job, sql, wait_for_counts, worker};
use infravault_jobs::{Config, install, remove};
use infravault_testkit::{db::TestDb, log};
use std::{future::pending, sync::Arc, time::Duration};
use tokio::sync::{Notify, mpsc, watch};

#[tokio::test]
async fn stop_waits_for_the_running_job() {
    let db = TestDb::new().await;
    let (sender, mut reports) = mpsc::unbounded_channel();
    let go = Arc::new(Notify::new());
    let config = Config {
        concurrency: 1,
        ..config()
    };
    let worker = Running::new(worker(&db, config, {
        let go = Arc::clone(&go);
        move |_, _| {
            let (sender, go) = (sender.clone(), Arc::clone(&go));
            async move {
                sender.send("begun").unwrap();
                go.notified().await;
                sender.send("done").unwrap();
                Ok(())
            }
        }
    }));
    enqueue(&db, 1).await;
    assert_eq!(next_report(&mut reports).await, "begun");
    worker.signal_stop();
    enqueue(&db, 2).await;
    wait_for_counts(&db, 1, 1, 0).await;
    assert!(!worker.has_ended(), "the worker waits");
    go.notify_one();
    worker.stop().await;
    assert_eq!(next_report(&mut reports).await, "done");
    // The first job is done, the second has not started.
    wait_for_counts(&db, 1, 0, 0).await;
}

#[tokio::test]
async fn unfinished_job_is_released_without_using_an_attempt() {
    let db = TestDb::new().await;
    let (sender, mut reports) = mpsc::unbounded_channel();
    let config = Config {
        shutdown_timeout: Duration::from_millis(50),
        ..config()
    };
    let worker = Running::new(worker(&db, config, move |_, _| {
        sender.send(()).unwrap();
        pending()
    }));
    enqueue(&db, 1).await;
    next_report(&mut reports).await;
    worker.stop().await;
    wait_for_counts(&db, 1, 0, 0).await;
    let (_, attempts, _) = only_job(&db).await;
    assert_eq!(attempts, 0, "a stop uses no attempt");
}

#[tokio::test]
async fn job_of_a_dead_worker_runs_on_another() {
    let db = TestDb::new().await;
    let (sender, mut reports) = mpsc::unbounded_channel();
    let config = Config {
        dead_after: Duration::from_secs(1),
        ..config()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (_stop, stopped) = watch::channel(false);
    let begun = sender.clone();
    let dies = worker(&db, config, move |_, attempt| {
        begun.send(("dies", attempt.number)).unwrap();
        pending()
    });
    runtime.spawn(dies.run(stopped));
    enqueue(&db, 1).await;
    assert_eq!(next_report(&mut reports).await, ("dies", 1));
    // Ends all tasks of the worker, including its heartbeat.
    runtime.shutdown_background();
    wait_for_counts(&db, 0, 1, 0).await;
    let successor = Running::new(worker(&db, config, move |_, attempt| {
        sender.send(("successor", attempt.number)).unwrap();
        async { Ok(()) }
    }));
    assert_eq!(
        next_report(&mut reports).await,
        ("successor", 2),
        "the death used an attempt"
    );
    wait_for_counts(&db, 0, 0, 0).await;
    successor.stop().await;
}

#[tokio::test]
async fn worker_waits_for_the_schema_and_reconnects() {
    let db = TestDb::new().await;
    remove(&db.url()).await.unwrap();
    let (sender, mut reports) = mpsc::unbounded_channel();
    let worker = Running::new(worker(&db, config(), move |_, _| {
        sender.send(()).unwrap();
        async { Ok(()) }
    }));
    install(&db.url(), &log()).await.unwrap();
    enqueue(&db, 1).await;
    next_report(&mut reports).await;
    wait_for_counts(&db, 0, 0, 0).await;
    // Reject new connections and close existing ones, as if PostgreSQL were unavailable.
    let name = db.superuser().await.query_one("SELECT current_database()", &[]);
    let name: String = name.await.unwrap().get(0);
    sql(&db, &format!("ALTER DATABASE {name} CONNECTION LIMIT 0")).await;
    let gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'infravault jobs'";
    sql(&db, gone).await;
    enqueue(&db, 2).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(reports.try_recv().is_err(), "the worker cannot reach the queue");
    sql(&db, &format!("ALTER DATABASE {name} CONNECTION LIMIT -1")).await;
    next_report(&mut reports).await;
    wait_for_counts(&db, 0, 0, 0).await;
    worker.stop().await;
}
