//! A queue of its own for each test, workers that report what they run, and waiting for what the database shows.
use infravault_jobs::{Attempt, Config, Counts, JobError, JobKind, Worker, counts};
use infravault_kernel::Clock;
use infravault_testkit::{db::TestDb, log};
use serde_json::Value;
use std::time::Duration;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(15);

/// The job that `images.enqueue_processing` asks for.
pub(crate) struct ProcessImage;

impl JobKind for ProcessImage {
    const NAME: &'static str = "process_image";
}

/// What a worker does as long as a test says nothing else: quick to notice things, patient with jobs.
pub(crate) fn config() -> Config {
    Config {
        concurrency: 2,
        timeout: PATIENCE,
        shutdown_timeout: PATIENCE,
        poll_interval: Duration::from_millis(200),
        dead_after: PATIENCE,
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

/// A worker under way.
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

    pub(crate) fn tell_to_stop(&self) {
        self.stop.send_replace(true);
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.task.is_finished()
    }

    pub(crate) async fn stop(self) {
        self.tell_to_stop();
        tokio::time::timeout(PATIENCE, self.task)
            .await
            .expect("a worker stops")
            .unwrap();
    }
}

/// Asks for the processing of an image, committed at once.
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

/// The last failure, the attempts and the most attempts of the only job there is.
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

/// The next thing that a handler reports.
pub(crate) async fn next<T>(reports: &mut mpsc::UnboundedReceiver<T>) -> T {
    tokio::time::timeout(PATIENCE, reports.recv())
        .await
        .expect("a job is run")
        .unwrap()
}

/// Waits until the queue looks so.
pub(crate) async fn until(db: &TestDb, waiting: u64, running: u64, failed: u64) {
    let wanted = Counts {
        waiting,
        running,
        failed,
    };
    let mut seen = Counts::default();
    let reached = tokio::time::timeout(PATIENCE, async {
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

/// Waits until the last failure of the only job says so.
pub(crate) async fn until_failed(db: &TestDb, expected: &str) {
    let mut seen = None;
    let said = |reason: &Option<String>| reason.as_ref().is_some_and(|reason| reason.contains(expected));
    let reached = tokio::time::timeout(PATIENCE, async {
        while !said(&seen) {
            tokio::time::sleep(Duration::from_millis(20)).await;
            seen = only_job(db).await.0;
        }
    });
    let reached = reached.await.is_ok();
    assert!(reached, "wanted {expected}, saw {seen:?}");
}
