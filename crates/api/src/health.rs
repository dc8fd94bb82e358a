//! Whether the process lives, and whether it can do its work.
use crate::{app::App, problem::Problem};
use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Serialize;
use std::{future::Future, sync::atomic::Ordering, time::Duration};
use utoipa::ToSchema;

/// How long a dependency may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The process lives.
#[derive(Serialize, ToSchema)]
pub struct LiveBody {
    /// Always `live`.
    status: &'static str,
}

/// What the work depends on.
#[derive(Serialize, ToSchema)]
pub struct ReadyBody {
    /// `ready`, or `unavailable` together with status 503.
    status: &'static str,
    /// PostgreSQL answers: `ok` or `unavailable`.
    database: &'static str,
    /// The database has the schema of this binary and the queue of jobs: `ok`, or `outdated` until it was migrated.
    schema: &'static str,
    /// The object store answers: `ok` or `unavailable`.
    store: &'static str,
}

/// Whether the process lives; depends on nothing else.
#[utoipa::path(get, path = "/health/live", tag = "health", responses((status = 200, body = LiveBody)))]
pub async fn get_live() -> HttpResponse {
    HttpResponse::Ok().json(LiveBody { status: "live" })
}

/// Whether requests can be answered: the database, its schema version and the object store.
#[utoipa::path(get, path = "/health/ready", tag = "health",
    responses((status = 200, body = ReadyBody), (status = 503, body = ReadyBody)))]
pub async fn get_ready(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    let (database, schema, store) = futures_util::join!(
        in_time(async { app.db.ping().await.is_ok() }),
        in_time(has_schema(&app)),
        in_time(async { app.objects.probe().await.is_ok() })
    );
    let ready = database && schema && store && !app.stopping.load(Ordering::Relaxed);
    let word = |ok, otherwise| if ok { "ok" } else { otherwise };
    let body = ReadyBody {
        status: if ready { "ready" } else { "unavailable" },
        database: word(database, "unavailable"),
        schema: word(schema, if database { "outdated" } else { "unavailable" }),
        store: word(store, "unavailable"),
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
    tokio::time::timeout(PATIENCE, check).await.unwrap_or(false)
}

/// Asks until the schema was seen once; it is only ever taken back by hand.
async fn has_schema(app: &App) -> bool {
    if app.schema_seen.load(Ordering::Relaxed) {
        return true;
    }
    let url = app.config.db.url.expose();
    let version = infravault_db::migrate::current_version(url).await;
    let seen = version.is_ok_and(|version| version >= infravault_db::migrate::required_version())
        // An upload asks for its processing in the transaction that stores it.
        && infravault_jobs::is_installed(url).await.unwrap_or(false);
    app.schema_seen.store(seen, Ordering::Relaxed);
    seen
}
