//! Runs of the integrity check: one at a time, with their result in the database.
use super::{IntegrityOptions, IntegrityReport};
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

/// The advisory lock of a run. "iv integ" in ASCII.
const LOCK: i64 = 0x6976_2069_6e74_6567;
/// How long results are kept.
const RETENTION: time::Duration = time::Duration::days(90);

/// A run in progress. Holds the lock, so no other run can begin.
#[derive(Debug)]
pub struct IntegrityRun {
    id: Uuid,
    options: IntegrityOptions,
    lock: AdvisoryLock,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastIntegrityRun {
    pub deep: bool,
    pub repair: bool,
    pub started_at: OffsetDateTime,
    pub state: IntegrityRunState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntegrityRunState {
    Running,
    /// The process of the run has ended.
    Interrupted,
    Failed {
        at: OffsetDateTime,
        /// The code of the error.
        code: String,
    },
    Finished {
        at: OffsetDateTime,
        report: Box<IntegrityReport>,
    },
}

impl Maintenance {
    /// Begins a run. Returns `None` if another one is in progress.
    pub async fn begin_integrity_run(
        &self,
        ctx: &Ctx,
        options: IntegrityOptions,
    ) -> Result<Option<IntegrityRun>, Error> {
        let Some(lock) = self.db.try_acquire_lock(LOCK).await? else {
            return Ok(None);
        };
        let id = ctx.new_id::<ImageId>().uuid();
        let now = ctx.now();
        let params = sql::integrity::InsertRunParams {
            id,
            deep: options.deep,
            repair: options.repair,
            now,
        };
        let tx = self.db.begin_system().await?;
        sql::integrity::delete_old_runs()
            .bind(&*tx, &(now - RETENTION))
            .await?;
        sql::integrity::insert_run().params(&*tx, &params).await?;
        tx.commit().await?;
        Ok(Some(IntegrityRun { id, options, lock }))
    }

    /// Scans and optionally repairs, then stores the result.
    pub async fn complete_integrity_run(
        &self,
        ctx: &Ctx,
        run: IntegrityRun,
        mut progress: impl FnMut(&IntegrityReport) + Send,
    ) -> Result<IntegrityReport, Error> {
        let result = self.scan_and_repair(ctx, run.options, &mut progress).await;
        let params = sql::integrity::FinishRunParams {
            now: ctx.now(),
            report: result.as_ref().ok().map(Json),
            failure_code: result.as_ref().err().map(DomainError::code),
            id: run.id,
        };
        let tx = self.db.begin_system().await?;
        sql::integrity::finish_run().params(&*tx, &params).await?;
        tx.commit().await?;
        run.lock.release().await;
        result
    }

    async fn scan_and_repair(
        &self,
        ctx: &Ctx,
        options: IntegrityOptions,
        progress: &mut (dyn FnMut(&IntegrityReport) + Send),
    ) -> Result<IntegrityReport, Error> {
        let mut scan = self.scan(ctx, options, progress).await?;
        if options.repair {
            self.repair(ctx, &mut scan).await?;
        }
        Ok(scan.report)
    }

    /// Starts a run in the background, for an administrator. Returns `false` if another one is in progress.
    pub async fn start_integrity_run(&self, ctx: &Ctx, options: IntegrityOptions) -> Result<bool, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        actor.require_admin()?;
        tx.commit().await?;
        let Some(run) = self.begin_integrity_run(ctx, options).await? else {
            return Ok(false);
        };
        let (maintenance, ctx) = (self.clone(), ctx.clone());
        tokio::spawn(async move {
            match maintenance.complete_integrity_run(&ctx, run, |_| {}).await {
                Ok(report) if report.is_clean() => {
                    info!(ctx.log, "integrity check finished without findings"; "objects" => report.objects);
                }
                Ok(report) => {
                    warn!(ctx.log, "integrity check finished with findings";
                        "objects" => report.objects, "orphans" => report.orphans.count,
                        "missing" => report.missing.count, "mismatching" => report.mismatching.count);
                }
                Err(error) => {
                    warn!(ctx.log, "integrity check failed"; "error" => %error);
                }
            }
        });
        Ok(true)
    }

    /// Returns the latest run, for an administrator.
    pub async fn find_last_integrity_run(&self, ctx: &Ctx) -> Result<Option<LastIntegrityRun>, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        actor.require_admin()?;
        tx.commit().await?;
        let tx = self.db.begin_system().await?;
        let row = sql::integrity::find_last_run().bind(&*tx, &LOCK).opt().await?;
        tx.commit().await?;
        row.map(last_run).transpose()
    }
}

fn last_run(row: sql::integrity::RunRow) -> Result<LastIntegrityRun, Error> {
    let state = match (row.finished_at, row.report, row.failure_code) {
        (Some(at), Some(report), _) => IntegrityRunState::Finished {
            at,
            report: serde_json::from_value(report).map_err(|_| Error::inconsistent("an integrity report"))?,
        },
        (Some(at), None, code) => IntegrityRunState::Failed {
            at,
            code: code.unwrap_or_default(),
        },
        (None, ..) if row.running => IntegrityRunState::Running,
        (None, ..) => IntegrityRunState::Interrupted,
    };
    Ok(LastIntegrityRun {
        deep: row.deep,
        repair: row.repair,
        started_at: row.started_at,
        state,
    })
}
