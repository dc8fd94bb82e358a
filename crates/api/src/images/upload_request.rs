//! Headers and bodies of requests that upload images.
use crate::problem::Problem;
use actix_web::{
    HttpRequest,
    error::PayloadError,
    http::{
        StatusCode,
        header::{self, HeaderMap},
    },
    web::{self, Bytes},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::{Stream, StreamExt};
use infravault_images::{BodyError, Error, IdempotencyKey};
use infravault_kernel::Sha256;

/// Returns the announced length of the body.
pub(crate) fn content_length(request: &HttpRequest) -> Option<u64> {
    request
        .headers()
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

pub(super) fn idempotency_key(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Problem> {
    const NAME: &str = "Idempotency-Key";
    let Some(value) = request.headers().get(NAME) else {
        return Ok(None);
    };
    let text = value
        .to_str()
        .map_err(|_| Problem::parameter(NAME, "must be 1 to 255 visible ASCII characters"))?;
    let key = IdempotencyKey::parse(text.trim());
    key.map(Some).map_err(|error| Problem::parameter(NAME, error))
}

/// Returns the SHA-256 of `Repr-Digest` or `Content-Digest` (RFC 9530). They are equal, because bodies are never encoded.
pub(super) fn announced_digest(headers: &HeaderMap) -> Result<Option<Sha256>, Problem> {
    let mut found = None;
    for name in ["Repr-Digest", "Content-Digest"] {
        for value in headers.get_all(name) {
            for member in value.to_str().unwrap_or_default().split(',') {
                let Some((algorithm, bytes)) = member.split_once('=') else {
                    return Err(Problem::parameter(
                        name,
                        "must be a dictionary such as `sha-256=:…:`",
                    ));
                };
                if algorithm.trim() != "sha-256" {
                    continue;
                }
                let digest = parse_sha256(bytes.trim()).ok_or_else(|| {
                    Problem::parameter(name, "must have 32 bytes in base64 between colons as `sha-256`")
                })?;
                if found.is_some_and(|found| found != digest) {
                    return Err(Problem::parameter(
                        name,
                        "contradicts another digest of this request",
                    ));
                }
                found = Some(digest);
            }
        }
    }
    Ok(found)
}

fn parse_sha256(text: &str) -> Option<Sha256> {
    let bytes = STANDARD.decode(text.strip_prefix(':')?.strip_suffix(':')?).ok()?;
    Sha256::try_from(bytes.as_slice()).ok()
}

pub(crate) fn body_stream(payload: web::Payload) -> impl Stream<Item = Result<Bytes, BodyError>> {
    payload.map(|bytes| bytes.map_err(|error| body_error(&error)))
}

pub(super) fn body_error(error: &PayloadError) -> BodyError {
    match error {
        PayloadError::Overflow => BodyError::Malformed("A part of the form is too large.".to_owned()),
        _ => BodyError::Interrupted,
    }
}

/// Converts an error of an upload. A body that is too slow is the only one that needs a status of its own.
pub(crate) fn upload_problem(error: Error) -> Problem {
    match error {
        Error::Body(BodyError::TooSlow) => Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "request-timeout",
            BodyError::TooSlow.to_string(),
        ),
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        headers
    }

    #[test]
    fn digest_is_a_dictionary_with_sha_256() {
        let abc = "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:";
        for (pairs, expected) in [
            (vec![], Ok(None)),
            (vec![("repr-digest", abc)], Ok(Some(Sha256::digest(b"abc")))),
            (
                vec![("content-digest", abc), ("repr-digest", abc)],
                Ok(Some(Sha256::digest(b"abc"))),
            ),
            (vec![("repr-digest", "sha-512=:AAAA:")], Ok(None)),
            (vec![("repr-digest", "sha-256=:AAAA:")], Err(())),
            (vec![("repr-digest", "sha-256=abc")], Err(())),
            (vec![("repr-digest", "nonsense")], Err(())),
        ] {
            assert_eq!(
                announced_digest(&headers(&pairs)).map_err(|_| ()),
                expected,
                "{pairs:?}"
            );
        }
    }
}
