//! The outermost layer: names the request, guards it, catches what panics, renders failures, logs one line.
use super::{client, guard, headers, rate_limit::Decision};
use crate::{
    app::App,
    extract::Identity,
    problem::{self, Problem},
};
use actix_web::{
    Error, HttpMessage, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
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
pub async fn request(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
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
    let (method, path) = (request.method().as_str().to_owned(), request.path().to_owned());
    let answered = match refused {
        Some(problem) => Ok(request.error_response(problem)),
        None => call(request, next).await,
    };
    let place = Place {
        app: &app,
        path: &path,
        request_id: &request_id,
        log: &log,
    };
    let answered = match answered {
        Ok(response) => {
            let mut response = place.render(response);
            place.finish(response.headers_mut(), decision.as_ref());
            Ok(response)
        }
        Err(problem) => {
            let mut response = place.write(&problem);
            place.finish(response.headers_mut(), decision.as_ref());
            Err(response)
        }
    };
    let status = answered
        .as_ref()
        .map_or_else(HttpResponse::status, ServiceResponse::status);
    slog::info!(log, "answered"; "method" => method, "path" => path.clone(), "status" => status.as_u16(),
        "ms" => u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX), "ip" => ip.to_string());
    answered.map_err(|response| InternalError::from_response("answered already", response).into())
}

/// A new request id, or the one that a trusted proxy sent.
fn name(app: &App, request: &ServiceRequest) -> (RequestId, Logger) {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let trusted = peer.is_some_and(|peer| app.config.server.trusted_proxies.contains(&peer));
    let sent = request
        .headers()
        .get("x-request-id")
        .and_then(|value| value.to_str().ok());
    let sent = sent.filter(|_| trusted).and_then(RequestId::parse);
    let ctx = match sent {
        Some(id) => Ctx::with_request_id(id, &app.log, Credential::Anonymous, app.clock.clone()),
        None => Ctx::new(&app.log, Credential::Anonymous, app.clock.clone()),
    };
    (ctx.request_id, ctx.log)
}

/// Runs the handler. A panic costs this request only; the request itself is gone with it, so the answer is made
/// without one.
async fn call(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Problem> {
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) => Ok(response.map_into_boxed_body()),
        Ok(Err(error)) => Err(problem::of_status(error.as_response_error().status_code())),
        Err(_) => Err(Problem::internal("a handler panicked")),
    }
}

/// What rendering needs to know of the request.
struct Place<'a> {
    app: &'a App,
    path: &'a str,
    request_id: &'a RequestId,
    log: &'a Logger,
}

impl Place<'_> {
    /// Writes a failure out as problem+json, also what the framework answered by itself.
    fn render(&self, response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        if response.status().as_u16() < 400 || has_json(response.response()) {
            return response;
        }
        let (request, failed) = response.into_parts();
        let mut answer = match failed.error().and_then(|error| error.as_error::<Problem>()) {
            Some(problem) => self.write(problem),
            None => self.write(&problem::of_status(failed.status())),
        };
        for (name, value) in failed.headers() {
            if !answer.headers().contains_key(name) && *name != header::CONTENT_TYPE {
                answer.headers_mut().append(name.clone(), value.clone());
            }
        }
        ServiceResponse::new(request, answer)
    }

    /// The answer for a problem; faults of ours go to the log with their cause.
    fn write(&self, problem: &Problem) -> HttpResponse<BoxBody> {
        let (code, cause) = (problem.code(), problem.cause().unwrap_or_default().to_owned());
        if problem.status_code().is_server_error() {
            slog::error!(self.log, "a request failed"; "code" => code, "cause" => cause);
        } else {
            slog::debug!(self.log, "a request was refused"; "code" => code, "cause" => cause);
        }
        problem.respond(
            &self.app.config.server.public_origin,
            self.path,
            self.request_id.as_str(),
        )
    }

    fn finish(&self, headers: &mut HeaderMap, decision: Option<&Decision>) {
        headers::add(
            headers,
            self.app.config.server.public_origin.starts_with("https:"),
        );
        if let Ok(value) = HeaderValue::from_str(self.request_id.as_str()) {
            headers.insert(HeaderName::from_static("x-request-id"), value);
        }
        if let Some(decision) = decision {
            decision.add(headers);
        }
    }
}

/// Whether a handler wrote the body of its failure itself, as readiness does.
fn has_json(response: &HttpResponse<BoxBody>) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value == "application/json")
}
