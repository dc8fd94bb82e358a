//! `PATCH /uploads/tus/{id}`: more bytes of an upload; and `POST` for clients that cannot send `PATCH`.
use super::{
    delete::delete,
    protocol::{
        UPLOAD_OFFSET, check_media_type, check_version, insert_progress, parse_checksum, parse_number,
        text_header, tus_error, tus_problem, tus_response,
    },
};
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    images::{body_stream, content_length},
    problem::Problem,
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::HeaderName},
    web,
};
use infravault_kernel::UploadId;

const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// Append bytes to a resumable upload
///
/// Appends bytes at the current offset. Bytes that were received before a failure are kept. The last bytes create the image:
/// `Upload-Image-Id` and `Link` identify it, and an image that is rejected gets the same problem as in `POST /images`.
/// Requires the scope `images:write`.
#[utoipa::path(
    patch, path = "/api/v1/uploads/tus/{id}", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "Upload session ID."),
        ("Tus-Resumable" = String, Header, description = "Version of the tus protocol: `1.0.0`.", example = "1.0.0"),
        ("Upload-Offset" = u64, Header, description = "Offset of the bytes. It must be the current offset of the upload.", example = 0),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha1` or `sha256`, a space, and the digest of the body in base64."),
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream", description = "The bytes to append."),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "The bytes are stored.", headers(
        ("Upload-Offset" = u64, description = "Number of bytes received."),
        ("Upload-Expires" = String, description = "When the upload session expires."),
        ("Upload-Image-Id" = Option<String>, description = "ID of the image, if these were the last bytes.")))),
    extensions(("x-problems" = json!("ingest invalid-request tus-version upload-busy upload-checksum-mismatch upload-gone upload-offset-mismatch")))
)]
pub async fn append_tus_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<UploadId>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    append(&app, &ctx, &request, id.0, payload).await
}

/// Append to or delete a resumable upload with `POST`
///
/// Does the same as `PATCH` or `DELETE`, as named by `X-HTTP-Method-Override`. For clients that cannot send these methods.
/// Requires the scope `images:write`.
#[utoipa::path(
    post, path = "/api/v1/uploads/tus/{id}", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "Upload session ID."),
        ("Tus-Resumable" = String, Header, description = "Version of the tus protocol: `1.0.0`.", example = "1.0.0"),
        ("X-HTTP-Method-Override" = String, Header, description = "`PATCH` or `DELETE`.", example = "PATCH"),
    ),
    request_body(content = Option<Vec<u8>>, content_type = "application/offset+octet-stream", description = "The bytes to append, for `PATCH`."),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "The bytes are stored, or the upload session ended.")),
    extensions(("x-problems" = json!("ingest invalid-request tus-version upload-busy upload-checksum-mismatch upload-gone upload-offset-mismatch")))
)]
pub async fn override_tus_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<UploadId>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    match text_header(&request, &METHOD_OVERRIDE) {
        Some("PATCH") => append(&app, &ctx, &request, id.0, payload).await,
        Some("DELETE") => delete(&app, &ctx, &request, id.0).await,
        _ => {
            let problem = Problem::parameter(METHOD_OVERRIDE.as_str(), "must be PATCH or DELETE");
            Err(tus_problem(problem))
        }
    }
}

async fn append(
    app: &App,
    ctx: &RequestCtx,
    request: &HttpRequest,
    id: UploadId,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    check_version(request)?;
    check_media_type(request)?;
    let missing = || tus_problem(Problem::parameter(UPLOAD_OFFSET.as_str(), "is missing"));
    let offset = parse_number(request, &UPLOAD_OFFSET)?.ok_or_else(missing)?;
    let checksum = parse_checksum(request)?;
    let range = (offset, content_length(request));
    let appended = app
        .images
        .uploads
        .append(ctx, id, range, checksum, body_stream(payload))
        .await
        .map_err(tus_error)?;
    let mut response = tus_response(StatusCode::NO_CONTENT);
    insert_progress(&mut response, &appended.session, appended.uploaded.as_ref());
    Ok(response.finish())
}
