//! `POST /uploads/tus`: a new upload, a partial upload, or the concatenation of partial uploads.
use super::{
    metadata,
    protocol::{
        PATH, UPLOAD_CONCAT, UPLOAD_LENGTH, UPLOAD_METADATA, check_media_type, check_version,
        has_upload_bytes, insert_progress, parse_checksum, parse_number, session_path, tus_error,
        tus_problem, tus_response,
    },
};
use crate::{
    app::App,
    extract::RequestCtx,
    images::{body_stream, content_length},
    problem::Problem,
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName},
    },
    web,
};
use infravault_images::{AppendOutcome, NewImage, NewUploadSession, UploadKind, UploadSession};
use infravault_kernel::UploadId;

/// Create a resumable upload
///
/// Creates an upload session of `Upload-Length` bytes, which are reserved from the quota.
/// `Upload-Metadata` supports the keys `filename`, `title`, `description`, `visibility`, `tags` (separated by commas) and
/// `keep_location`. A body of type `application/offset+octet-stream` contains the first bytes.
/// `Upload-Concat: partial` creates a partial upload; `Upload-Concat: final;…` concatenates partial uploads and creates the image.
/// Requires the scope `images:write`.
#[utoipa::path(
    post, path = "/api/v1/uploads/tus", tag = "uploads",
    params(
        ("Tus-Resumable" = String, Header, description = "Version of the tus protocol: `1.0.0`.", example = "1.0.0"),
        ("Upload-Length" = Option<u64>, Header, description = "Size of the upload in bytes. Required unless it is a final upload.", example = 4_812_233),
        ("Upload-Metadata" = Option<String>, Header, description = "Metadata of the image: keys with base64 values, separated by commas.", example = "filename SU1HXzIwNDEuanBn,tags c2VhLGJvYXRz"),
        ("Upload-Concat" = Option<String>, Header, description = "`partial`, or `final;` and the URLs of partial uploads, separated by spaces."),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha1` or `sha256`, a space, and the digest of the body in base64."),
    ),
    request_body(content = Option<Vec<u8>>, content_type = "application/offset+octet-stream", description = "The first bytes of the upload."),
    security(("session" = []), ("api_token" = [])),
    responses((status = 201, description = "The upload session was created.", headers(
        ("Location" = String, description = "URL of the upload session."),
        ("Upload-Expires" = String, description = "When the upload session expires."),
        ("Upload-Offset" = u64, description = "Number of bytes received."),
        ("Upload-Image-Id" = Option<String>, description = "ID of the image, if all bytes were received.")))),
    extensions(("x-problems" = json!("ingest invalid-request not-found tus-version upload-busy upload-checksum-mismatch upload-gone upload-mismatch")))
)]
pub async fn create_tus_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    check_version(&request)?;
    let metadata = ascii_header(&request, &UPLOAD_METADATA)?;
    let image = metadata::parse(&metadata)?;
    let concat = ascii_header(&request, &UPLOAD_CONCAT)?;
    let created = match concat.as_str() {
        "" | "partial" => {
            let new = parse_new_session(&request, image, (metadata, concat))?;
            create(&app, &ctx, &request, &new, payload).await?
        }
        list => {
            let parts = parse_parts(list)?;
            concatenate(&app, &ctx, image, &parts, (metadata, concat)).await?
        }
    };
    let mut response = tus_response(StatusCode::CREATED);
    insert_progress(&mut response, &created.session, created.uploaded.as_ref());
    let location = session_path(created.session.id);
    Ok(response.insert_header((header::LOCATION, location)).finish())
}

/// Returns an optional header that must be ASCII, or an empty string.
fn ascii_header(request: &HttpRequest, name: &HeaderName) -> Result<String, Problem> {
    let Some(value) = request.headers().get(name) else {
        return Ok(String::new());
    };
    let invalid = |_| tus_problem(Problem::parameter(name.as_str(), "must be ASCII"));
    value.to_str().map(str::to_owned).map_err(invalid)
}

fn parse_new_session(
    request: &HttpRequest,
    image: NewImage,
    (metadata, concat): (String, String),
) -> Result<NewUploadSession, Problem> {
    let len = parse_number(request, &UPLOAD_LENGTH)?;
    let missing = || tus_problem(Problem::parameter(UPLOAD_LENGTH.as_str(), "is missing"));
    Ok(NewUploadSession {
        image,
        declared_type: "application/octet-stream".to_owned(),
        len: len.ok_or_else(missing)?,
        digest: None,
        kind: if concat == "partial" {
            UploadKind::TusPartial
        } else {
            UploadKind::Tus
        },
        metadata,
        concat,
    })
}

async fn create(
    app: &App,
    ctx: &RequestCtx,
    request: &HttpRequest,
    new: &NewUploadSession,
    payload: web::Payload,
) -> Result<AppendOutcome, Problem> {
    let has_bytes = has_upload_bytes(request) || content_length(request).is_some_and(|len| len > 0);
    if has_bytes {
        check_media_type(request)?;
    }
    let upload = app
        .images
        .uploads
        .create_upload_session(ctx, new)
        .await
        .map_err(tus_error)?;
    if has_bytes {
        return append_first(app, ctx, request, upload, payload).await;
    }
    Ok(AppendOutcome {
        session: upload,
        uploaded: None,
    })
}

/// Appends the first bytes. On failure the upload session is deleted, because the client does not know its URL.
async fn append_first(
    app: &App,
    ctx: &RequestCtx,
    request: &HttpRequest,
    upload: UploadSession,
    payload: web::Payload,
) -> Result<AppendOutcome, Problem> {
    let outcome = match parse_checksum(request) {
        Ok(checksum) => {
            let range = (0, content_length(request));
            let appended = app
                .images
                .uploads
                .append(ctx, upload.id, range, checksum, body_stream(payload))
                .await;
            appended.map_err(tus_error)
        }
        Err(problem) => Err(problem),
    };
    if outcome.is_err()
        && let Err(error) = app.images.uploads.end_upload_session(ctx, upload.id).await
    {
        slog::warn!(ctx.log, "deletion of a failed upload session is left to the sweeper";
            "upload" => %upload.id, "error" => %error);
    }
    outcome
}

/// Concatenates partial uploads and creates the image.
async fn concatenate(
    app: &App,
    ctx: &RequestCtx,
    image: NewImage,
    parts: &[UploadId],
    headers: (String, String),
) -> Result<AppendOutcome, Problem> {
    let uploads = &app.images.uploads;
    let upload = uploads
        .concatenate_uploads(ctx, image, parts, headers)
        .await
        .map_err(tus_error)?;
    let uploaded = uploads
        .finish_upload_session(ctx, upload.id)
        .await
        .map_err(tus_error)?;
    Ok(AppendOutcome {
        session: upload,
        uploaded: Some(uploaded),
    })
}

/// Parses the URLs of partial uploads after `final;`.
fn parse_parts(concat: &str) -> Result<Vec<UploadId>, Problem> {
    let invalid = |detail: &str| tus_problem(Problem::parameter(UPLOAD_CONCAT.as_str(), detail));
    let Some(list) = concat.strip_prefix("final;") else {
        return Err(invalid(
            "must be `partial`, or `final;` and the URLs of partial uploads",
        ));
    };
    let parts = list.split_ascii_whitespace().map(|url| {
        let (before, id) = url.rsplit_once('/')?;
        before.ends_with(PATH).then(|| id.parse().ok())?
    });
    let parts: Option<Vec<UploadId>> = parts.collect();
    parts.ok_or_else(|| invalid("must have only URLs of uploads of this server"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_parsed_from_their_urls() {
        let (a, b) = (
            "01930000-0000-7000-8000-00000000002a",
            "01930000-0000-7000-8000-00000000002b",
        );
        let found = parse_parts(&format!("final;{PATH}/{a} https://images.example{PATH}/{b}")).unwrap();
        assert_eq!(found, [a.parse().unwrap(), b.parse().unwrap()]);
        for text in [
            "final",
            "whole;x",
            "final;x",
            &format!("final;/elsewhere/{a}"),
            &format!("final;{PATH}/1"),
        ] {
            assert!(parse_parts(text).is_err(), "{text}");
        }
        assert_eq!(parse_parts("final;").unwrap(), []);
    }
}
