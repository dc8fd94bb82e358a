//! The tus protocol: version, headers and errors of all requests and responses.
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

/// The supported version of the protocol.
pub(super) const VERSION: &str = "1.0.0";
/// Path of the collection of uploads.
pub(super) const PATH: &str = "/api/v1/uploads/tus";
pub(super) const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub(super) const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(super) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
pub(super) const UPLOAD_CONCAT: HeaderName = HeaderName::from_static("upload-concat");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
/// ID of the image of an upload. Not part of tus.
pub(super) const UPLOAD_IMAGE: HeaderName = HeaderName::from_static("upload-image-id");
/// Media type of the bytes of an upload.
const UPLOAD_BYTES: &str = "application/offset+octet-stream";
/// Date format of RFC 9110 section 5.6.7.
const HTTP_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// Rejects requests without the supported version.
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
    Err(tus_problem(
        problem.with_header(HeaderName::from_static("tus-version"), VERSION),
    ))
}

/// Adds the header that tus requires.
pub(super) fn tus_problem(problem: Problem) -> Problem {
    problem.with_header(RESUMABLE, VERSION)
}

/// Converts an error into a problem with the header and the statuses of tus.
pub(super) fn tus_error(error: infravault_images::Error) -> Problem {
    const CHECKSUM_MISMATCH: u16 = 460;
    if error.code() == "upload-checksum-mismatch"
        && let Ok(status) = StatusCode::from_u16(CHECKSUM_MISMATCH)
    {
        return tus_problem(Problem::new(status, error.code(), error.detail()));
    }
    tus_problem(crate::images::upload_problem(error))
}

/// Returns a response with the header that tus requires.
pub(super) fn tus_response(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((RESUMABLE, VERSION));
    response
}

/// Adds the progress of an upload, and its image if there is one.
pub(super) fn insert_progress(
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

/// Returns the path of an upload session. It has no host, so that it is correct behind every proxy.
pub(super) fn session_path(id: UploadId) -> String {
    format!("{PATH}/{id}")
}

pub(super) fn text_header<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

pub(super) fn parse_number(request: &HttpRequest, name: &HeaderName) -> Result<Option<u64>, Problem> {
    let Some(value) = request.headers().get(name) else {
        return Ok(None);
    };
    let digits = value
        .to_str()
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let parsed = digits.and_then(|text| text.parse().ok());
    let invalid = || tus_problem(Problem::parameter(name.as_str(), "must be a number of bytes"));
    parsed.map(Some).ok_or_else(invalid)
}

/// Rejects bodies of another media type.
pub(super) fn check_media_type(request: &HttpRequest) -> Result<(), Problem> {
    crate::extract::reject_content_encoding(request).map_err(tus_problem)?;
    if has_upload_bytes(request) {
        return Ok(());
    }
    let detail = format!("Send the bytes as `Content-Type: {UPLOAD_BYTES}`.");
    Err(tus_problem(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-media-type",
        detail,
    )))
}

pub(super) fn has_upload_bytes(request: &HttpRequest) -> bool {
    text_header(request, &header::CONTENT_TYPE).is_some_and(|value| value.eq_ignore_ascii_case(UPLOAD_BYTES))
}

/// Returns the checksum that the body must have.
pub(super) fn parse_checksum(request: &HttpRequest) -> Result<Option<Checksum>, Problem> {
    let Some(value) = request.headers().get(UPLOAD_CHECKSUM) else {
        return Ok(None);
    };
    checksum_of(value).map(Some).ok_or_else(|| {
        let detail = "must be `sha1` or `sha256`, a space, and the digest in base64";
        tus_problem(Problem::parameter(UPLOAD_CHECKSUM.as_str(), detail))
    })
}

fn checksum_of(value: &HeaderValue) -> Option<Checksum> {
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
    fn checksum_has_algorithm_and_digest_of_its_length() {
        for (text, known) in [
            ("sha1 Lve95gjOVATpfV8EL5X4nxwjKHE=", true),
            ("sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", true),
            ("sha256 Lve95gjOVATpfV8EL5X4nxwjKHE=", false),
            ("md5 1B2M2Y8AsgTpgAmY7PhCfg==", false),
            ("sha1", false),
            ("sha1 !", false),
        ] {
            let value = HeaderValue::from_static(text);
            assert_eq!(checksum_of(&value).is_some(), known, "{text}");
        }
    }

    #[test]
    fn expiry_is_http_date() {
        let time = datetime!(2026-06-05 04:03:02 UTC);
        assert_eq!(http_date(time), "Fri, 05 Jun 2026 04:03:02 GMT");
    }
}
