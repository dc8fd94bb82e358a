//! `POST /images`: a new image as a plain body, or images in a form.
use super::{
    body::{Image, Visibility},
    fields::{FieldErrors, NewImageFields},
    form,
    upload_files::{UploadResults, upload_form},
    upload_request::{announced_digest, body_stream, content_length, idempotency_key, upload_problem},
};
use crate::{
    app::App,
    extract::{Query, RequestCtx, reject_content_encoding},
    problem::Problem,
};
use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, ContentDisposition, HeaderMap},
    },
    web,
};
use infravault_images::{Error, Images, NewImage, Tags, UploadRequest, Uploaded};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Metadata of an image that is sent as a plain body. A form has fields instead.
#[derive(Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadParams {
    /// Name of the file, truncated to 255 bytes. Default: the name in `Content-Disposition`.
    #[param(example = "IMG_2041.jpg")]
    file_name: Option<String>,
    /// Title, 1 to 200 characters. Default: the file name without its extension.
    #[param(min_length = 1, max_length = 200, example = "Harbor at dawn")]
    title: Option<String>,
    /// Description, up to 4000 characters. Default empty.
    #[param(max_length = 4000)]
    description: Option<String>,
    /// Up to 50 tags, separated by commas.
    #[param(example = "sea,boats")]
    tags: Option<String>,
    /// Who can see the image besides its owner. Default `private`.
    #[param(inline)]
    visibility: Option<Visibility>,
    /// Keep the GPS location. Only the owner can see it. Default `false`.
    keep_location: Option<bool>,
}

/// A form with images. Fields precede the files and apply to each of them.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described; the form is read as a stream")]
pub(super) struct UploadForm {
    /// Title, 1 to 200 characters. Default: the file name without its extension.
    #[schema(min_length = 1, max_length = 200, example = "Harbor at dawn")]
    title: Option<String>,
    /// Description, up to 4000 characters. Default empty.
    #[schema(max_length = 4000, example = "Fishing boats before the first ferry.")]
    description: Option<String>,
    /// Up to 50 tags, separated by commas. The field can be repeated.
    #[schema(example = "sea,boats")]
    tags: Option<String>,
    /// Who can see the image besides its owner. Default `private`.
    #[schema(inline)]
    visibility: Option<Visibility>,
    /// Keep the GPS location. Only the owner can see it. Default `false`.
    #[schema(example = false)]
    keep_location: Option<bool>,
    /// The image, as the last field. The field can be repeated for up to 50 images.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// An image that was uploaded.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadedImage {
    #[serde(flatten)]
    image: Image,
    /// ID of the oldest other image of yours with the same bytes. Null if there is none.
    #[schema(example = "01a1f2dd-7c60-7a4f-b1d6-0c9e58f7a233")]
    duplicate_of: Option<Uuid>,
}

impl UploadedImage {
    pub(super) fn new(images: &Images, Uploaded { image, duplicate_of }: Uploaded) -> Self {
        Self {
            image: Image::new(images, image),
            duplicate_of: duplicate_of.map(infravault_kernel::Id::uuid),
        }
    }
}

