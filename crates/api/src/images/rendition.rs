//! Rendition responses.
use crate::{chunked_bytes::ChunkedBytes, wire::mirror_enum};
use actix_web::{
    HttpResponse,
    body::SizedStream,
    http::{StatusCode, header},
    web::Bytes,
};
use futures_util::TryStreamExt;
use infravault_images::{Format, RenditionBody, RenditionResponse, Visibility};
use serde::Deserialize;
use slog::Logger;

mirror_enum! {
    /// Format of a rendition.
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum RenditionFormat = Format {
        Avif,
        Webp,
        Jpeg,
        Png,
    }
}

/// Returns a rendition with its headers.
///
/// Pages of other origins can embed renditions that need no credentials. Private renditions need a CORS request
/// (`crossorigin="use-credentials"`) from a configured origin.
pub(super) fn rendition_response(served: RenditionResponse, log: &Logger) -> HttpResponse {
    let (cache, policy) = match (served.visibility, served.immutable) {
        (Visibility::Public, true) => ("public, max-age=31536000, immutable", "cross-origin"),
        (Visibility::Public, false) => ("public, no-cache", "cross-origin"),
        (Visibility::Unlisted, _) => ("private, no-cache", "cross-origin"),
        (Visibility::Private, _) => ("private, no-cache", "same-origin"),
    };
    respond(served, cache, policy, log)
}

/// Returns a signed transform with its headers. Pages of all origins can embed it.
pub(super) fn signed_response(served: RenditionResponse, log: &Logger) -> HttpResponse {
    respond(served, "private, no-cache", "cross-origin", log)
}

fn respond(
    served: RenditionResponse,
    cache: &'static str,
    policy: &'static str,
    log: &Logger,
) -> HttpResponse {
    let status = match served.body {
        RenditionBody::NotModified => StatusCode::NOT_MODIFIED,
        _ => StatusCode::OK,
    };
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::ETAG, format!("\"{}\"", served.etag)))
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::VARY, "Accept"))
        .insert_header((header::CROSS_ORIGIN_RESOURCE_POLICY, policy));
    if status == StatusCode::NOT_MODIFIED {
        return response.finish();
    }
    response
        .insert_header((header::CONTENT_TYPE, served.format.media_type()))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"));
    match served.body {
        RenditionBody::Bytes(bytes) => response.body(ChunkedBytes(bytes)),
        RenditionBody::Stream(bytes) => {
            let log = log.clone();
            let bytes = bytes.inspect_err(move |error| {
                slog::error!(log, "reading a rendition failed"; "error" => error.to_string());
            });
            response.body(SizedStream::new(served.len, bytes))
        }
        RenditionBody::Head | RenditionBody::NotModified => {
            let nothing = futures_util::stream::empty::<Result<Bytes, std::io::Error>>();
            response.body(SizedStream::new(served.len, nothing))
        }
    }
}
