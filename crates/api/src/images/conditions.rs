//! Conditional headers of a request.
use crate::problem::Problem;
use actix_web::{
    HttpRequest,
    http::header::{self, HeaderName},
};
use infravault_images::{DownloadRequest, Etags, IfRange, RangeSpec};

/// `If-Match`, where it was sent.
pub(super) fn if_match(request: &HttpRequest) -> Result<Option<Etags>, Problem> {
    etags(request, &header::IF_MATCH)
}

/// `If-None-Match`, where it was sent.
pub(super) fn if_none_match(request: &HttpRequest) -> Result<Option<Etags>, Problem> {
    etags(request, &header::IF_NONE_MATCH)
}

/// Everything that decides which part of an original is answered, if any.
pub(super) fn fetch(request: &HttpRequest) -> Result<DownloadRequest, Problem> {
    Ok(DownloadRequest {
        if_match: if_match(request)?,
        if_none_match: if_none_match(request)?,
        if_range: text(request, &header::IF_RANGE).map(|condition| IfRange::parse(&condition)),
        range: text(request, &header::RANGE).and_then(|range| RangeSpec::parse(&range)),
        head_only: request.method() == actix_web::http::Method::HEAD,
    })
}

fn etags(request: &HttpRequest, name: &HeaderName) -> Result<Option<Etags>, Problem> {
    let shown = if *name == header::IF_MATCH {
        "If-Match"
    } else {
        "If-None-Match"
    };
    let tags = text(request, name).map(|tags| Etags::parse(&tags)).transpose();
    tags.map_err(|unfit| Problem::parameter(shown, unfit))
}

/// The values of a header, as one.
fn text(request: &HttpRequest, name: &HeaderName) -> Option<String> {
    let values: Vec<_> = request
        .headers()
        .get_all(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}
