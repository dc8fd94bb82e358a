//! `HEAD /uploads/tus/{id}`: the offset of a resumable upload.
use super::protocol::{
    UPLOAD_CONCAT, UPLOAD_LENGTH, UPLOAD_METADATA, check_version, insert_progress, tus_error, tus_problem,
    tus_response,
};
use crate::{
    app::App,
    extract::{Path, RequestCtx},
    problem::Problem,
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use infravault_images::{Error, SessionState, UploadKind, UploadSession, Uploaded};
use infravault_kernel::{DomainError, ErrorKind, UploadId};

/// Get the offset of a resumable upload
///
/// Returns how many bytes were received. If all bytes were received but the image could not be created before, the image is
/// created first. Requires the scope `images:write`.
#[utoipa::path(
    head, path = "/api/v1/uploads/tus/{id}", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "Upload session ID."),
        ("Tus-Resumable" = String, Header, description = "Version of the tus protocol: `1.0.0`.", example = "1.0.0"),
    ),
    security(("session" = []), ("api_token" = [])),
    responses(
        (status = 200, description = "The progress of the upload.", headers(
            ("Upload-Offset" = u64, description = "Number of bytes received."),
            ("Upload-Length" = u64, description = "Size of the upload in bytes."),
            ("Upload-Expires" = String, description = "When the upload session expires."),
            ("Upload-Image-Id" = Option<String>, description = "ID of the image, once it is created."))),
        (status = 423, description = "The image cannot be created right now. Retry after the time in `Retry-After`."),
    ),
    extensions(("x-problems" = json!("ingest tus-version upload-gone")))
)]
pub async fn get_tus_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<UploadId>,
) -> Result<HttpResponse, Problem> {
    check_version(&request)?;
    let upload = find_tus_upload(&app, &ctx, id.0).await?;
    let uploaded = finalize(&app, &ctx, &upload).await?;
    let mut response = tus_response(StatusCode::OK);
    insert_progress(&mut response, &upload, uploaded.as_ref());
    response
        .insert_header((UPLOAD_LENGTH, upload.len))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    for (name, value) in [
        (UPLOAD_METADATA, &upload.metadata),
        (UPLOAD_CONCAT, &upload.concat),
    ] {
        if !value.is_empty() {
            response.insert_header((name, value.as_str()));
        }
    }
    Ok(response.finish())
}

async fn find_tus_upload(app: &App, ctx: &RequestCtx, id: UploadId) -> Result<UploadSession, Problem> {
    match app.images.uploads.find_upload_session(ctx, id).await {
        Ok(upload) if upload.kind.is_tus() => Ok(upload),
        Ok(_) => Err(tus_problem(Problem::not_found())),
        Err(error) if error.kind() == ErrorKind::Unavailable => Err(locked(&error)),
        Err(error) => Err(tus_error(error)),
    }
}

async fn finalize(app: &App, ctx: &RequestCtx, upload: &UploadSession) -> Result<Option<Uploaded>, Problem> {
    let is_pending =
        upload.kind == UploadKind::Tus && upload.is_complete() && upload.state != SessionState::Finished;
    if !is_pending {
        return Ok(None);
    }
    match app.images.uploads.finish_upload_session(ctx, upload.id).await {
        Ok(uploaded) => Ok(Some(uploaded)),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::Conflict | ErrorKind::Unavailable | ErrorKind::Internal
            ) =>
        {
            Err(locked(&error))
        }
        Err(error) => Err(tus_error(error)),
    }
}

/// Returns 423, which makes clients retry. After any other error they send all bytes again.
fn locked(error: &Error) -> Problem {
    let detail = "The image cannot be created right now. Retry in a moment.";
    tus_problem(
        Problem::new(StatusCode::LOCKED, "upload-busy", detail)
            .with_retry_after(error.retry_after().unwrap_or(2)),
    )
}
