//! Liveness and readiness probes.
use crate::{app::App, problem::Problem};
use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Serialize;
use std::{future::Future, sync::atomic::Ordering, time::Duration};
use utoipa::ToSchema;

/// Maximum response time of a dependency.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Liveness of the process.
#[derive(Serialize, ToSchema)]
pub struct Liveness {
    /// Always `live`.
    #[schema(example = "live")]
    status: &'static str,
}

/// Readiness of the process and its dependencies.
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    /// `ready`, or `unavailable` with status 503.
    #[schema(example = "ready")]
    status: &'static str,
    /// PostgreSQL: `ok` or `unavailable`.
    #[schema(example = "ok")]
    database: &'static str,
    /// Database schema and job queue: `ok`, `outdated` until the database is migrated, or `unavailable`.
    #[schema(example = "ok")]
    schema: &'static str,
    /// Object store: `ok` or `unavailable`.
    #[schema(example = "ok")]
    store: &'static str,
}

/// Check liveness
///
/// Returns 200 while the process runs. Checks no dependencies. No authentication required.
#[utoipa::path(get, path = "/health/live", tag = "health", 
    responses((status = 200, description = "The process runs.", body = Liveness)))]
pub async fn get_live() -> HttpResponse {
    HttpResponse::Ok().json(Liveness { status: "live" })
}

/// Check readiness
///
/// Checks the database, its schema version and the object store. No authentication required.
#[utoipa::path(get, path = "/health/ready", tag = "health",
    responses(
        (status = 200, description = "The process can serve requests.", body = Readiness),
        (status = 503, description = "A dependency is unavailable, or the process is shutting down.", body = Readiness)))]
pub async fn get_ready(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    let (database, schema, store) = futures_util::join!(
        in_time(async { app.db.ping().await.is_ok() }),
        in_time(has_schema(&app)),
        in_time(async { app.objects.probe().await.is_ok() })
    );
    let ready = database && schema && store && !app.stopping.load(Ordering::Relaxed);
    let state = |ok, otherwise| if ok { "ok" } else { otherwise };
    let body = Readiness {
        status: if ready { "ready" } else { "unavailable" },
        database: state(database, "unavailable"),
        schema: state(schema, if database { "outdated" } else { "unavailable" }),
        store: state(store, "unavailable"),
    };
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    Ok(HttpResponse::build(status)
        .content_type("application/json")
        .json(body))
}

async fn in_time(check: impl Future<Output = bool>) -> bool {
    tokio::time::timeout(TIMEOUT, check).await.unwrap_or(false)
}

/// Checks the schema until it was current once, because it is only ever rolled back by hand.
async fn has_schema(app: &App) -> bool {
    if app.schema_seen.load(Ordering::Relaxed) {
        return true;
    }
    let url = app.config.db.url.expose();
    let version = infravault_db::migrate::current_version(url).await;
    let seen = version.is_ok_and(|version| version >= infravault_db::migrate::required_version())
        // An upload enqueues its processing in the transaction that stores it.
        && infravault_jobs::is_installed(url).await.unwrap_or(false);
    app.schema_seen.store(seen, Ordering::Relaxed);
    seen
}
