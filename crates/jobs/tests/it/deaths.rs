//! Workers stop, workers die, and PostgreSQL goes away: jobs are not lost.
use crate::harness::{Running, config, enqueue, next, only_job, sql, until, worker};
use infravault_jobs::{Config, install, remove};
use infravault_testkit::{db::TestDb, log};
use std::{future::pending, sync::Arc, time::Duration};
use tokio::sync::{Notify, mpsc, watch};

#[tokio::test]
async fn stopping_waits_for_the_job_under_way() {
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
    assert_eq!(next(&mut reports).await, "begun");
    worker.tell_to_stop();
    enqueue(&db, 2).await;
    until(&db, 1, 1, 0).await;
    assert!(!worker.has_ended(), "it waits");
    go.notify_one();
    worker.stop().await;
    assert_eq!(next(&mut reports).await, "done");
    // The first is done, the second was not begun.
    until(&db, 1, 0, 0).await;
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_handed_back_unused() {
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
    next(&mut reports).await;
    worker.stop().await;
    until(&db, 1, 0, 0).await;
    let (_, attempts, _) = only_job(&db).await;
    assert_eq!(attempts, 0, "a stop costs no attempt");
}

#[tokio::test]
async fn the_job_of_a_dead_worker_is_run_by_another() {
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
    assert_eq!(next(&mut reports).await, ("dies", 1));
    // Nothing in there runs on: no heartbeat, no last word.
    runtime.shutdown_background();
    until(&db, 0, 1, 0).await;
    let heir = Running::new(worker(&db, config, move |_, attempt| {
        sender.send(("inherits", attempt.number)).unwrap();
        async { Ok(()) }
    }));
    assert_eq!(
        next(&mut reports).await,
        ("inherits", 2),
        "the death cost an attempt"
    );
    until(&db, 0, 0, 0).await;
    heir.stop().await;
}

#[tokio::test]
async fn it_waits_for_the_schema_and_survives_lost_connections() {
    let db = TestDb::new().await;
    remove(&db.url()).await.unwrap();
    let (sender, mut reports) = mpsc::unbounded_channel();
    let worker = Running::new(worker(&db, config(), move |_, _| {
        sender.send(()).unwrap();
        async { Ok(()) }
    }));
    install(&db.url(), &log()).await.unwrap();
    enqueue(&db, 1).await;
    next(&mut reports).await;
    until(&db, 0, 0, 0).await;
    // Nobody gets in, and whoever is in gets out: for its clients PostgreSQL is away.
    let name = db.superuser().await.query_one("SELECT current_database()", &[]);
    let name: String = name.await.unwrap().get(0);
    sql(&db, &format!("ALTER DATABASE {name} CONNECTION LIMIT 0")).await;
    let gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'infravault jobs'";
    sql(&db, gone).await;
    enqueue(&db, 2).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(reports.try_recv().is_err(), "it cannot reach the queue");
    sql(&db, &format!("ALTER DATABASE {name} CONNECTION LIMIT -1")).await;
    next(&mut reports).await;
    until(&db, 0, 0, 0).await;
    worker.stop().await;
}
