//! One job: from the queue's hands to the handler's, and its outcome back.
use crate::{Config, JobError};
use futures_util::FutureExt;
use graphile_worker::{DbExecutor, DbValue, IntoTaskHandlerResult, TaskHandler, WorkerContext};
use infravault_kernel::{Clock, Credential, Ctx};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::IgnoredAny};
use serde_json::Value;
use slog::{Logger, error, o, warn};
use std::{collections::HashMap, fmt, marker::PhantomData, panic::AssertUnwindSafe, pin::Pin, sync::Arc};
use tokio::sync::Notify;

const GIVE_UP: &str = include_str!("../../../queries/jobs/give_up.sql");

/// A kind of job: a type that stands for a name in the queue.
pub trait Kind: Send + Sync + 'static {
    /// The name, as the functions that enqueue have it.
    const NAME: &'static str;
}

/// Which attempt this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// 1 the first time.
    pub number: u16,
    /// The attempts that the job has. After the last one it is kept as failed.
    pub of: u16,
}

impl Attempt {
    /// Whether no other one follows, so that a failure is final.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.number >= self.of
    }
}

pub(crate) type Outcome = Result<(), JobError>;
pub(crate) type Handler =
    Box<dyn Fn(Ctx, Value, Attempt) -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync>;

/// What every job of a worker needs; the queue carries it to them.
pub(crate) struct Runner {
    pub(crate) handlers: HashMap<&'static str, Handler>,
    pub(crate) config: Config,
    pub(crate) log: Logger,
    pub(crate) clock: Clock,
    /// Told after each job, because there may be more of them: the queue looks once per notification only.
    pub(crate) more: Arc<Notify>,
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner")
            .field("kinds", &self.handlers.keys())
            .finish_non_exhaustive()
    }
}

impl Runner {
    async fn run(&self, kind: &'static str, job: &WorkerContext) -> Result<(), Reason> {
        let attempt = Attempt {
            number: u16::try_from(*job.job().attempts()).unwrap_or(u16::MAX),
            of: u16::try_from(*job.job().max_attempts()).unwrap_or(u16::MAX),
        };
        let log = self.log.new(o!("job" => kind, "job_id" => *job.job().id(),
            "attempt" => format!("{} of {}", attempt.number, attempt.of)));
        let ctx = Ctx::new(&log, Credential::System, self.clock.clone());
        let outcome = self.attempt(kind, &ctx, job.payload().clone(), attempt).await;
        self.more.notify_one();
        let Err(failure) = outcome else { return Ok(()) };
        if failure.may_pass() && !attempt.is_last() {
            warn!(ctx.log, "a job failed and will be tried again"; "error" => %failure);
        } else {
            error!(ctx.log, "a job failed for good"; "error" => %failure);
            self.give_up(&ctx, job, attempt).await;
        }
        Err(Reason(failure))
    }

    async fn attempt(&self, kind: &'static str, ctx: &Ctx, payload: Value, attempt: Attempt) -> Outcome {
        let Some(handler) = self.handlers.get(kind) else {
            return Err(JobError::retry("this worker has no handler for it"));
        };
        let work = AssertUnwindSafe(async { handler(ctx.clone(), payload, attempt).await }).catch_unwind();
        match tokio::time::timeout(self.config.timeout, work).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_panic)) => Err(JobError::retry("its handler panicked")),
            Err(_elapsed) => Err(JobError::retry(format!(
                "it took longer than {:?}",
                self.config.timeout
            ))),
        }
    }

    /// The queue gives a job up when its attempts are used up, so they are.
    async fn give_up(&self, ctx: &Ctx, job: &WorkerContext, attempt: Attempt) {
        if attempt.is_last() {
            return;
        }
        let id = vec![DbValue::I64(*job.job().id())];
        if let Err(error) = DbExecutor::execute(job.database(), GIVE_UP, id.into()).await {
            warn!(ctx.log, "the job could not be given up, so it will be tried again"; "error" => %error);
        }
    }
}

/// What the queue stores as the last failure. It formats it by `Debug`, so that is the plain text here.
struct Reason(JobError);

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The queue wants one type per kind of job, made from the payload; this one leaves the payload where it is.
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

impl<K: Kind> TaskHandler for Task<K> {
    const IDENTIFIER: &'static str = K::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        match job.get_ext::<Arc<Runner>>() {
            Some(runner) => runner.run(K::NAME, &job).await,
            None => Err(Reason(JobError::retry("this worker was not set up"))),
        }
    }
}
