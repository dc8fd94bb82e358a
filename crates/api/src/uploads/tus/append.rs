//! `PATCH /uploads/tus/{id}`: more bytes; and `POST` for clients that can send no other method.
use super::{
    delete::end,
    protocol::{
        UPLOAD_OFFSET, answer, check_type, check_version, checksum, describe, failed, number, own, text,
    },
};
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    images::{broken, content_length},
    problem::Problem,
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::HeaderName},
    web,
};
use futures_util::StreamExt;
use infravault_kernel::UploadId;

/// Which method a `POST` stands for.
const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// Adds bytes to an own upload from where it stands. What has come is kept when the rest does not. The last bytes make the
/// image: `Upload-Image-Id` and `Link` name it, and an image that is refused is answered as by `POST /images`.
#[utoipa::path(
    patch, path = "/api/v1/uploads/tus/{id}", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Offset" = u64, Header, description = "Where the bytes belong: where the upload stands"),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha1` or `sha256`, and the digest in base64"),
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "They are there", headers(
        ("Upload-Offset" = u64, description = "How many bytes are there"),
        ("Upload-Expires" = String, description = "When it is given up"),
        ("Upload-Image-Id" = String, description = "The image, if these were the last bytes"))))
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

/// The same as `PATCH` or `DELETE`, whichever `X-HTTP-Method-Override` says.
#[utoipa::path(
    post, path = "/api/v1/uploads/tus/{id}", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("X-HTTP-Method-Override" = String, Header, description = "PATCH or DELETE"),
    ),
    request_body(content = Option<Vec<u8>>, content_type = "application/offset+octet-stream"),
    security(("session" = []), ("api_token" = [])),
    responses((status = 204, description = "It is done"))
)]
pub async fn override_tus_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<UploadId>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    match text(&request, &METHOD_OVERRIDE) {
        Some("PATCH") => append(&app, &ctx, &request, id.0, payload).await,
        Some("DELETE") => end(&app, &ctx, &request, id.0).await,
        _ => Err(own(Problem::parameter(
            METHOD_OVERRIDE.as_str(),
            "must be PATCH or DELETE",
        ))),
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
    check_type(request)?;
    let at = number(request, &UPLOAD_OFFSET)?;
    let missing = || {
        own(Problem::parameter(
            UPLOAD_OFFSET.as_str(),
            "must say where the bytes belong",
        ))
    };
    let (at, checksum) = (at.ok_or_else(missing)?, checksum(request)?);
    let body = payload.map(|bytes| bytes.map_err(|error| broken(&error)));
    let appended = app
        .images
        .uploads
        .append(ctx, id, (at, content_length(request)), checksum, body)
        .await
        .map_err(failed)?;
    let mut response = answer(StatusCode::NO_CONTENT);
    describe(&mut response, &appended.session, appended.uploaded.as_ref());
    Ok(response.finish())
}
