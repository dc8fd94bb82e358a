//! Answers for failures: RFC 9457 `application/problem+json` with a stable code. HTTP statuses live only here.
use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use infravault_kernel::{Failure, FieldError, Kind};
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

/// The media type of every error.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A failure on its way to the caller. The middleware `request` completes it with `type`, `instance` and
/// `request_id` and writes it out.
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

/// The body of every error (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// A page that describes this kind of problem.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of problem in a few words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// The stable code that clients may rely on.
    code: &'static str,
    /// What happened and what can be done about it.
    detail: String,
    /// The path of the request.
    instance: String,
    /// Names the request in the server's log.
    request_id: String,
    /// The field that was wrong, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Every field that was wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
}

/// One field that was wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Its name.
    field: String,
    /// What is wrong with it.
    detail: String,
}

impl Problem {
    /// A problem of the HTTP layer itself, which no context knows.
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

    /// A parameter of the path, the query or a header that will not do.
    pub fn parameter(name: &str, detail: impl fmt::Display) -> Self {
        let text = format!("`{name}`: {detail}");
        Self::new(StatusCode::BAD_REQUEST, "invalid-parameter", text).with_field(name, detail)
    }

    /// A field of a JSON or form body that will not do.
    pub fn field(name: &str, detail: impl fmt::Display) -> Self {
        let text = format!("`{name}`: {detail}");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation-failed", text).with_field(name, detail)
    }

    /// There is no such thing, or none the caller may know of: the same answer for both.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "There is nothing here that you may see.",
        )
    }

    /// A fault of ours; the cause goes to the log only.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let detail = "Something went wrong on our side; the request id helps to find it.";
        let mut problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail);
        problem.0.cause = Some(cause.to_string());
        problem
    }

    /// Adds a field that was wrong.
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

    /// Says after how many seconds a retry makes sense.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What the log should say beside the code.
    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// The whole answer.
    pub fn respond(&self, origin: &str, instance: &str, request_id: &str) -> HttpResponse {
        let body = self.body(origin, instance, request_id);
        let text = serde_json::to_string(&body).unwrap_or_default();
        self.head().content_type(MEDIA_TYPE).body(text)
    }

    /// What the answer says.
    pub fn body(&self, origin: &str, instance: &str, request_id: &str) -> ProblemBody {
        let errors: Vec<FieldProblem> = self
            .0
            .fields
            .iter()
            .map(|fault| FieldProblem {
                field: fault.field.clone(),
                detail: fault.detail.clone(),
            })
            .collect();
        ProblemBody {
            kind: format!("{origin}/problems/{}", self.0.code),
            title: title(self.0.code),
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

impl<F: Failure> From<F> for Problem {
    fn from(failure: F) -> Self {
        let mut problem = Self::new(status(failure.kind()), failure.code(), failure.detail());
        problem.0.fields = failure.fields();
        problem.0.retry_after = failure.retry_after();
        problem.0.cause = Some(chain(&failure));
        problem
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let more = source.to_string();
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        next = source.source();
    }
    text
}

/// The one place where a kind of failure becomes an HTTP status.
fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::BAD_REQUEST,
        Kind::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Denied => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Gone => StatusCode::GONE,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        Kind::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::UnsupportedType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::RangeNotSatisfiable => StatusCode::RANGE_NOT_SATISFIABLE,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The problem for a status that the framework itself answered with.
pub fn of_status(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            status,
            "payload-too-large",
            "The body is larger than this endpoint takes.",
        ),
        StatusCode::REQUEST_TIMEOUT => {
            Problem::new(status, "request-timeout", "The request took too long to arrive.")
        }
        status if status.is_client_error() => {
            Problem::new(status, "invalid-request", "The request could not be understood.")
        }
        status => {
            let mut problem = Problem::internal("the framework answered with an error");
            problem.0.status = status;
            problem
        }
    }
}

/// One kind of problem, for the catalog.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The stable code.
    pub code: &'static str,
    /// The usual HTTP status.
    pub status: u16,
    /// A few words.
    pub title: &'static str,
    /// What it means and what to do.
    pub about: &'static str,
}

macro_rules! catalog {
    ($($code:literal $status:literal $title:literal $about:literal;)*) => {
        /// Every code that this API can answer with, in alphabetical order.
        pub const CATALOGUE: &[Entry] = &[$(Entry { code: $code, status: $status, title: $title, about: $about },)*];
    };
}

