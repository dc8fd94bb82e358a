//! The outermost layer: names the request, guards it, catches what panics, renders failures, logs one line.
use super::{client, guard, headers, rate_limit::Decision};
use crate::{app::App, extract::Identity, problem, problem::Problem};
use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderName, HeaderValue},
    middleware::Next,
    web,
};
use futures_util::FutureExt;
use infravault_kernel::{Credential, Ctx, RequestId};
use slog::Logger;
use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex},
    time::Instant,
};

/// Wraps every request; the order of the steps is the order of the code.
pub async fn request(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(app) = request.app_data::<web::Data<App>>().cloned() else {
        return Err(Problem::internal("the application is not wired").into());
    };
    let started = Instant::now();
    let ip = client::address(&request, &app.config.server.trusted_proxies);
    let (request_id, log) = name(&app, &request);
    let guarded = guard::guard(&app, &request, ip);
    let (credential, decision, refused) = match guarded {
        Ok(guarded) => (guarded.credential.map_err(Some), guarded.decision, None),
        Err((problem, decision)) => (Ok(Credential::Anonymous), decision, Some(problem)),
    };
    request.extensions_mut().insert(Identity {
        request_id: request_id.clone(),
        log: log.clone(),
        ip,
        credential: Arc::new(Mutex::new(credential)),
        clock: app.clock.clone(),
    });
    let (method, path) = (request.method().clone(), request.path().to_owned());
    let response = match refused {
        Some(problem) => request.error_response(problem),
        None => call(request, next).await,
    };
    let mut response = render(&app, response, &path, &request_id, &log);
    finish(&app, &mut response, &request_id, decision.as_ref());
    slog::info!(log, "answered";
        "method" => method.as_str().to_owned(), "path" => path, "status" => response.status().as_u16(),
        "ms" => u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX), "ip" => ip.to_string());
    Ok(response)
}

/// A new request id, or the one that a trusted proxy sent.
fn name(app: &App, request: &ServiceRequest) -> (RequestId, Logger) {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let trusted = peer.is_some_and(|peer| app.config.server.trusted_proxies.contains(&peer));
    let sent = request.headers().get("x-request-id").and_then(|value| value.to_str().ok());
    let sent = sent.filter(|_| trusted).and_then(RequestId::parse);
    let ctx = match sent {
        Some(id) => Ctx::with_request_id(id, &app.log, Credential::Anonymous, app.clock.clone()),
        None => Ctx::new(&app.log, Credential::Anonymous, app.clock.clone()),
    };
    (ctx.request_id, ctx.log)
}

/// Runs the handler. A panic costs this request only.
async fn call(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> ServiceResponse<BoxBody> {
    let kept = request.request().clone();
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) => response.map_into_boxed_body(),
        Ok(Err(error)) => ServiceResponse::from_err(error, kept),
        Err(_) => ServiceResponse::from_err(Problem::internal("a handler panicked"), kept),
    }
}

/// Writes a failure out as problem+json, also what the framework answered by itself, and logs faults of ours.
fn render(
    app: &App, response: ServiceResponse<BoxBody>, path: &str, request_id: &RequestId, log: &Logger,
) -> ServiceResponse<BoxBody> {
    if response.status().as_u16() < 400 || has_json(response.response()) {
        return response;
    }
    let origin = app.config.server.public_origin.as_str();
    let (request, failed) = response.into_parts();
    let generic;
    let problem = match failed.error().and_then(|error| error.as_error::<Problem>()) {
        Some(problem) => problem,
        None => {
            generic = problem::of_status(failed.status());
            &generic
        }
    };
    if failed.status().is_server_error() {
        slog::error!(log, "a request failed"; "code" => problem.code(), "cause" => problem.cause().unwrap_or("unknown").to_owned());
    } else {
        slog::debug!(log, "a request was refused"; "code" => problem.code(), "cause" => problem.cause().unwrap_or("").to_owned());
    }
    let mut answer = problem.respond(origin, path, request_id.as_str());
    for (name, value) in failed.headers() {
        if !answer.headers().contains_key(name) && *name != header::CONTENT_TYPE {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    ServiceResponse::new(request, answer)
}

/// Whether a handler wrote the body of its failure itself, as readiness does.
fn has_json(response: &HttpResponse<BoxBody>) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == "application/json")
}

fn finish(app: &App, response: &mut ServiceResponse<BoxBody>, request_id: &RequestId, decision: Option<&Decision>) {
    let https = app.config.server.public_origin.starts_with("https:");
    let headers = response.headers_mut();
    headers::add(headers, https);
    if let Ok(value) = HeaderValue::from_str(request_id.as_str()) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    if let Some(decision) = decision {
        decision.add(headers);
    }
}
