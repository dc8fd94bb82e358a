//! `GET /admin/integrity`: what the newest comparison of store and database found.
use crate::{app::App, extract::RequestCtx, problem::Problem};
use actix_web::web;
use infravault_images::{Findings, LastRun, Outcome, Report};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// The newest comparison.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Integrity)]
pub struct IntegrityBody {
    /// `never`, `running`, `cut_off` (its process ended before it did), `failed` or `finished`.
    state: &'static str,
    /// Whether every byte was read; null where there was none.
    deep: Option<bool>,
    /// Whether faults were to be repaired.
    repair: Option<bool>,
    /// When it began.
    #[serde(with = "time::serde::rfc3339::option")]
    started_at: Option<OffsetDateTime>,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option")]
    finished_at: Option<OffsetDateTime>,
    /// Code of the error that ended it, if `state` is `failed`.
    failure_code: Option<String>,
    /// What it found.
    report: Option<ReportBody>,
}

/// What a comparison found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IntegrityReport)]
pub struct ReportBody {
    /// Whether nothing is wrong any more.
    clean: bool,
    /// Objects of the store that were looked at.
    objects: u64,
    /// Their bytes.
    bytes: u64,
    /// Objects that were read to their end.
    read: u64,
    /// Objects that no row names.
    orphan: FindingsBody,
    /// Objects that rows name and that are not there.
    missing: FindingsBody,
    /// Objects with another length or checksum than their rows say.
    mismatching: FindingsBody,
    /// What was mended.
    repaired: RepairedBody,
    /// Why parts of the repair were not attempted.
    blocked_by: Vec<String>,
}

/// Faults of one kind.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IntegrityFindings)]
pub struct FindingsBody {
    /// How many there are.
    count: u64,
    /// The first of them: where the object lies, or should, and what is wrong with it.
    examples: Vec<FindingBody>,
}

/// One fault.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IntegrityFinding)]
pub struct FindingBody {
    /// Where the object lies in the store.
    path: String,
    /// What is wrong with it, for people.
    fault: String,
}

/// What was mended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IntegrityRepaired)]
pub struct RepairedBody {
    /// Objects deleted that no row named.
    orphans: u64,
    /// Lost renditions forgotten, so that they are made again.
    renditions: u64,
    /// Images that say now that their original is missing or damaged.
    marked: u64,
    /// Images whose original is there again.
    healed: u64,
}

impl From<Option<LastRun>> for IntegrityBody {
    fn from(last: Option<LastRun>) -> Self {
        let mut body = Self {
            state: "never",
            deep: last.as_ref().map(|run| run.deep),
            repair: last.as_ref().map(|run| run.repair),
            started_at: last.as_ref().map(|run| run.started_at),
            finished_at: None,
            failure_code: None,
            report: None,
        };
        match last.map(|run| run.outcome) {
            None => {}
            Some(Outcome::Running) => body.state = "running",
            Some(Outcome::CutOff) => body.state = "cut_off",
            Some(Outcome::Failed { at, code }) => {
                (body.state, body.finished_at, body.failure_code) = ("failed", Some(at), Some(code));
            }
            Some(Outcome::Finished { at, report }) => {
                (body.state, body.finished_at, body.report) = ("finished", Some(at), Some((*report).into()));
            }
        }
        body
    }
}

impl From<Report> for ReportBody {
    fn from(report: Report) -> Self {
        Self {
            clean: report.is_clean(),
            objects: report.objects,
            bytes: report.bytes,
            read: report.read,
            orphan: report.orphans.into(),
            missing: report.missing.into(),
            mismatching: report.mismatching.into(),
            repaired: RepairedBody {
                orphans: report.repaired.orphans,
                renditions: report.repaired.renditions,
                marked: report.repaired.marked,
                healed: report.repaired.healed,
            },
            blocked_by: report.blocked_by.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<Findings> for FindingsBody {
    fn from(findings: Findings) -> Self {
        let examples = findings.examples.into_iter().map(|finding| FindingBody {
            path: finding.path,
            fault: finding.fault.to_string(),
        });
        Self {
            count: findings.count,
            examples: examples.collect(),
        }
    }
}

/// The newest comparison of the object store with the database. Needs the role ADMIN.
#[utoipa::path(
    get, path = "/api/v1/admin/integrity", tag = "admin",
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = IntegrityBody))
)]
pub async fn get_integrity(
    app: web::Data<App>,
    ctx: RequestCtx,
) -> Result<web::Json<IntegrityBody>, Problem> {
    Ok(web::Json(
        app.images.maintenance.last_integrity(&ctx).await?.into(),
    ))
}
