//! `POST /admin/integrity`: starts an integrity check of store and database.
use crate::{
    app::App,
    extract::{Json, RequestCtx},
    problem::Problem,
};
use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web,
};
use infravault_images::IntegrityOptions;
use serde::Deserialize;
use utoipa::ToSchema;

/// Options of an integrity check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIntegrityCheck {
    /// Read every object and compare checksums, not only sizes. Default `false`.
    #[serde(default)]
    #[schema(example = false)]
    deep: bool,
    /// Delete orphaned objects older than a day, delete records of missing renditions so that they are created again, and
    /// mark images whose original is missing or damaged. Default `false`.
    #[serde(default)]
    #[schema(example = false)]
    repair: bool,
}

/// Start an integrity check
///
/// Starts a comparison of the object store with the database in the background. Only one check runs at a time.
/// `GET /admin/integrity` returns its progress and result. Requires the role `ADMIN`.
#[utoipa::path(
    post, path = "/api/v1/admin/integrity", tag = "admin",
    request_body(content = NewIntegrityCheck, description = "Options of the check."),
    security(("session" = []), ("api_token" = [])),
    responses((status = 202, description = "The check started.", headers(
        ("Location" = String, description = "URL of the result.")))),
    extensions(("x-problems" = json!("conflict forbidden")))
)]
pub async fn start_integrity(
    app: web::Data<App>,
    ctx: RequestCtx,
    body: Json<NewIntegrityCheck>,
) -> Result<HttpResponse, Problem> {
    let options = IntegrityOptions {
        deep: body.0.deep,
        repair: body.0.repair,
        ..IntegrityOptions::default()
    };
    if app.images.maintenance.start_integrity_run(&ctx, options).await? {
        let location = (header::LOCATION, "/api/v1/admin/integrity");
        return Ok(HttpResponse::Accepted().insert_header(location).finish());
    }
    let detail = "An integrity check is already running. `GET /admin/integrity` returns its progress.";
    Err(Problem::new(StatusCode::CONFLICT, "conflict", detail))
}
