//! `POST /admin/integrity`: begins a comparison of store and database.
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
use infravault_images::Check;
use serde::Deserialize;
use utoipa::ToSchema;

/// How to compare.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StartIntegrity)]
pub struct StartIntegrityBody {
    /// Read every byte and compare the checksums, not only the lengths.
    #[serde(default)]
    deep: bool,
    /// Delete objects older than a day that no row names, forget lost renditions so that they are made again, and mark
    /// images whose original is missing or damaged.
    #[serde(default)]
    repair: bool,
}

/// Begins a comparison of the object store with the database, which goes on in the background; one at a time. Needs the
/// role ADMIN.
#[utoipa::path(
    post, path = "/api/v1/admin/integrity", tag = "admin",
    request_body = StartIntegrityBody,
    security(("session" = []), ("api_token" = [])),
    responses(
        (status = 202, description = "Begun", headers(("Location" = String, description = "Where its outcome is found"))),
        (status = 409, description = "Another one runs")
    )
)]
pub async fn start_integrity(
    app: web::Data<App>,
    ctx: RequestCtx,
    body: Json<StartIntegrityBody>,
) -> Result<HttpResponse, Problem> {
    let check = Check {
        deep: body.0.deep,
        repair: body.0.repair,
        ..Check::default()
    };
    if app.images.maintenance.start_integrity(&ctx, check).await? {
        let location = (header::LOCATION, "/api/v1/admin/integrity");
        return Ok(HttpResponse::Accepted().insert_header(location).finish());
    }
    let detail = "A comparison runs already; `GET /admin/integrity` tells how it goes.";
    Err(Problem::new(StatusCode::CONFLICT, "conflict", detail))
}
