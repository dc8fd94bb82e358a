//! Runs jobs until it is stopped, and reconnects when PostgreSQL is unavailable.
use crate::{
    Attempt, Config, Error, JobError, JobKind, REVISION,
    driver::Driver,
    install::read_revision,
    task::{JobRunner, Task},
};
use graphile_worker::{
    Database, FailureReason, JobDefinition, JobRecovery, JobRecoveryContext, JobRecoveryResult,
    WorkerOptions, WorkerRecoveryConfig, WorkerShutdownConfig,
};
use infravault_db::OwnerConnector;
use infravault_kernel::{Clock, Ctx, error_chain};
use serde_json::Value;
use slog::{Logger, info, o, warn};
use std::{collections::HashMap, pin::pin, sync::Arc, time::Duration};
use tokio::sync::{Notify, watch};

/// The pause between attempts to reach the queue.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);
/// The queue counts as recovered after this time; otherwise a queue that fails repeatedly would fill the log.
const STABLE_AFTER: Duration = Duration::from_secs(5);

/// Runs jobs. Workers in one or many processes share the queue.
pub struct Worker {
    owner: OwnerConnector,
    definitions: Vec<JobDefinition>,
    runner: JobRunner,
}

impl Worker {
    /// Creates a worker without handlers and without connecting, so this succeeds while PostgreSQL is unavailable.
    pub fn new(
        config: Config,
        db: &infravault_db::Config,
        log: &Logger,
        clock: Clock,
    ) -> Result<Self, Error> {
        Ok(Self {
            owner: OwnerConnector::for_work(db)?,
            definitions: Vec::new(),
            runner: JobRunner {
                handlers: HashMap::new(),
                config,
                log: log.clone(),
                clock,
                job_finished: Arc::new(Notify::new()),
            },
        })
    }

    /// Adds the handler of a kind of job. Handlers must be idempotent: the job of a dead worker runs again, and the job of a
    /// worker that only seemed dead runs twice at the same time.
    #[must_use]
    pub fn with_handler<K, F, O>(mut self, _kind: K, handler: F) -> Self
    where
        K: JobKind,
        F: Fn(Ctx, Value, Attempt) -> O + Send + Sync + 'static,
        O: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.definitions.push(JobDefinition::of::<Task<K>>());
        self.runner.handlers.insert(
            K::NAME,
            Box::new(move |ctx, payload, attempt| Box::pin(handler(ctx, payload, attempt))),
        );
        self
    }

    /// Runs jobs until `stop` is `true` or its sender is dropped. Then running jobs have [`Config::shutdown_timeout`] to
    /// finish. While PostgreSQL is unavailable or the queue's schema is missing, it retries and logs that once.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let Self {
            owner,
            definitions,
            runner,
        } = self;
        let kinds = definitions.iter().map(JobDefinition::identifier);
        info!(runner.log, "background jobs started"; "concurrency" => runner.config.slots(),
            "kinds" => kinds.collect::<Vec<_>>().join(", "));
        let runner = Arc::new(runner);
        let mut failing = false;
        while !is_stopped(&stop) {
            let started = start_worker(&owner, &definitions, &runner, stop.clone()).await;
            let outcome = match started {
                Ok(worker) => run_until_stopped(&worker, &runner.log, &mut failing).await,
                Err(error) => Err(error),
            };
            let Err(error) = outcome else { continue };
            if !failing {
                warn!(runner.log, "background jobs are unavailable; retrying"; "error" => error_chain(&error));
                failing = true;
            }
            let mut stop = stop.clone();
            // The loop condition checks the result.
            let _ = tokio::time::timeout(RETRY_INTERVAL, stop.wait_for(|stop| *stop)).await;
        }
    }
}

fn is_stopped(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

/// Starts a worker of the library with a new identity. Jobs of an earlier one are released when it misses its heartbeat.
async fn start_worker(
    owner: &OwnerConnector,
    definitions: &[JobDefinition],
    runner: &Arc<JobRunner>,
    mut stop: watch::Receiver<bool>,
) -> Result<graphile_worker::Worker, Error> {
    // The library would create the schema by itself, without the lock.
    if read_revision(&owner.connect().await?).await? < REVISION {
        return Err(Error::NotInstalled);
    }
    let config = &runner.config;
    let slots = config.slots();
    let pool = owner.pool((slots + 1).clamp(2, 8))?;
    let driver = Driver::new(pool, owner.clone(), Arc::clone(&runner.job_finished));
    let heartbeat = config.dead_after / 4;
    let log = runner.log.clone();
    WorkerOptions::default()
        .database(Database::new(driver))
        .concurrency(slots)
        .poll_interval(config.poll_interval)
        .define_jobs(definitions.to_vec())
        .add_extension(Arc::clone(runner))
        .worker_recovery(
            WorkerRecoveryConfig::default()
                .heartbeat_interval(heartbeat)
                .sweep_interval(heartbeat)
                .sweep_threshold(config.dead_after)
                .recovery_delay(Duration::ZERO),
        )
        .worker_shutdown(
            WorkerShutdownConfig::default()
                .listen_os_shutdown_signals(false)
                .grace_period(config.shutdown_timeout)
                .interrupted_job_retry_delay(Duration::ZERO)
                .shutdown_signal(async move {
                    // A dropped sender is a stop too.
                    let _ = stop.wait_for(|stop| *stop).await;
                }),
        )
        .on(JobRecovery, move |job| {
            let log = log.clone();
            async move { recover_job(&log, &job) }
        })
        .init()
        .await
        .map_err(|error| Error::Stopped(error.into()))
}

/// A job whose worker crashed has used an attempt, so that it cannot crash every worker forever. A job that was released at
/// shutdown has not.
fn recover_job(log: &Logger, job: &JobRecoveryContext) -> JobRecoveryResult {
    let log = log.new(o!("job" => job.job.task_identifier().clone(), "job_id" => *job.job.id()));
    if matches!(job.reason, FailureReason::WorkerCrashed) {
        warn!(log, "worker died; its job will be retried"; "worker" => &job.previous_worker_id);
        return JobRecoveryResult::FailWithBackoff;
    }
    info!(
        log,
        "job did not finish before the shutdown timeout; it was released"
    );
    JobRecoveryResult::Default
}

/// Runs jobs. Returns without an error only after a stop.
async fn run_until_stopped(
    worker: &graphile_worker::Worker,
    log: &Logger,
    failing: &mut bool,
) -> Result<(), Error> {
    let mut run = pin!(worker.run());
    let mut outcome = None;
    if *failing {
        tokio::select! {
            ended = &mut run => outcome = Some(ended),
            () = tokio::time::sleep(STABLE_AFTER) => {
                *failing = false;
                info!(log, "background jobs are available again");
            }
        }
    }
    let ended = match outcome {
        Some(ended) => ended,
        None => run.await,
    };
    ended.map_err(|error| Error::Stopped(error.into()))
}
