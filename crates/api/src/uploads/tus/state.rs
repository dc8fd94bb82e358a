//! `HEAD /uploads/tus/{id}`: where an upload stands.
use super::protocol::{
    UPLOAD_CONCAT, UPLOAD_LENGTH, UPLOAD_METADATA, answer, check_version, describe, failed, own,
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

/// Where an own upload stands. One whose bytes are all there is finished first, if that did not work before: a client that
/// finds all its bytes here believes that it is done.
#[utoipa::path(
    head, path = "/api/v1/uploads/tus/{id}", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
    ),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "Where it stands", headers(
        ("Upload-Offset" = u64, description = "How many bytes are there"),
        ("Upload-Length" = u64, description = "How many there will be"),
        ("Upload-Expires" = String, description = "When it is given up"),
        ("Upload-Image-Id" = String, description = "The image that was made of it"))))
)]
pub async fn get_tus_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<UploadId>,
) -> Result<HttpResponse, Problem> {
    check_version(&request)?;
    let found = app.images.uploads.find_upload_session(&ctx, id.0).await;
    let upload = found.map_err(|error| match error.kind() {
        ErrorKind::Unavailable => locked(&error),
        _ => failed(error),
    })?;
    if !upload.kind.is_tus() {
        return Err(own(Problem::not_found()));
    }
    let uploaded = finish(&app, &ctx, &upload).await?;
    let mut response = answer(StatusCode::OK);
    describe(&mut response, &upload, uploaded.as_ref());
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

async fn finish(app: &App, ctx: &RequestCtx, upload: &UploadSession) -> Result<Option<Uploaded>, Problem> {
    let waits =
        upload.kind == UploadKind::Tus && upload.is_complete() && upload.state != SessionState::Finished;
    if !waits {
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
        Err(error) => Err(failed(error)),
    }
}

/// What clients take for "ask again in a while"; after anything else they send all bytes once more.
fn locked(error: &Error) -> Problem {
    let detail = "An image cannot be made of this upload right now; ask again in a moment.";
    own(Problem::new(StatusCode::LOCKED, "upload-busy", detail)
        .with_retry_after(error.retry_after().unwrap_or(2)))
}
