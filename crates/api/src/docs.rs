//! What the API says about itself: the OpenAPI document, Swagger UI, and a page for each kind of problem.
use crate::{
    openapi,
    problem::{CATALOGUE, Problem},
};
use actix_web::{HttpRequest, HttpResponse, dev::Service, http::header, web};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_swagger_ui::SwaggerUi;

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
    let max_age = (header::CACHE_CONTROL, "public, max-age=300");
    HttpResponse::Ok()
        .insert_header(max_age)
        .json(openapi::document())
}

fn kinds() -> impl Iterator<Item = ProblemKindBody> {
    CATALOGUE.iter().map(|entry| ProblemKindBody {
        code: entry.code,
        status: entry.status,
        title: entry.title,
        about: entry.about,
    })
}

/// Serves Swagger UI at `/docs/` from files inside the binary.
pub fn configure(config: &mut web::ServiceConfig) {
    let ui = SwaggerUi::new("/{_:.*}").config(utoipa_swagger_ui::Config::from("/api/v1/openapi.json"));
    let policy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";
    let scope = web::scope("/docs").service(ui).wrap_fn(move |request, service| {
        let answer = service.call(request);
        async move {
            let mut answer = answer.await?;
            let headers = answer.headers_mut();
            headers.insert(
                header::CONTENT_SECURITY_POLICY,
                header::HeaderValue::from_static(policy),
            );
            headers.insert(
                header::CACHE_CONTROL,
                header::HeaderValue::from_static("public, max-age=300"),
            );
            Ok(answer)
        }
    });
    config.service(web::resource("/docs").to(async |_: HttpRequest| {
        HttpResponse::PermanentRedirect()
            .insert_header((header::LOCATION, "/docs/"))
            .finish()
    }));
    config.service(scope);
}
