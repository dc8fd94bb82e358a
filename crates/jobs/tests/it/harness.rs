//! Test harness: workers that report their jobs, and waiting for states of the queue.
use infravault_jobs::{Attempt, Config, Counts, JobError, JobKind, Worker, counts};
use infravault_kernel::Clock;
use infravault_testkit::{db::TestDb, log};
use serde_json::Value;
use std::time::Duration;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

/// Long enough for a busy machine.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The job of `images.enqueue_processing`.
pub(crate) struct ProcessImage;

impl JobKind for ProcessImage {
    const NAME: &'static str = "process_image";
}

/// Default settings: short intervals, long timeouts.
pub(crate) fn config() -> Config {
    Config {
        concurrency: 2,
        timeout: TIMEOUT,
        shutdown_timeout: TIMEOUT,
        poll_interval: Duration::from_millis(200),
        dead_after: TIMEOUT,
        in_serve: true,
    }
}

/// A worker for `process_image`.
pub(crate) fn worker<F, O>(db: &TestDb, config: Config, handler: F) -> Worker
where
    F: Fn(Value, Attempt) -> O + Send + Sync + 'static,
    O: Future<Output = Result<(), JobError>> + Send + 'static,
{
    Worker::new(config, &db.config(), &log(), Clock::System)
        .unwrap()
        .with_handler(ProcessImage, move |_ctx, payload, attempt| {
            handler(payload, attempt)
        })
}

/// A running worker.
pub(crate) struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) fn new(worker: Worker) -> Self {
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(worker.run(stopped));
        Self { stop, task }
    }

    pub(crate) fn signal_stop(&self) {
        self.stop.send_replace(true);
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.task.is_finished()
    }

    pub(crate) async fn stop(self) {
        self.signal_stop();
        tokio::time::timeout(TIMEOUT, self.task)
            .await
            .expect("the worker stops")
            .unwrap();
    }
}

/// Enqueues the processing of an image.
pub(crate) async fn enqueue(db: &TestDb, image: u128) {
    let image = uuid::Uuid::from_u128(image);
    db.superuser()
        .await
        .execute("SELECT images.enqueue_processing($1)", &[&image])
        .await
        .unwrap();
}

/// Runs statements as superuser.
pub(crate) async fn sql(db: &TestDb, statements: &str) {
    db.superuser().await.batch_execute(statements).await.unwrap();
}

/// The last error, the attempts and the maximum attempts of the only job.
pub(crate) async fn only_job(db: &TestDb) -> (Option<String>, i16, i16) {
    let row = db
        .superuser()
        .await
        .query_one(
            "SELECT last_error, attempts, max_attempts FROM graphile_worker.jobs",
            &[],
        )
        .await
        .unwrap();
    (row.get(0), row.get(1), row.get(2))
}

/// Waits for the next report of a handler.
pub(crate) async fn next_report<T>(reports: &mut mpsc::UnboundedReceiver<T>) -> T {
    tokio::time::timeout(TIMEOUT, reports.recv())
        .await
        .expect("a handler reports")
        .unwrap()
}

/// Waits until the queue has these counts.
pub(crate) async fn wait_for_counts(db: &TestDb, waiting: u64, running: u64, failed: u64) {
    let wanted = Counts {
        waiting,
        running,
        failed,
    };
    let mut seen = Counts::default();
    let reached = tokio::time::timeout(TIMEOUT, async {
        loop {
            seen = counts(&db.db()).await.unwrap();
            if seen == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let reached = reached.await.is_ok();
    assert!(reached, "wanted {wanted:?}, saw {seen:?}");
}

/// Waits until the last error of the only job contains a text.
pub(crate) async fn wait_for_error(db: &TestDb, expected: &str) {
    let mut seen = None;
    let matches = |reason: &Option<String>| reason.as_ref().is_some_and(|reason| reason.contains(expected));
    let reached = tokio::time::timeout(TIMEOUT, async {
        while !matches(&seen) {
            tokio::time::sleep(Duration::from_millis(20)).await;
            seen = only_job(db).await.0;
        }
    });
    let reached = reached.await.is_ok();
    assert!(reached, "wanted {expected}, saw {seen:?}");
}
