//! `POST /uploads/tus`: a new upload, a part of one, or a whole made of parts.
use super::{
    metadata,
    protocol::{
        PATH, UPLOAD_CONCAT, UPLOAD_LENGTH, UPLOAD_METADATA, answer, check_type, check_version, checksum,
        describe, failed, location, number, own, sends_bytes,
    },
};
use crate::{
    app::App,
    extract::RequestCtx,
    images::{broken, content_length},
    problem::Problem,
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use futures_util::StreamExt;
use infravault_images::{AppendOutcome, NewImage, NewUploadSession, UploadKind, UploadSession};
use infravault_kernel::UploadId;

/// Opens an upload of `Upload-Length` bytes, which are reserved from the quota. `Upload-Metadata` may have `filename`,
/// `title`, `description`, `visibility`, `tags` (separated by commas) and `keep_location`. A body of type
/// `application/offset+octet-stream` has its first bytes. With `Upload-Concat: partial` it is a part, and
/// `Upload-Concat: final;…` makes the image of parts.
#[utoipa::path(
    post, path = "/api/v1/uploads/tus", tag = "uploads",
    params(
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Length" = Option<u64>, Header, description = "How many bytes; not of a final upload"),
        ("Upload-Metadata" = Option<String>, Header, description = "What is said about the image"),
        ("Upload-Concat" = Option<String>, Header, description = "`partial`, or `final;` and the parts"),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha1` or `sha256`, and the digest in base64"),
    ),
    request_body(content = Option<Vec<u8>>, content_type = "application/offset+octet-stream"),
    security(("session" = []), ("api_token" = [])),
    responses((status = 201, description = "It is open", headers(
        ("Location" = String, description = "Where it is"),
        ("Upload-Expires" = String, description = "When it is given up"),
        ("Upload-Offset" = u64, description = "How many bytes are there"),
        ("Upload-Image-Id" = String, description = "The image, if all bytes were there"))))
)]
pub async fn create_tus_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    check_version(&request)?;
    let described = ascii(&request, &UPLOAD_METADATA)?;
    let image = metadata::parse(&described)?;
    let concat = ascii(&request, &UPLOAD_CONCAT)?;
    let parts = match concat.as_str() {
        "" | "partial" => None,
        list => Some(named(list)?),
    };
    if let Some(parts) = parts {
        return join(&app, &ctx, image, &parts, (described, concat)).await;
    }
    let opening = opening(&request, image, (described, concat))?;
    let bytes = sends_bytes(&request) || content_length(&request).is_some_and(|len| len > 0);
    if bytes {
        check_type(&request)?;
    }
    let upload = app
        .images
        .uploads
        .create_upload_session(&ctx, &opening)
        .await
        .map_err(failed)?;
    let appended = if bytes {
        begin(&app, &ctx, &request, upload, payload).await?
    } else {
        AppendOutcome {
            session: upload,
            uploaded: None,
        }
    };
    Ok(created(&appended))
}

/// A header that may be missing and must be ASCII.
fn ascii(request: &HttpRequest, name: &header::HeaderName) -> Result<String, Problem> {
    let Some(value) = request.headers().get(name) else {
        return Ok(String::new());
    };
    let refused = |_| own(Problem::parameter(name.as_str(), "must be ASCII"));
    value.to_str().map(str::to_owned).map_err(refused)
}

fn created(appended: &AppendOutcome) -> HttpResponse {
    let mut response = answer(StatusCode::CREATED);
    describe(&mut response, &appended.session, appended.uploaded.as_ref());
    response
        .insert_header((header::LOCATION, location(appended.session.id)))
        .finish()
}

fn opening(
    request: &HttpRequest,
    image: NewImage,
    (metadata, concat): (String, String),
) -> Result<NewUploadSession, Problem> {
    let len = number(request, &UPLOAD_LENGTH)?;
    let missing = || {
        own(Problem::parameter(
            UPLOAD_LENGTH.as_str(),
            "must say how many bytes will come",
        ))
    };
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

/// The first bytes. Where they are refused there is no upload, because the client does not learn where it is.
async fn begin(
    app: &App,
    ctx: &RequestCtx,
    request: &HttpRequest,
    upload: UploadSession,
    payload: web::Payload,
) -> Result<AppendOutcome, Problem> {
    let outcome = match checksum(request) {
        Ok(checksum) => {
            let body = payload.map(|bytes| bytes.map_err(|error| broken(&error)));
            let most = content_length(request);
            let appended = app
                .images
                .uploads
                .append(ctx, upload.id, (0, most), checksum, body)
                .await;
            appended.map_err(failed)
        }
        Err(problem) => Err(problem),
    };
    if outcome.is_err()
        && let Err(error) = app.images.uploads.end_upload_session(ctx, upload.id).await
    {
        slog::warn!(ctx.log, "an upload whose first bytes failed is left to the sweeper";
            "upload" => %upload.id, "error" => %error);
    }
    outcome
}

/// Makes one upload of parts, and an image of it.
async fn join(
    app: &App,
    ctx: &RequestCtx,
    image: NewImage,
    parts: &[UploadId],
    texts: (String, String),
) -> Result<HttpResponse, Problem> {
    let upload = app
        .images
        .uploads
        .concatenate_uploads(ctx, image, parts, texts)
        .await
        .map_err(failed)?;
    let uploaded = app
        .images
        .uploads
        .finish_upload_session(ctx, upload.id)
        .await
        .map_err(failed)?;
    Ok(created(&AppendOutcome {
        session: upload,
        uploaded: Some(uploaded),
    }))
}

/// The parts that `final;` names, by their addresses.
fn named(concat: &str) -> Result<Vec<UploadId>, Problem> {
    let refused = |detail: &str| own(Problem::parameter(UPLOAD_CONCAT.as_str(), detail));
    let Some(list) = concat.strip_prefix("final;") else {
        return Err(refused(
            "must be `partial`, or `final;` and the addresses of parts",
        ));
    };
    let parts = list.split_ascii_whitespace().map(|address| {
        let (before, id) = address.rsplit_once('/')?;
        before.ends_with(PATH).then(|| id.parse().ok())?
    });
    let parts: Option<Vec<UploadId>> = parts.collect();
    parts.ok_or_else(|| refused("names something that is no upload of this server"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_named_by_their_addresses() {
        let (a, b) = (
            "01930000-0000-7000-8000-00000000002a",
            "01930000-0000-7000-8000-00000000002b",
        );
        let found = named(&format!("final;{PATH}/{a} https://images.example{PATH}/{b}")).unwrap();
        assert_eq!(found, [a.parse().unwrap(), b.parse().unwrap()]);
        for text in [
            "final",
            "whole;x",
            "final;x",
            &format!("final;/elsewhere/{a}"),
            &format!("final;{PATH}/1"),
        ] {
            assert!(named(text).is_err(), "{text}");
        }
        assert_eq!(named("final;").unwrap(), []);
    }
}
