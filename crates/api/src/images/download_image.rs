//! `GET, HEAD /images/{id}/download`: the original.
use super::disposition::attachment;
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    http::{Conditions, SelectedBody, strong_etag},
    problem::Problem,
};
use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    body::SizedStream,
    http::{Method, StatusCode, header},
    web,
};
use futures_util::TryStreamExt;
use infravault_images::Image;
use infravault_kernel::ImageId;

/// Download the original of an image
///
/// Returns the uploaded bytes unchanged, as an attachment. Only the owner can download originals; others get renditions.
/// Supports a single byte range. Requires the scope `images:read`.
#[utoipa::path(
    get, path = "/api/v1/images/{id}/download", tag = "images",
    params(
        ("id" = Uuid, Path, description = "Image ID."),
        ("Range" = Option<String>, Header, description = "A single byte range, such as `bytes=0-1023`."),
        ("If-Range" = Option<String>, Header, description = "`ETag` of the partial content. The range is ignored if it is not current."),
        ("If-Match" = Option<String>, Header, description = "`ETag` values. Returns 412 if none of them is current."),
        ("If-None-Match" = Option<String>, Header, description = "`ETag` values. Returns 304 if one of them is current."),
    ),
    security((), ("session" = []), ("api_token" = [])),
    responses(
        (status = 200, description = "The original.", headers(
            ("ETag" = String, description = "SHA-256 of the original.")), content(
            (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp"))),
        (status = 206, description = "The requested range.", headers(
            ("Content-Range" = String, description = "The range and the size of the original.")), content(
            (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp"))),
        (status = 304, description = "The original has not changed."),
    ),
    extensions(("x-problems" = json!("forbidden precondition-failed range-not-satisfiable storage-unavailable")))
)]
pub async fn download_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<ImageId>,
) -> Result<HttpResponse, Problem> {
    let conditions = Conditions::from_request(&request)?;
    let original = app.images.library.open_original(&ctx, id.0).await?;
    let (image, len) = (&original.image, original.image.byte_size);
    let (mut response, range, len) = match conditions.evaluate(&strong_etag(&image.sha256), len)? {
        SelectedBody::NotModified => return Ok(head(StatusCode::NOT_MODIFIED, image).finish()),
        SelectedBody::Full => (head(StatusCode::OK, image), None, len),
        SelectedBody::Partial(range) => {
            let (first, last) = (*range.start(), *range.end());
            let mut response = head(StatusCode::PARTIAL_CONTENT, image);
            let content_range = format!("bytes {first}-{last}/{len}");
            response.insert_header((header::CONTENT_RANGE, content_range));
            (response, Some(range), last - first + 1)
        }
    };
    if *request.method() == Method::HEAD {
        let empty = futures_util::stream::empty::<Result<web::Bytes, std::io::Error>>();
        return Ok(response.body(SizedStream::new(len, empty)));
    }
    let log = ctx.log.clone();
    // An error closes the connection, so that the client does not mistake a part for the whole.
    let bytes = original.read(range).await?.inspect_err(move |error| {
        slog::error!(log, "reading an original failed"; "error" => error.to_string());
    });
    Ok(response.body(SizedStream::new(len, bytes)))
}

fn head(status: StatusCode, image: &Image) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::ETAG, strong_etag(&image.sha256)))
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
