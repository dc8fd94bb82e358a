//! The outermost middleware: assigns the request id, runs the checks, catches panics, renders errors, logs one line.
use super::{client, guard::admit_request, headers::add_default_headers, rate_limit::Decision};
use crate::{app::App, extract::RequestInfo, problem::Problem};
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

/// Handles one request, from its headers to its log line.
pub async fn handle_request(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(app) = request.app_data::<web::Data<App>>().cloned() else {
        return Err(Problem::internal("the application state is missing").into());
    };
    let started = Instant::now();
    let ip = client::address(&request, &app.config.server.trusted_proxies);
    let (request_id, log) = assign_request_id(&app, &request);
    let (credential, decision, rejection) = match admit_request(&app, &request, ip) {
        Ok(admission) => (admission.credential.map_err(Some), admission.decision, None),
        Err((problem, decision)) => (Ok(Credential::Anonymous), decision, Some(problem)),
    };
    request.extensions_mut().insert(RequestInfo {
        request_id: request_id.clone(),
        log: log.clone(),
        ip,
        credential: Arc::new(Mutex::new(credential)),
        clock: app.clock.clone(),
    });
    let (method, path) = (request.method().as_str().to_owned(), request.path().to_owned());
    let response = match rejection {
        Some(problem) => Ok(request.error_response(problem)),
        None => call_handler(request, next).await,
    };
    let context = ResponseContext {
        app: &app,
        path: &path,
        request_id: &request_id,
        log: &log,
    };
    let response = match response {
        Ok(response) => {
            let mut response = context.render_errors(response);
            context.add_headers(response.headers_mut(), decision.as_ref());
            Ok(response)
        }
        Err(problem) => {
            let mut response = context.render_problem(&problem);
            context.add_headers(response.headers_mut(), decision.as_ref());
            Err(response)
        }
    };
    let status = response
        .as_ref()
        .map_or_else(HttpResponse::status, ServiceResponse::status);
    slog::info!(log, "request completed"; "method" => method, "path" => path.clone(), "status" => status.as_u16(),
        "ms" => u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX), "ip" => ip.to_string());
    response.map_err(|response| InternalError::from_response("already rendered", response).into())
}

/// Uses the request id that a trusted proxy sent, or creates one.
fn assign_request_id(app: &App, request: &ServiceRequest) -> (RequestId, Logger) {
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

/// Calls the handler and turns a panic into an error of this request only. The panic destroys the request, so the
/// response is rendered without it.
async fn call_handler(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Problem> {
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) => Ok(response.map_into_boxed_body()),
        Ok(Err(error)) => Err(Problem::from_status(error.as_response_error().status_code())),
        Err(_) => Err(Problem::internal("a handler panicked")),
    }
}

/// Facts about the request that rendering needs.
struct ResponseContext<'a> {
    app: &'a App,
    path: &'a str,
    request_id: &'a RequestId,
    log: &'a Logger,
}

impl ResponseContext<'_> {
    /// Renders errors of handlers and of the framework as problem+json.
    fn render_errors(&self, response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        if response.status().as_u16() < 400 || has_json(response.response()) {
            return response;
        }
        let (request, failed) = response.into_parts();
        let mut rendered = match failed.error().and_then(|error| error.as_error::<Problem>()) {
            Some(problem) => self.render_problem(problem),
            None => self.render_problem(&Problem::from_status(failed.status())),
        };
        for (name, value) in failed.headers() {
            if !rendered.headers().contains_key(name) && *name != header::CONTENT_TYPE {
                rendered.headers_mut().append(name.clone(), value.clone());
            }
        }
        ServiceResponse::new(request, rendered)
    }

    /// Renders the problem and logs its cause.
    fn render_problem(&self, problem: &Problem) -> HttpResponse<BoxBody> {
        let (code, cause) = (problem.code(), problem.cause().unwrap_or_default().to_owned());
        if problem.status_code().is_server_error() {
            slog::error!(self.log, "request failed"; "code" => code, "cause" => cause);
        } else {
            slog::debug!(self.log, "request rejected"; "code" => code, "cause" => cause);
        }
        problem.render(
            &self.app.config.server.public_origin,
            self.path,
            self.request_id.as_str(),
        )
    }

    fn add_headers(&self, headers: &mut HeaderMap, decision: Option<&Decision>) {
        add_default_headers(
            headers,
            self.app.config.server.public_origin.starts_with("https:"),
        );
        if let Ok(value) = HeaderValue::from_str(self.request_id.as_str()) {
            headers.insert(HeaderName::from_static("x-request-id"), value);
        }
        if let Some(decision) = decision {
            decision.add_headers(headers);
        }
    }
}

/// Whether the handler rendered the body of its error itself, as the readiness check does.
fn has_json(response: &HttpResponse<BoxBody>) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value == "application/json")
}
