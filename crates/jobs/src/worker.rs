//! Who runs the jobs: until it is told to stop, whatever PostgreSQL does meanwhile.
use crate::{
    Attempt, Config, Error, JobError, Kind, REVISION,
    driver::Driver,
    install::revision,
    task::{Runner, Task},
};
use graphile_worker::{
    Database, FailureReason, JobDefinition, JobRecovery, JobRecoveryContext, JobRecoveryResult,
    WorkerOptions, WorkerRecoveryConfig, WorkerShutdownConfig,
};
use infravault_db::Owner;
use infravault_kernel::{Clock, Ctx};
use serde_json::Value;
use slog::{Logger, info, o, warn};
use std::{collections::HashMap, pin::pin, sync::Arc, time::Duration};
use tokio::sync::{Notify, watch};

/// Between two tries to reach the queue.
const AGAIN: Duration = Duration::from_secs(1);
/// The queue works again when it has for so long; without this, a queue that fails a little later each time would
/// fill the log.
const STEADY: Duration = Duration::from_secs(5);

/// Runs jobs; several of them, in one process or many, share the queue.
pub struct Worker {
    owner: Owner,
    definitions: Vec<JobDefinition>,
    runner: Runner,
}

impl Worker {
    /// A worker that knows no job yet. Nothing is connected, so this works while PostgreSQL is away.
    pub fn new(
        config: Config,
        db: &infravault_db::Config,
        log: &Logger,
        clock: Clock,
    ) -> Result<Self, Error> {
        Ok(Self {
            owner: Owner::for_work(db)?,
            definitions: Vec::new(),
            runner: Runner {
                handlers: HashMap::new(),
                config,
                log: log.clone(),
                clock,
                more: Arc::new(Notify::new()),
            },
        })
    }

    /// Says what is to be done for a kind of job. Handlers are idempotent: a job whose worker died is run again, and
    /// one whose worker only seemed dead is run twice at once.
    #[must_use]
    pub fn handle<K, F, O>(mut self, _kind: K, handler: F) -> Self
    where
        K: Kind,
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

    /// Runs jobs until `stop` says so or its sender is gone; then the jobs under way finish, at most for the time of
    /// grace. While PostgreSQL is away, or the queue's schema is missing, it tries again and says so once.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let Self {
            owner,
            definitions,
            runner,
        } = self;
        let kinds = definitions.iter().map(JobDefinition::identifier);
        info!(runner.log, "running background jobs"; "at_a_time" => runner.config.slots(),
            "kinds" => kinds.collect::<Vec<_>>().join(", "));
        let runner = Arc::new(runner);
        let mut failing = false;
        while !is_over(&stop) {
            let begun = begin(&owner, &definitions, &runner, stop.clone()).await;
            let outcome = match begun {
                Ok(worker) => until_stopped(&worker, &runner.log, &mut failing).await,
                Err(error) => Err(error),
            };
            let Err(error) = outcome else { continue };
            if !failing {
                warn!(runner.log, "background jobs are not being run; trying again"; "error" => causes(&error));
                failing = true;
            }
            let mut stop = stop.clone();
            // Either way the condition of the loop decides.
            let _ = tokio::time::timeout(AGAIN, stop.wait_for(|stop| *stop)).await;
        }
    }
}

fn is_over(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

/// Makes a worker of the library, with an identity of its own: what an earlier one still held is given free when its
/// heartbeat is missed.
async fn begin(
    owner: &Owner,
    definitions: &[JobDefinition],
    runner: &Arc<Runner>,
    mut stop: watch::Receiver<bool>,
) -> Result<graphile_worker::Worker, Error> {
    // The library would make the schema by itself, without the lock and at a time that nobody chose.
    if revision(&owner.connect().await?).await? < REVISION {
        return Err(Error::NotInstalled);
    }
    let config = &runner.config;
    let slots = config.slots();
    let pool = owner.pool((slots + 1).clamp(2, 8))?;
    let driver = Driver::new(pool, owner.clone(), Arc::clone(&runner.more));
    let beat = config.dead_after / 4;
    let log = runner.log.clone();
    WorkerOptions::default()
        .database(Database::new(driver))
        .concurrency(slots)
        .poll_interval(config.poll)
        .define_jobs(definitions.to_vec())
        .add_extension(Arc::clone(runner))
        .worker_recovery(
            WorkerRecoveryConfig::default()
                .heartbeat_interval(beat)
                .sweep_interval(beat)
                .sweep_threshold(config.dead_after)
                .recovery_delay(Duration::ZERO),
        )
        .worker_shutdown(
            WorkerShutdownConfig::default()
                .listen_os_shutdown_signals(false)
                .grace_period(config.grace)
                .interrupted_job_retry_delay(Duration::ZERO)
                .shutdown_signal(async move {
                    // The sender's end is a stop too.
                    let _ = stop.wait_for(|stop| *stop).await;
                }),
        )
        .on(JobRecovery, move |job| {
            let log = log.clone();
            async move { recover(&log, &job) }
        })
        .init()
        .await
        .map_err(|error| Error::Stopped(error.into()))
}

/// A job that its worker did not survive has used an attempt, or it could bring down one worker after another. One
/// that was only handed back has not.
fn recover(log: &Logger, job: &JobRecoveryContext) -> JobRecoveryResult {
    let log = log.new(o!("job" => job.job.task_identifier().clone(), "job_id" => *job.job.id()));
    if matches!(job.reason, FailureReason::WorkerCrashed) {
        warn!(log, "a worker died; its job is tried again"; "worker" => &job.previous_worker_id);
        return JobRecoveryResult::FailWithBackoff;
    }
    info!(
        log,
        "a job did not finish in the time of grace; it is handed back"
    );
    JobRecoveryResult::Default
}

/// Runs jobs. Ends without an error only when it was told to stop.
async fn until_stopped(
    worker: &graphile_worker::Worker,
    log: &Logger,
    failing: &mut bool,
) -> Result<(), Error> {
    let mut run = pin!(worker.run());
    let mut outcome = None;
    if *failing {
        tokio::select! {
            ended = &mut run => outcome = Some(ended),
            () = tokio::time::sleep(STEADY) => {
                *failing = false;
                info!(log, "background jobs are being run again");
            }
        }
    }
    let ended = match outcome {
        Some(ended) => ended,
        None => run.await,
    };
    ended.map_err(|error| Error::Stopped(error.into()))
}

fn causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