/// Upload an image
///
/// A 201 response means that the image is stored durably. Its `state` is `stored` until it is processed in the background.
/// With `Idempotency-Key`, the request can be repeated safely: a retry returns the same image.
/// A form with several files returns 200 with one result for each file.
/// Requires the scope `images:write`. The size counts towards the quota; see `GET /limits` for the limits.
#[utoipa::path(
    post, path = "/api/v1/images", tag = "images",
    params(
        UploadParams,
        ("Idempotency-Key" = Option<String>, Header, description = "Unique key of this upload, 1 to 255 visible ASCII characters."),
        ("Repr-Digest" = Option<String>, Header, description = "SHA-256 of the image as `sha-256=:…:` (RFC 9530). An upload with other bytes is rejected."),
    ),
    request_body(
        description = "The image as a plain body of its media type, or a form with one or more images.",
        content(
            (UploadForm = "multipart/form-data"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"),
            (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp"), (Vec<u8> = "application/octet-stream"))),
    security(("session" = []), ("api_token" = [])),
    responses(
        (status = 201, description = "The image was created.", body = UploadedImage, headers(
            ("Location" = String, description = "URL of the image."),
            ("ETag" = String, description = "Version of the image, for `If-Match`."))),
        (status = 200, description = "One result for each file of a form with several files.", body = UploadResults),
    ),
    extensions(("x-problems" = json!("ingest checksum-mismatch idempotency-in-flight idempotency-mismatch malformed-multipart validation-failed")))
)]
pub async fn upload_image(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    query: Query<UploadParams>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    reject_content_encoding(&request)?;
    match BodyKind::parse(&request)? {
        BodyKind::Form => upload_form(&app, &ctx, &request, &query.0, payload).await,
        BodyKind::Plain(media_type) => {
            let uploaded = upload_plain(&app, &ctx, &request, &query.0, media_type, payload).await?;
            Ok(created_response(&app.images, uploaded))
        }
    }
}

/// Returns 201 with the image.
pub(crate) fn created_response(images: &Images, uploaded: Uploaded) -> HttpResponse {
    let image = &uploaded.image;
    HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/v1/images/{}", image.id)))
        .insert_header((header::ETAG, format!("\"{}\"", image.etag())))
        .json(UploadedImage::new(images, uploaded))
}

enum BodyKind {
    Form,
    /// An image of this declared media type.
    Plain(String),
}

impl BodyKind {
    fn parse(request: &HttpRequest) -> Result<Self, Problem> {
        let media_type = request.content_type().trim().to_ascii_lowercase();
        match media_type.as_str() {
            "multipart/form-data" => Ok(Self::Form),
            "application/octet-stream" => Ok(Self::Plain(media_type)),
            other if other.starts_with("image/") => Ok(Self::Plain(media_type)),
            _ => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "Send the image as `multipart/form-data` or as a body of its own type, such as `image/jpeg`.",
            )),
        }
    }
}

async fn upload_plain(
    app: &App,
    ctx: &RequestCtx,
    request: &HttpRequest,
    query: &UploadParams,
    declared_type: String,
    payload: web::Payload,
) -> Result<Uploaded, Problem> {
    let length = content_length(request);
    let upload = UploadRequest {
        image: query.parse(request.headers())?,
        declared_type,
        min_len: length.unwrap_or(0),
        max_len: length,
        key: idempotency_key(request)?,
        digest: announced_digest(request.headers())?,
    };
    app.images
        .uploads
        .upload(ctx, upload, body_stream(payload))
        .await
        .map_err(upload_problem)
}

impl UploadParams {
    fn parse(&self, headers: &HeaderMap) -> Result<NewImage, Problem> {
        let disposition = headers.get(header::CONTENT_DISPOSITION);
        let disposition = disposition.and_then(|value| ContentDisposition::from_raw(value).ok());
        let sent_name = disposition.as_ref().and_then(form::file_name);
        let mut errors = FieldErrors::default();
        let image = NewImageFields {
            file_name: self
                .file_name
                .as_deref()
                .or(sent_name.as_deref())
                .unwrap_or_default(),
            title: self.title.as_deref(),
            description: self.description.as_deref(),
            tags: Tags::parse_list(self.tags.as_deref()),
            visibility: self.visibility.map(Into::into),
            keep_location: self.keep_location.unwrap_or_default(),
        };
        let image = image.parse(&mut errors);
        match errors.first() {
            Some(error) => Err(Error::Parameter(error).into()),
            None => Ok(image),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn file_name_of_query_precedes_content_disposition() {
        let params = |name: Option<&str>| UploadParams {
            file_name: name.map(str::to_owned),
            ..UploadParams::default()
        };
        let mut sent = HeaderMap::new();
        let disposition = HeaderValue::from_static("attachment; filename=\"b.jpg\"");
        sent.insert(header::CONTENT_DISPOSITION, disposition);
        let name = |name, headers| params(name).parse(headers).unwrap().file_name;
        assert_eq!(name(Some("a.jpg"), &sent).as_str(), "a.jpg");
        assert_eq!(name(None, &sent).as_str(), "b.jpg");
        assert_eq!(name(None, &HeaderMap::new()).as_str(), "image");
    }
}
