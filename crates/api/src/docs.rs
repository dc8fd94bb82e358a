//! Documentation of the API: the OpenAPI document, Swagger UI, and the catalog of problems.
use crate::{
    chunked_bytes::ChunkedBytes,
    openapi,
    problem::{CATALOG, Problem},
};
use actix_web::{
    HttpResponse,
    http::header,
    web::{self, Bytes},
};
use serde::Serialize;
use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};
use utoipa::ToSchema;

/// A kind of problem.
#[derive(Serialize, ToSchema)]
pub struct ProblemKind {
    /// Stable code.
    #[schema(example = "not-found")]
    code: &'static str,
    /// Usual HTTP status.
    #[schema(example = 404)]
    status: u16,
    /// Short summary.
    #[schema(example = "Not found")]
    title: &'static str,
    /// Meaning of the problem and how to solve it.
    #[schema(example = "The resource does not exist or you do not have access to it.")]
    description: &'static str,
}

/// The catalog of problems.
#[derive(Serialize, ToSchema)]
pub struct ProblemCatalog {
    /// All kinds of problems, in alphabetical order of their codes.
    items: Vec<ProblemKind>,
}

/// List all problem codes
///
/// Returns every kind of problem that the API can return. No authentication required.
#[utoipa::path(get, path = "/problems", tag = "docs", 
    responses((status = 200, description = "The catalog of problems.", body = ProblemCatalog)))]
pub async fn list_problems() -> HttpResponse {
    HttpResponse::Ok().json(ProblemCatalog {
        items: kinds().collect(),
    })
}

/// Get a problem code
///
/// Returns the description of a kind of problem. The `type` of a problem is the URL of this resource. No authentication required.
#[utoipa::path(get, path = "/problems/{code}", tag = "docs", params(("code" = String, Path, description = "Problem code.", example = "not-found")),
    responses((status = 200, description = "The kind of problem.", body = ProblemKind)))]
pub async fn get_problem(code: web::Path<String>) -> Result<HttpResponse, Problem> {
    let kind = kinds()
        .find(|kind| kind.code == code.as_str())
        .ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(kind))
}

/// Get this OpenAPI document
///
/// Returns the OpenAPI 3.1 document of the running version. No authentication required.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "docs",
    responses((status = 200, description = "The document.", content_type = "application/json", body = serde_json::Value, example = json!({ "openapi": "3.1.0", "info": { "title": "InfraVault", "version": "0.1.0" }, "paths": {} }))))]
pub async fn get_openapi() -> HttpResponse {
    static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
    let document = DOCUMENT.get_or_init(|| openapi::document().to_json().unwrap_or_default().into());
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .content_type(header::ContentType::json())
        .body(ChunkedBytes(document.clone()))
}

fn kinds() -> impl Iterator<Item = ProblemKind> {
    CATALOG.iter().map(|entry| ProblemKind {
        code: entry.code,
        status: entry.status,
        title: entry.title,
        description: entry.description,
    })
}

/// Redirects to Swagger UI.
pub async fn get_ui() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, "/docs/"))
        .finish()
}

/// Returns a file of Swagger UI, which is embedded in the binary.
pub async fn get_ui_file(path: web::Path<String>) -> Result<HttpResponse, Problem> {
    const POLICY: &str =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";
    let settings = utoipa_swagger_ui::Config::from("/api/v1/openapi.json");
    let file = utoipa_swagger_ui::serve(&path, Arc::new(settings))
        .ok()
        .flatten()
        .ok_or_else(Problem::not_found)?;
    let mut response = HttpResponse::Ok();
    if file.gzpipped {
        response.insert_header(header::ContentEncoding::Gzip);
    }
    let bytes = match file.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    Ok(response
        .content_type(file.content_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .body(ChunkedBytes(bytes)))
}
