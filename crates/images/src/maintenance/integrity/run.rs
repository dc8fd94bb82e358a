//! Comparisons one at a time, begun by the operator or an administrator, their outcome kept in the database.
use super::{Check, Looked, Report};
use crate::{
    Error, Maintenance,
    sql::{self, Params},
};
use deadpool_postgres::tokio_postgres::types::Json;
use infravault_db::AdvisoryLock;
use infravault_kernel::{Ctx, DomainError, Id, ImageId};
use slog::{info, warn};
use time::OffsetDateTime;
use uuid::Uuid;

/// Held by whoever compares: "iv integ" in ASCII.
const LOCK: i64 = 0x6976_2069_6e74_6567;
/// For how long it is known what was found.
const KEPT: time::Duration = time::Duration::days(90);

/// A comparison that nobody else can begin until it has ended.
#[derive(Debug)]
pub struct Run {
    id: Uuid,
    check: Check,
    alone: AdvisoryLock,
}

/// The newest comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastRun {
    /// Whether every byte was read.
    pub deep: bool,
    /// Whether faults were to be repaired.
    pub repair: bool,
    /// When it began.
    pub started_at: OffsetDateTime,
    /// How it went.
    pub outcome: Outcome,
}

/// How a comparison went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Somebody is at it.
    Running,
    /// Its process ended before it did.
    CutOff,
    /// It could not be finished.
    Failed {
        /// When.
        at: OffsetDateTime,
        /// The code of the error.
        code: String,
    },
    /// It was finished.
    Finished {
        /// When.
        at: OffsetDateTime,
        /// What it found.
        report: Box<Report>,
    },
}

impl Maintenance {
    /// Begins a comparison; `None` while another one runs.
    pub async fn begin_integrity(&self, ctx: &Ctx, check: Check) -> Result<Option<Run>, Error> {
        let Some(alone) = self.db.try_acquire_lock(LOCK).await? else {
            return Ok(None);
        };
        let id = ctx.new_id::<ImageId>().uuid();
        let now = ctx.now();
        let params = sql::integrity::BeginRunParams {
            id,
            deep: check.deep,
            repair: check.repair,
            now,
        };
        let tx = self.db.begin_system().await?;
        sql::integrity::forget_runs().bind(&*tx, &(now - KEPT)).await?;
        sql::integrity::begin_run().params(&*tx, &params).await?;
        tx.commit().await?;
        Ok(Some(Run { id, check, alone }))
    }

    /// Compares, repairs where that was asked for, and writes down what came of it.
    pub async fn check_integrity(
        &self,
        ctx: &Ctx,
        run: Run,
        mut progress: impl FnMut(&Report) + Send,
    ) -> Result<Report, Error> {
        let outcome = self.compare_and_repair(ctx, run.check, &mut progress).await;
        let params = sql::integrity::FinishRunParams {
            now: ctx.now(),
            report: outcome.as_ref().ok().map(Json),
            failure_code: outcome.as_ref().err().map(DomainError::code),
            id: run.id,
        };
        let tx = self.db.begin_system().await?;
        sql::integrity::finish_run().params(&*tx, &params).await?;
        tx.commit().await?;
        run.alone.release().await;
        outcome
    }

    async fn compare_and_repair(
        &self,
        ctx: &Ctx,
        check: Check,
        progress: &mut (dyn FnMut(&Report) + Send),
    ) -> Result<Report, Error> {
        let mut looked: Looked = self.compare(ctx, check, progress).await?;
        if check.repair {
            self.repair(ctx, &mut looked).await?;
        }
        Ok(looked.report)
    }

    /// Begins a comparison in the background, for an administrator; `false` while another one runs.
    pub async fn start_integrity(&self, ctx: &Ctx, check: Check) -> Result<bool, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        actor.require_admin()?;
        tx.commit().await?;
        let Some(run) = self.begin_integrity(ctx, check).await? else {
            return Ok(false);
        };
        let (images, ctx) = (self.clone(), ctx.clone());
        tokio::spawn(async move {
            match images.check_integrity(&ctx, run, |_| {}).await {
                Ok(report) if report.is_clean() => {
                    info!(ctx.log, "compared the store with the rows: nothing is wrong"; "objects" => report.objects);
                }
                Ok(report) => {
                    warn!(ctx.log, "compared the store with the rows: something is wrong";
                        "objects" => report.objects, "orphans" => report.orphans.count,
                        "missing" => report.missing.count, "mismatching" => report.mismatching.count);
                }
                Err(error) => {
                    warn!(ctx.log, "the store could not be compared with the rows"; "error" => %error);
                }
            }
        });
        Ok(true)
    }

    /// The newest comparison, for an administrator.
    pub async fn last_integrity(&self, ctx: &Ctx) -> Result<Option<LastRun>, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        actor.require_admin()?;
        tx.commit().await?;
        let tx = self.db.begin_system().await?;
        let row = sql::integrity::find_last_run().bind(&*tx, &LOCK).opt().await?;
        tx.commit().await?;
        row.map(last_run).transpose()
    }
}

fn last_run(row: sql::integrity::RunRow) -> Result<LastRun, Error> {
    let outcome = match (row.finished_at, row.report, row.failure_code) {
        (Some(at), Some(report), _) => Outcome::Finished {
            at,
            report: serde_json::from_value(report)
                .map_err(|_| Error::inconsistent("the report of a comparison"))?,
        },
        (Some(at), None, code) => Outcome::Failed {
            at,
            code: code.unwrap_or_default(),
        },
        (None, ..) if row.running => Outcome::Running,
        (None, ..) => Outcome::CutOff,
    };
    Ok(LastRun {
        deep: row.deep,
        repair: row.repair,
        started_at: row.started_at,
        outcome,
    })
}
