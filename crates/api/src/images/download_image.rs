//! `GET, HEAD /images/{id}/download`: the original.
use super::{conditions::fetch, disposition::attachment};
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    body::SizedStream,
    http::{StatusCode, header},
    web,
};
use futures_util::TryStreamExt;
use infravault_images::{DownloadBody, Error, Image, ObjectStream, PreconditionError};
use infravault_kernel::ImageId;
use slog::Logger;

/// The original of an own image, byte for byte as it was uploaded. Others get renditions only.
#[utoipa::path(
    get, path = "/api/v1/images/{id}/download", tag = "images",
    params(
        ("id" = Uuid, Path, description = "The image"),
        ("Range" = Option<String>, Header, description = "One range of bytes"),
        ("If-Range" = Option<String>, Header, description = "The range counts only for this `ETag`"),
        ("If-Match" = Option<String>, Header, description = "Only if it has one of these `ETag`s"),
        ("If-None-Match" = Option<String>, Header, description = "304 if it has one of these `ETag`s"),
    ),
    security((), ("session" = []), ("api_token" = [])),
    responses(
        (status = 200, description = "All of it", content(
            (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp"))),
        (status = 206, description = "The range", content(
            (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp"))),
        (status = 304, description = "Not modified"),
    )
)]
pub async fn download_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<ImageId>,
) -> Result<HttpResponse, Problem> {
    let download = app
        .images
        .library
        .download(&ctx, id.0, &fetch(&request)?)
        .await
        .map_err(problem)?;
    let (image, log) = (&download.image, &ctx.log);
    Ok(match download.body {
        DownloadBody::NotModified => head(StatusCode::NOT_MODIFIED, image).finish(),
        DownloadBody::Whole(bytes) => body(head(StatusCode::OK, image), bytes, image.byte_size, log),
        DownloadBody::Part(range, bytes) => {
            let (first, last) = (*range.start(), *range.end());
            let mut response = head(StatusCode::PARTIAL_CONTENT, image);
            let content_range = format!("bytes {first}-{last}/{}", image.byte_size);
            response.insert_header((header::CONTENT_RANGE, content_range));
            body(response, bytes, last - first + 1, log)
        }
    })
}

fn head(status: StatusCode, image: &Image) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::ETAG, format!("\"{}\"", image.sha256)))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::ACCEPT_RANGES, "bytes"));
    if status != StatusCode::NOT_MODIFIED {
        response
            .insert_header((header::CONTENT_TYPE, image.media_type.as_str()))
            .insert_header((
                header::CONTENT_DISPOSITION,
                attachment(&image.file_name, image.media_type),
            ))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"));
    }
    response
}

/// Streams the bytes. When they cannot be read to their end the connection breaks, so that nobody takes a part for
/// the whole.
fn body(
    mut response: HttpResponseBuilder,
    bytes: Option<ObjectStream>,
    len: u64,
    log: &Logger,
) -> HttpResponse {
    let Some(bytes) = bytes else {
        // The answer to HEAD: the length of what is not sent.
        let nothing = futures_util::stream::empty::<Result<web::Bytes, std::io::Error>>();
        return response.body(SizedStream::new(len, nothing));
    };
    let log = log.clone();
    let bytes = bytes.inspect_err(move |error| {
        slog::error!(log, "an original could not be read to its end"; "error" => error.to_string());
    });
    response.body(SizedStream::new(len, bytes))
}

fn problem(error: Error) -> Problem {
    let len = match &error {
        Error::Precondition(PreconditionError::Range { len }) => Some(*len),
        _ => None,
    };
    let problem = Problem::from(error);
    match len {
        Some(len) => problem.with_header(header::CONTENT_RANGE, format!("bytes */{len}")),
        None => problem,
    }
}
