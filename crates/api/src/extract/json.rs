//! Typed JSON bodies; an error names the invalid field.
use super::field_error;
use crate::problem::Problem;
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{StatusCode, header},
    web,
};
use futures_util::{StreamExt, future::LocalBoxFuture};
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::time::timeout;

/// Maximum size of a JSON body, in bytes.
pub const MAX_JSON_BYTES: usize = 64 * 1024;

const DEADLINE: Duration = Duration::from_secs(10);

/// A JSON body of at most `MAX_JSON_BYTES` that arrives within 10 seconds. `T` should deny unknown fields.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let head = check_head(request);
        let payload = payload.take();
        Box::pin(async move {
            head?;
            let body = timeout(DEADLINE, read_body(payload)).await.map_err(|_| {
                let detail = format!("A JSON body must arrive within {} seconds.", DEADLINE.as_secs());
                Problem::new(StatusCode::REQUEST_TIMEOUT, "request-timeout", detail)
            })?;
            parse(&body?).map(Self)
        })
    }
}

fn check_head(request: &HttpRequest) -> Result<(), Problem> {
    reject_content_encoding(request)?;
    let media_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let media_type = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if matches!(
        media_type.as_str(),
        "application/json" | "application/merge-patch+json"
    ) {
        return Ok(());
    }
    let detail = "Send the body as `Content-Type: application/json`.";
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-media-type",
        detail,
    ))
}

/// Rejects compressed bodies: the server never decompresses a body, so decompression bombs are impossible.
pub fn reject_content_encoding(request: &HttpRequest) -> Result<(), Problem> {
    let encoding = request
        .headers()
        .get(header::CONTENT_ENCODING)
        .map(header::HeaderValue::as_bytes);
    if encoding.is_none_or(|encoding| encoding.eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    let detail = "Send the body without `Content-Encoding`.";
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-content-encoding",
        detail,
    ))
}

async fn read_body(mut payload: Payload) -> Result<web::BytesMut, Problem> {
    let mut body = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "invalid-request",
                "The connection closed before the end of the body.",
            )
        })?;
        if body.len() + chunk.len() > MAX_JSON_BYTES {
            let detail = format!("A JSON body must have at most {MAX_JSON_BYTES} bytes.");
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "payload-too-large",
                detail,
            ));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if body.windows(6).any(|window| window == b"\\u0000") {
        return Err(Problem::field("body", "must not contain the character U+0000"));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        match error.classify() {
            serde_json::error::Category::Data => {
                let message = error.to_string();
                let message = message.split(" at line ").next().unwrap_or_default();
                let (field, detail) = field_error(&path, message);
                Problem::field(&field, detail)
            }
            // serde_json reports some type errors in valid JSON as syntax errors.
            _ if serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok() => {
                let (field, detail) = field_error(&path, "has the wrong type");
                Problem::field(&field, detail)
            }
            _ => malformed(&error),
        }
    })?;
    json.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "malformed-json",
        format!("The body is not valid JSON: {error}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsed")]
    struct Body {
        title: String,
        #[serde(default)]
        tags: Vec<String>,
        kind: Option<Kind>,
    }

    #[derive(Debug, serde::Deserialize)]
    enum Kind {
        One,
    }

    #[test]
    fn error_names_the_invalid_field() {
        let cases: [(&str, &str, &str); 9] = [
            (r#"{"title":"x","role":"ADMIN"}"#, "validation-failed", "`role`"),
            (r"{}", "validation-failed", "`title`"),
            (r#"{"title":1}"#, "validation-failed", "`title`"),
            (r#"{"title":"x","tags":[1]}"#, "validation-failed", "`tags[0]`"),
            (r#"{"title":"x","title":"y"}"#, "validation-failed", "`title`"),
            (r#"{"title":"x","kind":1}"#, "validation-failed", "`kind`"),
            (r#"{"title":"a\u0000b"}"#, "validation-failed", "U+0000"),
            (r#"{"title":"#, "malformed-json", ""),
            (r#"{"title":"x"} trailing"#, "malformed-json", ""),
        ];
        for (body, code, part) in cases {
            let problem = parse::<Body>(body.as_bytes()).unwrap_err();
            assert_eq!(problem.code(), code, "{body}");
            assert!(problem.to_string().contains(part), "{body}: {problem}");
        }
        assert!(parse::<Body>(br#"{"title":"x"}"#).is_ok());
    }

    #[test]
    fn deep_nesting_does_not_overflow_the_stack() {
        let deep = "[".repeat(MAX_JSON_BYTES);
        assert_eq!(
            parse::<Body>(deep.as_bytes()).unwrap_err().code(),
            "validation-failed"
        );
        let deep = format!(r#"{{"title":{deep}"#);
        assert_eq!(
            parse::<Body>(deep.as_bytes()).unwrap_err().code(),
            "validation-failed"
        );
    }
}
