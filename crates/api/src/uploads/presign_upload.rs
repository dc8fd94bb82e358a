//! `POST /uploads/presign`: announces an image that the client stores by itself.
use super::body::{OpenUploadBody, SignedRequestBody};
use crate::{
    app::App,
    extract::{Json, RequestCtx},
    images::{MediaTypeWord, VisibilityWord, keep},
    problem::Problem,
};
use actix_web::{HttpResponse, http::header, web};
use infravault_images::{
    Description, Error, FileName, MediaType, NewImage, NewUploadSession, Part, Tags, Title, UploadKind,
};
use infravault_kernel::{FieldError, Sha256};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An image that is announced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewUpload)]
pub struct NewUpload {
    /// What the file is called; a name of more than 255 bytes is cut.
    file_name: String,
    /// How many bytes it has.
    #[schema(minimum = 1)]
    size: u64,
    /// Its type. It must be sent with the bytes; what they are is decided by themselves.
    media_type: MediaTypeWord,
    /// The SHA-256 of the whole, 64 hexadecimal digits. It may be left out of a multipart upload.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    sha256: Option<String>,
    /// Whether it is stored in parts, which are signed by `POST /uploads/{id}/parts`.
    #[serde(default)]
    multipart: bool,
    /// Its title; without one the file name without its ending.
    #[schema(min_length = 1, max_length = 200)]
    title: Option<String>,
    /// Its description.
    #[serde(default)]
    #[schema(max_length = 4000)]
    description: String,
    /// Its tags.
    #[serde(default)]
    #[schema(max_items = 50)]
    tags: Vec<String>,
    /// Who may see it; `private` by default.
    #[schema(inline)]
    visibility: Option<VisibilityWord>,
    /// Whether the place is kept where it was taken, for its owner alone; `false` by default.
    #[serde(default)]
    keep_location: bool,
}

/// An upload that was opened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PresignedUpload)]
struct PresignedUploadBody {
    #[serde(flatten)]
    upload: OpenUploadBody,
    /// The request that stores the bytes; none of a multipart upload.
    put: Option<SignedRequestBody>,
}

impl NewUpload {
    fn parse(self) -> Result<NewUploadSession, Error> {
        let mut faults = Vec::new();
        let title = self.title.as_deref().map(Title::parse);
        let tags = Tags::parse(self.tags.iter().map(String::as_str));
        let image = NewImage {
            file_name: FileName::clean(&self.file_name),
            title: title.and_then(|title| keep(&mut faults, "title", title)),
            description: keep(&mut faults, "description", Description::parse(&self.description))
                .unwrap_or_else(Description::empty),
            tags: keep(&mut faults, "tags", tags).unwrap_or_default(),
            visibility: self.visibility.map(Into::into).unwrap_or_default(),
            keep_location: self.keep_location,
        };
        let digest = self.sha256.as_deref().map(str::parse::<Sha256>);
        match &digest {
            Some(Err(fault)) => faults.push(FieldError::new("sha256", fault)),
            None if !self.multipart => faults.push(FieldError::new("sha256", "is missing")),
            _ => {}
        }
        if self.size == 0 {
            faults.push(FieldError::new("size", "must be at least 1"));
        }
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        Ok(NewUploadSession {
            image,
            declared_type: MediaType::from(self.media_type).as_str().to_owned(),
            len: self.size,
            digest: digest.and_then(Result::ok),
            kind: if self.multipart {
                UploadKind::Parts
            } else {
                UploadKind::Single
            },
            metadata: String::new(),
            concat: String::new(),
        })
    }
}

/// Opens an upload that the client stores by itself: its bytes are reserved from the quota, and `put` is the request that
/// stores them, for at most a minute. `POST /uploads/{id}/complete` makes the image.
#[utoipa::path(
    post, path = "/api/v1/uploads/presign", tag = "uploads",
    request_body = NewUpload,
    security(("session" = []), ("api_token" = [])),
    responses((status = 201, body = PresignedUploadBody, headers(
        ("Location" = String, description = "Where the upload is"))))
)]
pub async fn presign_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    body: Json<NewUpload>,
) -> Result<HttpResponse, Problem> {
    let opening = body.0.parse()?;
    let upload = app.images.uploads.create_upload_session(&ctx, &opening).await?;
    let whole = opening.digest.filter(|_| upload.kind == UploadKind::Single);
    let part = whole.map(|sha256| Part {
        number: 1,
        len: opening.len,
        sha256,
    });
    let signed = match part {
        Some(part) => app.images.uploads.sign_parts(&ctx, upload.id, &[part]).await?,
        None => Vec::new(),
    };
    let put = signed.into_iter().next();
    let put = put.map(|signed| SignedRequestBody::new(&app, upload.id, signed));
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/v1/uploads/{}", upload.id)))
        .json(PresignedUploadBody {
            upload: upload.into(),
            put,
        }))
}
