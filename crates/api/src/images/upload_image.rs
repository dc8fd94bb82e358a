//! `POST /images`: a new image as a plain body, or images in a form.
use super::{
    body::{ImageBody, VisibilityWord},
    form,
    replace_image::keep,
    upload_files::{UploadResultsBody, upload_form},
};
use crate::{
    app::App,
    extract::{Query, RequestCtx, reject_content_encoding},
    problem::Problem,
};
use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    error::PayloadError,
    http::{
        StatusCode,
        header::{self, ContentDisposition, HeaderMap},
    },
    web,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::StreamExt;
use infravault_images::{
    BodyError, Description, Error, FileName, IdempotencyKey, Images, NewImage, Tags, Title, UploadRequest,
    Uploaded,
};
use infravault_kernel::Sha256;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// What is said about the image of a plain body. A form says it in its fields.
#[derive(Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadImage {
    /// What the file is called; `Content-Disposition` can say so, too. A name of more than 255 bytes is cut.
    file_name: Option<String>,
    /// Its title; without one the file name without its ending.
    #[param(min_length = 1, max_length = 200)]
    title: Option<String>,
    /// Its description.
    #[param(max_length = 4000)]
    description: Option<String>,
    /// Its tags, separated by commas.
    tags: Option<String>,
    /// Who may see it; `private` by default.
    #[param(inline)]
    visibility: Option<VisibilityWord>,
    /// Whether the place is kept where it was taken, for its owner alone; `false` by default.
    keep_location: Option<bool>,
}

/// A form with images. The fields stand before the files and hold for each of them.
#[derive(Debug, ToSchema)]
#[schema(as = UploadForm)]
#[expect(dead_code, reason = "only described; the form is read as a stream")]
pub(super) struct UploadFormBody {
    /// Its title; without one the file name without its ending.
    #[schema(min_length = 1, max_length = 200)]
    title: Option<String>,
    /// Its description.
    #[schema(max_length = 4000)]
    description: Option<String>,
    /// Its tags, separated by commas; the field may be repeated.
    tags: Option<String>,
    /// Who may see it; `private` by default.
    #[schema(inline)]
    visibility: Option<VisibilityWord>,
    /// Whether the place is kept where it was taken, for its owner alone; `false` by default.
    keep_location: Option<bool>,
    /// The image; the last field. The field may be repeated, for at most 50 images.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// An image that was taken in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UploadedImage)]
pub(crate) struct UploadedBody {
    #[serde(flatten)]
    image: ImageBody,
    /// The oldest other image of yours with the same bytes, which are stored once.
    duplicate_of: Option<Uuid>,
}

impl UploadedBody {
    pub(super) fn new(images: &Images, Uploaded { image, duplicate_of }: Uploaded) -> Self {
        Self {
            image: ImageBody::new(images, image),
            duplicate_of: duplicate_of.map(infravault_kernel::Id::uuid),
        }
    }
}

/// Takes in an image. What is acknowledged with 201 is never lost. With an `Idempotency-Key` it can be sent again
/// safely. A form with several files is answered 200 with one result each; every one of them has its own status.
#[utoipa::path(
    post, path = "/api/v1/images", tag = "images",
    params(
        UploadImage,
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters that name this upload"),
        ("Repr-Digest" = Option<String>, Header, description = "`sha-256=:…:` of the image (RFC 9530)"),
    ),
    request_body(content(
        (UploadFormBody = "multipart/form-data"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"),
        (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp"), (Vec<u8> = "application/octet-stream"))),
    security(("session" = []), ("api_token" = [])),
    responses(
        (status = 201, body = UploadedBody, headers(
            ("Location" = String, description = "Where the image is"),
            ("ETag" = String, description = "For `If-Match`"))),
        (status = 200, description = "A form with several files", body = UploadResultsBody),
    )
)]
pub async fn upload_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    query: Query<UploadImage>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    reject_content_encoding(&request)?;
    match kind(&request)? {
        Kind::Form => upload_form(&app, &ctx, &request, &query.0, payload).await,
        Kind::Plain(media_type) => {
            let uploaded = upload_plain(&app, &ctx, &request, &query.0, media_type, payload).await?;
            Ok(created(&app.images, uploaded))
        }
    }
}

/// 201 with the image.
pub(crate) fn created(images: &Images, uploaded: Uploaded) -> HttpResponse {
    let image = &uploaded.image;
    HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/v1/images/{}", image.id)))
        .insert_header((header::ETAG, format!("\"{}\"", image.etag())))
        .json(UploadedBody::new(images, uploaded))
}

/// How the image comes.
enum Kind {
    Form,
    /// As a body of this declared type.
    Plain(String),
}

fn kind(request: &HttpRequest) -> Result<Kind, Problem> {
    let media_type = request.content_type().trim().to_ascii_lowercase();
    match media_type.as_str() {
        "multipart/form-data" => Ok(Kind::Form),
        "application/octet-stream" => Ok(Kind::Plain(media_type)),
        other if other.starts_with("image/") => Ok(Kind::Plain(media_type)),
        _ => {
            let detail =
                "Send the image as `multipart/form-data` or as a body of its own type, such as `image/jpeg`.";
            Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                detail,
            ))
        }
    }
}

