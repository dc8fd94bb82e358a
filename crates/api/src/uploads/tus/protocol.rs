//! What every request and answer of tus has in common: versions, headers, failures.
use crate::problem::Problem;
use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use infravault_images::{Checksum, ChecksumAlgorithm, UploadSession, Uploaded};
use infravault_kernel::{DomainError, UploadId};
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

/// The one version of the protocol that there is.
pub(super) const VERSION: &str = "1.0.0";
/// Where uploads are.
pub(super) const PATH: &str = "/api/v1/uploads/tus";
pub(super) const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub(super) const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(super) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
pub(super) const UPLOAD_CONCAT: HeaderName = HeaderName::from_static("upload-concat");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
/// Which image was made of an upload; not part of tus.
pub(super) const UPLOAD_IMAGE: HeaderName = HeaderName::from_static("upload-image-id");
/// The type of the bytes of an upload.
const BYTES: &str = "application/offset+octet-stream";
/// As RFC 9110 section 5.6.7 writes times.
const HTTP_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// Refuses requests of another version, and of none.
pub(super) fn check_version(request: &HttpRequest) -> Result<(), Problem> {
    if request
        .headers()
        .get(RESUMABLE)
        .is_some_and(|version| version == VERSION)
    {
        return Ok(());
    }
    let detail = "Send `Tus-Resumable: 1.0.0`.";
    let problem = Problem::new(StatusCode::PRECONDITION_FAILED, "tus-version", detail);
    Err(own(
        problem.with_header(HeaderName::from_static("tus-version"), VERSION)
    ))
}

/// A failure as tus wants it.
pub(super) fn own(problem: Problem) -> Problem {
    problem.with_header(RESUMABLE, VERSION)
}

/// A failure of ours as tus wants it.
pub(super) fn failed(error: infravault_images::Error) -> Problem {
    const CHECKSUM_MISMATCH: u16 = 460;
    if error.code() == "upload-checksum-mismatch"
        && let Ok(status) = StatusCode::from_u16(CHECKSUM_MISMATCH)
    {
        return own(Problem::new(status, error.code(), error.detail()));
    }
    own(crate::images::upload_problem(error))
}

/// An answer with the header that all have.
pub(super) fn answer(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((RESUMABLE, VERSION));
    response
}

/// Adds where an upload stands, and the image if there is one.
pub(super) fn describe(
    response: &mut HttpResponseBuilder,
    upload: &UploadSession,
    uploaded: Option<&Uploaded>,
) {
    response
        .insert_header((UPLOAD_OFFSET, upload.received))
        .insert_header((UPLOAD_EXPIRES, http_date(upload.expires_at)));
    let image = uploaded.map(|uploaded| uploaded.image.id).or(upload.image);
    if let Some(image) = image {
        let link = format!("</api/v1/images/{image}>; rel=\"related\"");
        response
            .insert_header((UPLOAD_IMAGE, image.to_string()))
            .insert_header((header::LINK, link));
    }
}

/// Where an upload is; without a host, so that it is right behind every proxy.
pub(super) fn location(id: UploadId) -> String {
    format!("{PATH}/{id}")
}

/// A header as text.
pub(super) fn text<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

/// A header that is a number.
pub(super) fn number(request: &HttpRequest, name: &HeaderName) -> Result<Option<u64>, Problem> {
    let Some(value) = request.headers().get(name) else {
        return Ok(None);
    };
    let digits = value
        .to_str()
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let parsed = digits.and_then(|text| text.parse().ok());
    let refused = || own(Problem::parameter(name.as_str(), "must be a number of bytes"));
    parsed.map(Some).ok_or_else(refused)
}

/// Refuses bytes of another type.
pub(super) fn check_type(request: &HttpRequest) -> Result<(), Problem> {
    crate::extract::reject_content_encoding(request).map_err(own)?;
    if sends_bytes(request) {
        return Ok(());
    }
    let detail = format!("Send the bytes as `Content-Type: {BYTES}`.");
    Err(own(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-media-type",
        detail,
    )))
}

/// Whether a request has bytes of an upload.
pub(super) fn sends_bytes(request: &HttpRequest) -> bool {
    text(request, &header::CONTENT_TYPE).is_some_and(|value| value.eq_ignore_ascii_case(BYTES))
}

/// The digest that the bytes must have.
pub(super) fn checksum(request: &HttpRequest) -> Result<Option<Checksum>, Problem> {
    let Some(value) = request.headers().get(UPLOAD_CHECKSUM) else {
        return Ok(None);
    };
    parse_checksum(value).map(Some).ok_or_else(|| {
        let detail = "must be `sha1` or `sha256`, a space, and the digest in base64";
        own(Problem::parameter(UPLOAD_CHECKSUM.as_str(), detail))
    })
}

fn parse_checksum(value: &HeaderValue) -> Option<Checksum> {
    let (algorithm, digest) = value.to_str().ok()?.split_once(' ')?;
    let (algorithm, len) = match algorithm {
        "sha1" => (ChecksumAlgorithm::Sha1, 20),
        "sha256" => (ChecksumAlgorithm::Sha256, 32),
        _ => return None,
    };
    let digest = STANDARD
        .decode(digest)
        .ok()
        .filter(|digest| digest.len() == len)?;
    Some(Checksum { algorithm, digest })
}

fn http_date(time: OffsetDateTime) -> String {
    time.to_offset(time::UtcOffset::UTC)
        .format(HTTP_DATE)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn checksums() {
        for (text, known) in [
            ("sha1 Lve95gjOVATpfV8EL5X4nxwjKHE=", true),
            ("sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", true),
            ("sha256 Lve95gjOVATpfV8EL5X4nxwjKHE=", false),
            ("md5 1B2M2Y8AsgTpgAmY7PhCfg==", false),
            ("sha1", false),
            ("sha1 !", false),
        ] {
            let value = HeaderValue::from_static(text);
            assert_eq!(parse_checksum(&value).is_some(), known, "{text}");
        }
    }

    #[test]
    fn times_are_written_as_http_writes_them() {
        let time = datetime!(2026-06-05 04:03:02 UTC);
        assert_eq!(http_date(time), "Fri, 05 Jun 2026 04:03:02 GMT");
    }
}
