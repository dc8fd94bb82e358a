//! What the API says about itself: the OpenAPI document, Swagger UI, and a page for each kind of problem.
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

/// One kind of problem.
#[derive(Serialize, ToSchema)]
pub struct ProblemKindBody {
    /// The stable code.
    code: &'static str,
    /// The usual HTTP status.
    status: u16,
    /// A few words.
    title: &'static str,
    /// What it means and what to do.
    about: &'static str,
}

/// Every kind of problem.
#[derive(Serialize, ToSchema)]
pub struct ProblemKindsBody {
    /// In alphabetical order.
    items: Vec<ProblemKindBody>,
}

/// Lists every kind of problem that this API answers with.
#[utoipa::path(get, path = "/problems", tag = "docs", responses((status = 200, body = ProblemKindsBody)))]
pub async fn list_problems() -> HttpResponse {
    HttpResponse::Ok().json(ProblemKindsBody {
        items: kinds().collect(),
    })
}

/// Describes one kind of problem; the `type` of a problem is the address of this page.
#[utoipa::path(get, path = "/problems/{code}", tag = "docs", params(("code" = String, Path)),
    responses((status = 200, body = ProblemKindBody)))]
pub async fn get_problem(code: web::Path<String>) -> Result<HttpResponse, Problem> {
    let kind = kinds()
        .find(|kind| kind.code == code.as_str())
        .ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(kind))
}

/// The OpenAPI 3.1 document of this API.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "docs",
    responses((status = 200, description = "The document", content_type = "application/json", body = serde_json::Value)))]
pub async fn get_openapi() -> HttpResponse {
    static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
    let document = DOCUMENT.get_or_init(|| openapi::document().to_json().unwrap_or_default().into());
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .content_type(header::ContentType::json())
        .body(ChunkedBytes(document.clone()))
}

fn kinds() -> impl Iterator<Item = ProblemKindBody> {
    CATALOG.iter().map(|entry| ProblemKindBody {
        code: entry.code,
        status: entry.status,
        title: entry.title,
        about: entry.description,
    })
}

/// Leads to Swagger UI.
pub async fn get_ui() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, "/docs/"))
        .finish()
}

/// A file of Swagger UI, which is inside the binary.
pub async fn get_ui_file(path: web::Path<String>) -> Result<HttpResponse, Problem> {
    const POLICY: &str =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";
    let settings = utoipa_swagger_ui::Config::from("/api/v1/openapi.json");
    let file = utoipa_swagger_ui::serve(&path, Arc::new(settings))
        .ok()
        .flatten()
        .ok_or_else(Problem::not_found)?;
    let mut answer = HttpResponse::Ok();
    if file.gzpipped {
        answer.insert_header(header::ContentEncoding::Gzip);
    }
    let bytes = match file.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    Ok(answer
        .content_type(file.content_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .body(ChunkedBytes(bytes)))
}