catalog! {
    "account-suspended" 403 "Account suspended" "An administrator has suspended this account. Ask them.";
    "authentication-required" 401 "Sign-in required" "Sign in, or send an API token as `Authorization: Bearer`.";
    "checksum-mismatch" 422 "Checksum mismatch" "The bytes that arrived are not those that the digest header names. Send them again.";
    "conflict" 409 "Conflict" "The request collides with the present state. Read it again and decide anew.";
    "csrf-rejected" 403 "Cross-site request refused" "A request with cookies needs the header `X-IV-CSRF: 1` and must come from our own origin.";
    "dependency-unavailable" 503 "Dependency unavailable" "The database or another service does not answer. Retry after the time in `Retry-After`.";
    "forbidden" 403 "Forbidden" "Your role does not allow this, or the thing belongs to somebody else.";
    "idempotency-in-flight" 409 "Request under way" "A request with this `Idempotency-Key` is still under way. Retry shortly.";
    "idempotency-mismatch" 422 "Idempotency-Key reused" "This `Idempotency-Key` was used for another request. Use a new one.";
    "image-too-complex" 422 "Image too complex" "The file would cost too much to decode: too many frames, scans, or packed data. See `GET /api/v1/limits`.";
    "image-too-large" 422 "Image too large" "Too many pixels, or a side too long. See `GET /api/v1/limits`.";
    "image-undecodable" 422 "Image cannot be decoded" "The file is damaged or incomplete. Export it again.";
    "import-failed" 422 "Import failed" "The other server did not give the image: it did not answer, broke off, or sent too much. Try again, or upload the file.";
    "insufficient-scope" 403 "Insufficient scope" "The API token may not do this. Make one with the scope named, or sign in.";
    "internal" 500 "Internal error" "A fault of ours. Tell the operator the request id.";
    "invalid-parameter" 400 "Invalid parameter" "A path, query or header value will not do; `field` names it.";
    "invalid-request" 400 "Invalid request" "The request could not be understood.";
    "invalid-return-to" 400 "Invalid return path" "`return_to` must be a path on this site, such as `/gallery`.";
    "invalid-signature" 403 "Invalid signature" "The address was not signed by this server, or was changed since. Ask the image's owner for another one.";
    "invalid-token" 401 "Invalid token" "The token is malformed, forged or expired. Refresh it or sign in again.";
    "last-administrator" 409 "Last administrator" "The last active administrator cannot be demoted or suspended. Appoint another one first.";
    "sign-in-failed" 400 "Sign-in failed" "The sign-in could not be completed. Start again.";
    "sign-in-unavailable" 503 "Sign-in unavailable" "The identity provider does not answer. Sessions go on working; try to sign in later.";
    "malformed-json" 400 "Malformed JSON" "The body is no valid JSON.";
    "malformed-multipart" 400 "Malformed form" "The multipart form is broken, or its parts are in an order that cannot be streamed: `file` comes last.";
    "method-not-allowed" 405 "Method not allowed" "`Allow` lists what this resource answers.";
    "misdirected-request" 421 "Misdirected request" "This server does not answer for that host name.";
    "not-enabled" 403 "Not enabled" "The operator of this server has not switched this on.";
    "not-found" 404 "Not found" "There is nothing here that you may see.";
    "overloaded" 503 "Overloaded" "Too many images are being worked on. Retry after the time in `Retry-After`.";
    "payload-too-large" 413 "Payload too large" "The body is larger than permitted. See `GET /api/v1/limits`.";
    "precondition-failed" 412 "Precondition failed" "It was changed meanwhile. Read it again and repeat with the new `ETag`.";
    "precondition-required" 428 "Precondition required" "Send `If-Match` with the `ETag` you read, so that nobody's change is lost.";
    "range-not-satisfiable" 416 "Range not satisfiable" "The range lies outside; `Content-Range` gives the size.";
    "rate-limited" 429 "Too many requests" "Retry after the time in `Retry-After`.";
    "reauthentication-required" 401 "Sign in again" "This needs a sign-in of the last minutes. Sign in again and repeat.";
    "refresh-conflict" 409 "Already refreshed" "Another tab refreshed this session a moment ago. Use its cookies: repeat the request.";
    "request-timeout" 408 "Request timed out" "The request took too long to arrive.";
    "session-expired" 401 "Session ended" "The session or token has ended. Sign in again.";
    "session-revoked" 401 "Session revoked" "The session was ended, because its refresh token was used twice. Sign in again.";
    "signup-disabled" 403 "Sign-up disabled" "This installation takes no new accounts. Ask an administrator.";
    "storage-quota-exceeded" 403 "Storage quota exceeded" "There is not enough room left in your account. Purge images from the trash, where they still count, or ask for more.";
    "storage-unavailable" 503 "Storage unavailable" "The object store or the spool cannot take it now. Retry after the time in `Retry-After`.";
    "too-many-uploads" 429 "Too many uploads" "Too many are open, or are being sent at once. Finish or end some; one that has too many pieces must be begun anew.";
    "tus-version" 412 "Unknown version of tus" "Send `Tus-Resumable: 1.0.0`.";
    "unsupported-content-encoding" 415 "Unsupported content encoding" "Send the body without `Content-Encoding`.";
    "unsupported-image-type" 415 "Unsupported image type" "The content is no JPEG, PNG, GIF or WebP, whatever its name says.";
    "unsupported-media-type" 415 "Unsupported media type" "The `Content-Type` is not one that this endpoint takes.";
    "upload-busy" 409 "Upload is being finished" "An image is being made of this upload. Ask again in a moment. `HEAD` answers 423.";
    "upload-checksum-mismatch" 460 "Checksum mismatch" "The bytes that arrived are not those that `Upload-Checksum` names. Send them again from the same offset.";
    "upload-gone" 410 "Upload ended" "The upload has ended or expired. Begin another one.";
    "upload-mismatch" 422 "Upload does not match" "What was stored is not what was announced, or not all there. `detail` says whether bytes are missing; then store them and ask again.";
    "upload-offset-mismatch" 409 "Wrong offset" "The upload stands elsewhere. Ask for its `Upload-Offset` and continue there.";
    "url-expired" 403 "Address expired" "The signed address does not hold any more. Ask the image's owner for another one.";
    "url-not-allowed" 422 "Address not allowed" "Images are fetched by http and https from public networks only, with at most three redirects.";
    "validation-failed" 422 "Validation failed" "`errors` names every field that will not do.";
}

fn title(code: &str) -> &'static str {
    CATALOGUE
        .iter()
        .find(|entry| entry.code == code)
        .map_or("Problem", |entry| entry.title)
}
