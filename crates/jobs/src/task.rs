//! Runs one job of the queue with its handler and reports the outcome.
use crate::{Config, JobError};
use futures_util::FutureExt;
use graphile_worker::{DbExecutor, DbValue, IntoTaskHandlerResult, TaskHandler, WorkerContext};
use infravault_kernel::{Clock, Credential, Ctx};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::IgnoredAny};
use serde_json::Value;
use slog::{Logger, error, o, warn};
use std::{collections::HashMap, fmt, marker::PhantomData, panic::AssertUnwindSafe, pin::Pin, sync::Arc};
use tokio::sync::Notify;

const FAIL_PERMANENTLY: &str = include_str!("../../../queries/jobs/fail_permanently.sql");

/// A kind of job.
pub trait JobKind: Send + Sync + 'static {
    /// The name in the queue.
    const NAME: &'static str;
}

/// The number of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Counts from 1.
    pub number: u16,
    /// The maximum number of attempts. A job that fails in the last one is kept as failed.
    pub max: u16,
}

impl Attempt {
    /// Whether a failure of this attempt is final.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.number >= self.max
    }
}

pub(crate) type Outcome = Result<(), JobError>;
pub(crate) type Handler =
    Box<dyn Fn(Ctx, Value, Attempt) -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync>;

/// The shared state of all jobs of a worker. The queue passes it to every job.
pub(crate) struct JobRunner {
    pub(crate) handlers: HashMap<&'static str, Handler>,
    pub(crate) config: Config,
    pub(crate) log: Logger,
    pub(crate) clock: Clock,
    /// Notified after each job: the queue looks for one job per notification, and more may be waiting.
    pub(crate) job_finished: Arc<Notify>,
}

impl fmt::Debug for JobRunner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobRunner")
            .field("kinds", &self.handlers.keys())
            .finish_non_exhaustive()
    }
}

impl JobRunner {
    async fn run_job(&self, kind: &'static str, job: &WorkerContext) -> Result<(), StoredError> {
        let attempt = Attempt {
            number: u16::try_from(*job.job().attempts()).unwrap_or(u16::MAX),
            max: u16::try_from(*job.job().max_attempts()).unwrap_or(u16::MAX),
        };
        let log = self.log.new(o!("job" => kind, "job_id" => *job.job().id(),
            "attempt" => format!("{} of {}", attempt.number, attempt.max)));
        let ctx = Ctx::new(&log, Credential::System, self.clock.clone());
        let outcome = self
            .call_handler(kind, &ctx, job.payload().clone(), attempt)
            .await;
        self.job_finished.notify_one();
        let Err(error) = outcome else { return Ok(()) };
        if error.is_retryable() && !attempt.is_last() {
            warn!(ctx.log, "job failed; it will be retried"; "error" => %error);
        } else {
            error!(ctx.log, "job failed permanently"; "error" => %error);
            self.fail_permanently(&ctx, job, attempt).await;
        }
        Err(StoredError(error))
    }

    async fn call_handler(&self, kind: &'static str, ctx: &Ctx, payload: Value, attempt: Attempt) -> Outcome {
        let Some(handler) = self.handlers.get(kind) else {
            return Err(JobError::retryable(
                "this worker has no handler for this kind of job",
            ));
        };
        let work = AssertUnwindSafe(async { handler(ctx.clone(), payload, attempt).await }).catch_unwind();
        match tokio::time::timeout(self.config.timeout, work).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_panic)) => Err(JobError::retryable("the handler panicked")),
            Err(_elapsed) => Err(JobError::retryable(format!(
                "the handler took longer than {:?}",
                self.config.timeout
            ))),
        }
    }

    /// Uses up the attempts of a job, so that the queue does not retry it.
    async fn fail_permanently(&self, ctx: &Ctx, job: &WorkerContext, attempt: Attempt) {
        if attempt.is_last() {
            return;
        }
        let id = vec![DbValue::I64(*job.job().id())];
        if let Err(error) = DbExecutor::execute(job.database(), FAIL_PERMANENTLY, id.into()).await {
            warn!(ctx.log, "cannot mark the job as failed; it will be retried"; "error" => %error);
        }
    }
}

/// The error as the queue stores it. The queue formats it with `Debug`, which prints plain text here.
struct StoredError(JobError);

impl fmt::Debug for StoredError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The queue requires one deserializable type per kind of job. This one ignores the payload, which the handler reads.
pub(crate) struct Task<K>(PhantomData<fn() -> K>);

impl<K> Serialize for Task<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de, K> Deserialize<'de> for Task<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(PhantomData))
    }
}

impl<K: JobKind> TaskHandler for Task<K> {
    const IDENTIFIER: &'static str = K::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        match job.get_ext::<Arc<JobRunner>>() {
            Some(runner) => runner.run_job(K::NAME, &job).await,
            None => Err(StoredError(JobError::retryable("the worker was not set up"))),
        }
    }
}
