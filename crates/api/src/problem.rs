//! Error responses: RFC 9457 `application/problem+json` with a stable code. Domain errors get their HTTP status only here.
mod catalog;

pub use catalog::{CATALOG, ProblemType};

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use infravault_kernel::{DomainError, ErrorKind, FieldError, error_chain};
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

/// The media type of every error.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// An error response that is not rendered yet. The middleware adds `type`, `instance` and `request_id` and renders it.
#[derive(Debug)]
pub struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    detail: String,
    fields: Vec<FieldError>,
    retry_after: Option<u32>,
    headers: Vec<(header::HeaderName, String)>,
    cause: Option<String>,
}

/// An error (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// URL of a page that describes this type of problem.
    #[serde(rename = "type")]
    #[schema(example = "https://images.example/problems/validation-failed")]
    kind: String,
    /// Short summary of the type of problem.
    #[schema(example = "Validation failed")]
    title: &'static str,
    /// HTTP status code.
    #[schema(example = 422)]
    status: u16,
    /// Stable code for programs.
    #[schema(example = "validation-failed")]
    code: &'static str,
    /// Explanation of this occurrence, for people.
    #[schema(example = "`title`: must have 1 to 200 characters")]
    detail: String,
    /// Path of the request.
    #[schema(example = "/api/v1/images/01a1fda7-e040-7c11-9a3e-2b6f0d4c8e15")]
    instance: String,
    /// ID of the request in the server's log.
    #[schema(example = "01a1fda7-e810-7b56-8d4f-90c3e2a1f7d8")]
    request_id: String,
    /// First invalid field or parameter, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "title")]
    field: Option<String>,
    /// All invalid fields or parameters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
}

/// An invalid field or parameter.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Name of the field.
    #[schema(example = "title")]
    field: String,
    /// Reason why the value is invalid.
    #[schema(example = "must have 1 to 200 characters")]
    detail: String,
}

impl Problem {
    /// An error of the HTTP layer.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let (fields, headers, detail) = (Vec::new(), Vec::new(), detail.into());
        let (retry_after, cause) = (None, None);
        Self(Box::new(Parts {
            status,
            code,
            detail,
            fields,
            retry_after,
            headers,
            cause,
        }))
    }

    /// An invalid path, query or header parameter (400).
    pub fn parameter(name: &str, detail: impl fmt::Display) -> Self {
        let text = format!("`{name}`: {detail}");
        Self::new(StatusCode::BAD_REQUEST, "invalid-parameter", text).with_field(name, detail)
    }

    /// An invalid field of a JSON or form body (422).
    pub fn field(name: &str, detail: impl fmt::Display) -> Self {
        let text = format!("`{name}`: {detail}");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation-failed", text).with_field(name, detail)
    }

    /// The same response for a resource that does not exist and for one that the caller cannot see.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "The resource does not exist or you do not have access to it.",
        )
    }

    /// An internal error (500); the cause goes only to the log.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let detail = "An unexpected error occurred. Report the request id to the operator.";
        let mut problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail);
        problem.0.cause = Some(cause.to_string());
        problem
    }

    /// The problem for an error response of the framework.
    pub fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(
                status,
                "payload-too-large",
                "The body exceeds the maximum size of this endpoint.",
            ),
            StatusCode::REQUEST_TIMEOUT => {
                Self::new(status, "request-timeout", "The request did not arrive in time.")
            }
            status if status.is_client_error() => Self::new(
                status,
                "invalid-request",
                "The request is not a valid HTTP request for this endpoint.",
            ),
            status => {
                let mut problem = Self::internal("the framework returned an error response");
                problem.0.status = status;
                problem
            }
        }
    }

    /// Adds an invalid field.
    #[must_use]
    pub fn with_field(mut self, name: &str, detail: impl fmt::Display) -> Self {
        self.0.fields.push(FieldError::new(name, detail));
        self
    }

    /// Adds a response header.
    #[must_use]
    pub fn with_header(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// Sets `Retry-After`, in seconds.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The cause, for the log only.
    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// Renders the response.
    pub fn render(&self, origin: &str, instance: &str, request_id: &str) -> HttpResponse {
        let body = self.body(origin, instance, request_id);
        let text = serde_json::to_string(&body).unwrap_or_default();
        self.head().content_type(MEDIA_TYPE).body(text)
    }

    /// The response body.
    pub fn body(&self, origin: &str, instance: &str, request_id: &str) -> ProblemBody {
        let errors: Vec<FieldProblem> = self
            .0
            .fields
            .iter()
            .map(|error| FieldProblem {
                field: error.field.clone(),
                detail: error.detail.clone(),
            })
            .collect();
        ProblemBody {
            kind: format!("{origin}/problems/{}", self.0.code),
            title: catalog::title(self.0.code),
            status: self.0.status.as_u16(),
            code: self.0.code,
            detail: self.0.detail.clone(),
            instance: instance.to_owned(),
            request_id: request_id.to_owned(),
            field: errors.first().map(|error| error.field.clone()),
            errors,
        }
    }

    fn head(&self) -> HttpResponseBuilder {
        let mut response = HttpResponse::build(self.0.status);
        for (name, value) in &self.0.headers {
            response.append_header((name.clone(), value.as_str()));
        }
        if let Some(seconds) = self.0.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if self.0.status == StatusCode::UNAUTHORIZED {
            let error = if self.0.code == "authentication-required" {
                ""
            } else {
                " error=\"invalid_token\""
            };
            response.insert_header((header::WWW_AUTHENTICATE, format!("Bearer{error}")));
        }
        response
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }
    fn error_response(&self) -> HttpResponse {
        self.head().finish()
    }
}

impl<E: DomainError> From<E> for Problem {
    fn from(error: E) -> Self {
        let mut problem = Self::new(status(error.kind()), error.code(), error.detail());
        problem.0.fields = error.fields();
        problem.0.retry_after = error.retry_after();
        problem.0.cause = Some(error_chain(&error));
        problem
    }
}

/// The HTTP status of a kind of error.
fn status(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Invalid => StatusCode::BAD_REQUEST,
        ErrorKind::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Denied => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Gone => StatusCode::GONE,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        ErrorKind::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::UnsupportedType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorKind::RangeNotSatisfiable => StatusCode::RANGE_NOT_SATISFIABLE,
        ErrorKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
