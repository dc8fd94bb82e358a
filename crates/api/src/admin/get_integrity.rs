//! `GET /admin/integrity`: the most recent integrity check of store and database.
use crate::{app::App, extract::RequestCtx, problem::Problem};
use actix_web::web;
use infravault_images::{self as images, IntegrityRunState, LastIntegrityRun};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// The most recent integrity check.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntegrityCheck {
    /// State of the check: `never`, `running`, `interrupted` (the process ended before the check), `failed` or `finished`.
    #[schema(example = "finished")]
    state: &'static str,
    /// Whether every object was read. Null if there was no check.
    #[schema(example = false)]
    deep: Option<bool>,
    /// Whether repair was requested. Null if there was no check.
    #[schema(example = true)]
    repair: Option<bool>,
    /// When the check started. Null if there was no check.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(example = "2026-11-21T03:00:00Z")]
    started_at: Option<OffsetDateTime>,
    /// When the check ended. Null unless `state` is `failed` or `finished`.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(example = "2026-11-21T03:04:18Z")]
    finished_at: Option<OffsetDateTime>,
    /// Code of the error that ended the check. Null unless `state` is `failed`.
    #[schema(example = json!(null))]
    failure_code: Option<String>,
    /// Result of the check. Null unless `state` is `finished`.
    report: Option<IntegrityReport>,
}

/// Result of an integrity check.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntegrityReport {
    /// Whether store and database agree after the repairs.
    #[schema(example = true)]
    clean: bool,
    /// Number of objects checked.
    #[schema(example = 18_204)]
    objects: u64,
    /// Total size of the checked objects in bytes.
    #[schema(example = 96_636_764_160_i64)]
    bytes: u64,
    /// Number of objects that were read completely.
    #[schema(example = 0)]
    read: u64,
    /// Objects that no database row references.
    orphaned: IntegrityFindings,
    /// Objects that a database row references and that do not exist.
    missing: IntegrityFindings,
    /// Objects whose size or checksum differs from their database row.
    mismatched: IntegrityFindings,
    /// Repairs that were made.
    repaired: IntegrityRepairs,
    /// Reasons why parts of the repair were not attempted.
    #[schema(example = json!([]))]
    repair_blocked_by: Vec<String>,
}

/// Findings of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntegrityFindings {
    /// Number of findings.
    #[schema(example = 1)]
    count: u64,
    /// The first findings.
    examples: Vec<IntegrityFinding>,
}

/// An object that differs from the database.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntegrityFinding {
    /// Path of the object in the store.
    #[schema(example = "originals/01/a1/01a1f2dd-7c60-7a4f-b1d6-0c9e58f7a233")]
    path: String,
    /// Description of the difference.
    #[schema(example = "No row references this object.")]
    detail: String,
}

/// Number of repairs by kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntegrityRepairs {
    /// Orphaned objects that were deleted.
    #[schema(example = 1)]
    objects_deleted: u64,
    /// Records of missing renditions that were deleted, so that the renditions are created again.
    #[schema(example = 0)]
    renditions_reset: u64,
    /// Images that were marked because their original is missing or damaged.
    #[schema(example = 0)]
    images_marked: u64,
    /// Images whose original exists again and whose mark was removed.
    #[schema(example = 0)]
    images_recovered: u64,
}

impl From<Option<LastIntegrityRun>> for IntegrityCheck {
    fn from(last: Option<LastIntegrityRun>) -> Self {
        let mut body = Self {
            state: "never",
            deep: last.as_ref().map(|run| run.deep),
            repair: last.as_ref().map(|run| run.repair),
            started_at: last.as_ref().map(|run| run.started_at),
            finished_at: None,
            failure_code: None,
            report: None,
        };
        match last.map(|run| run.state) {
            None => {}
            Some(IntegrityRunState::Running) => body.state = "running",
            Some(IntegrityRunState::Interrupted) => body.state = "interrupted",
            Some(IntegrityRunState::Failed { at, code }) => {
                (body.state, body.finished_at, body.failure_code) = ("failed", Some(at), Some(code));
            }
            Some(IntegrityRunState::Finished { at, report }) => {
                (body.state, body.finished_at, body.report) = ("finished", Some(at), Some((*report).into()));
            }
        }
        body
    }
}

impl From<images::IntegrityReport> for IntegrityReport {
    fn from(report: images::IntegrityReport) -> Self {
        Self {
            clean: report.is_clean(),
            objects: report.objects,
            bytes: report.bytes,
            read: report.read,
            orphaned: report.orphans.into(),
            missing: report.missing.into(),
            mismatched: report.mismatching.into(),
            repaired: IntegrityRepairs {
                objects_deleted: report.repaired.orphans,
                renditions_reset: report.repaired.renditions,
                images_marked: report.repaired.marked,
                images_recovered: report.repaired.recovered,
            },
            repair_blocked_by: report.blocked_by.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<images::Findings> for IntegrityFindings {
    fn from(findings: images::Findings) -> Self {
        let examples = findings.examples.into_iter().map(|finding| IntegrityFinding {
            path: finding.path,
            detail: finding.defect.to_string(),
        });
        Self {
            count: findings.count,
            examples: examples.collect(),
        }
    }
}

/// Get the most recent integrity check
///
/// Returns the progress or the result of the most recent comparison of the object store with the database.
/// Requires the role `ADMIN`.
#[utoipa::path(
    get, path = "/api/v1/admin/integrity", tag = "admin",
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The most recent check.", body = IntegrityCheck)),
    extensions(("x-problems" = json!("forbidden")))
)]
pub async fn get_integrity(
    app: web::Data<App>,
    ctx: RequestCtx,
) -> Result<web::Json<IntegrityCheck>, Problem> {
    Ok(web::Json(
        app.images.maintenance.find_last_integrity_run(&ctx).await?.into(),
    ))
}