async fn upload_plain(
    app: &App,
    ctx: &RequestCtx,
    request: &HttpRequest,
    query: &UploadImage,
    declared_type: String,
    payload: web::Payload,
) -> Result<Uploaded, Problem> {
    let length = length(request);
    let upload = UploadRequest {
        image: described(query, request.headers())?,
        declared_type,
        min_len: length.unwrap_or(0),
        max_len: length,
        key: key(request)?,
        digest: digest(request.headers())?,
    };
    let body = payload.map(|bytes| bytes.map_err(|error| broken(&error)));
    app.images
        .uploads
        .upload(ctx, upload, body)
        .await
        .map_err(problem)
}

/// What the query and the headers say about the image of a plain body.
fn described(query: &UploadImage, headers: &HeaderMap) -> Result<NewImage, Problem> {
    let mut faults = Vec::new();
    let title = query.title.as_deref().map(Title::parse);
    let description = Description::parse(query.description.as_deref().unwrap_or_default());
    let image = NewImage {
        file_name: file_name(query, headers),
        title: title.and_then(|title| keep(&mut faults, "title", title)),
        description: keep(&mut faults, "description", description).unwrap_or_else(Description::empty),
        tags: keep(&mut faults, "tags", Tags::parse_list(query.tags.as_deref())).unwrap_or_default(),
        visibility: query.visibility.map(Into::into).unwrap_or_default(),
        keep_location: query.keep_location.unwrap_or_default(),
    };
    match faults.into_iter().next() {
        Some(fault) => Err(Error::Parameter(fault).into()),
        None => Ok(image),
    }
}

fn file_name(query: &UploadImage, headers: &HeaderMap) -> FileName {
    let sent = headers.get(header::CONTENT_DISPOSITION);
    let sent = sent.and_then(|value| ContentDisposition::from_raw(value).ok());
    let sent = sent.as_ref().and_then(form::name_of);
    FileName::clean(query.file_name.as_deref().or(sent.as_deref()).unwrap_or_default())
}

/// The announced length of the body.
pub(crate) fn length(request: &HttpRequest) -> Option<u64> {
    request
        .headers()
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

pub(super) fn key(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Problem> {
    const NAME: &str = "Idempotency-Key";
    let Some(value) = request.headers().get(NAME) else {
        return Ok(None);
    };
    let text = value
        .to_str()
        .map_err(|_| Problem::parameter(NAME, "must be 1 to 255 visible ASCII characters"))?;
    let key = IdempotencyKey::parse(text.trim());
    key.map(Some).map_err(|unfit| Problem::parameter(NAME, unfit))
}

/// The SHA-256 of `Repr-Digest` or `Content-Digest` (RFC 9530), which are the same for what is sent here.
pub(super) fn digest(headers: &HeaderMap) -> Result<Option<Sha256>, Problem> {
    let mut found = None;
    for name in ["Repr-Digest", "Content-Digest"] {
        for value in headers.get_all(name) {
            let text = value.to_str().unwrap_or_default();
            for member in text.split(',') {
                let Some((algorithm, bytes)) = member.split_once('=') else {
                    return Err(Problem::parameter(
                        name,
                        "must be a dictionary such as `sha-256=:…:`",
                    ));
                };
                if algorithm.trim() == "sha-256" {
                    let refused = || {
                        Problem::parameter(name, "must have 32 bytes in base64 between colons as `sha-256`")
                    };
                    let digest = sha256(bytes.trim()).ok_or_else(refused)?;
                    if found.is_some_and(|found| found != digest) {
                        return Err(Problem::parameter(
                            name,
                            "contradicts another digest of this request",
                        ));
                    }
                    found = Some(digest);
                }
            }
        }
    }
    Ok(found)
}

fn sha256(text: &str) -> Option<Sha256> {
    let bytes = STANDARD.decode(text.strip_prefix(':')?.strip_suffix(':')?).ok()?;
    Sha256::try_from(bytes.as_slice()).ok()
}

/// Why no more bytes come.
pub(crate) fn broken(error: &PayloadError) -> BodyError {
    match error {
        PayloadError::Overflow => BodyError::Malformed("A part of the form is too large.".to_owned()),
        _ => BodyError::Interrupted,
    }
}

pub(crate) fn problem(error: Error) -> Problem {
    match error {
        Error::Body(BodyError::TooSlow) => Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "request-timeout",
            BodyError::TooSlow.to_string(),
        ),
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        headers
    }

    #[test]
    fn digests() {
        let abc = "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:";
        for (pairs, expected) in [
            (vec![], Ok(None)),
            (vec![("repr-digest", abc)], Ok(Some(Sha256::digest(b"abc")))),
            (
                vec![("content-digest", abc), ("repr-digest", abc)],
                Ok(Some(Sha256::digest(b"abc"))),
            ),
            (vec![("repr-digest", "sha-512=:AAAA:")], Ok(None)),
            (vec![("repr-digest", "sha-256=:AAAA:")], Err(())),
            (vec![("repr-digest", "sha-256=abc")], Err(())),
            (vec![("repr-digest", "nonsense")], Err(())),
        ] {
            assert_eq!(digest(&headers(&pairs)).map_err(|_| ()), expected, "{pairs:?}");
        }
    }

    #[test]
    fn names_of_plain_bodies() {
        let asked = |name: Option<&str>| UploadImage {
            file_name: name.map(str::to_owned),
            ..UploadImage::default()
        };
        let sent = headers(&[("content-disposition", "attachment; filename=\"b.jpg\"")]);
        assert_eq!(file_name(&asked(Some("a.jpg")), &sent).as_str(), "a.jpg");
        assert_eq!(file_name(&asked(None), &sent).as_str(), "b.jpg");
        assert_eq!(file_name(&asked(None), &headers(&[])).as_str(), "image");
    }
}
