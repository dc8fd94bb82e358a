//! `POST /uploads/presign`: starts an upload session with signed requests.
use super::body::{SignedRequest, UploadSession};
use crate::{
    app::App,
    extract::{Json, RequestCtx},
    images::{FieldErrors, MediaType, NewImageFields, Visibility},
    problem::Problem,
};
use actix_web::{HttpResponse, http::header, web};
use infravault_images::{self as images, Error, Part, Tags, UploadKind};
use infravault_kernel::{Sha256, UploadId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An image to upload with signed requests.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUploadSession {
    /// Name of the file, truncated to 255 bytes.
    #[schema(example = "IMG_2041.jpg")]
    file_name: String,
    /// Size of the file in bytes.
    #[schema(minimum = 1, example = 4_812_233)]
    size: u64,
    /// Media type to send with the bytes. The media type of the image is detected from its content.
    media_type: MediaType,
    /// SHA-256 of the file, 64 hexadecimal digits. Optional for a multipart upload.
    #[schema(
        min_length = 64,
        max_length = 64,
        pattern = "^[0-9a-f]{64}$",
        example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    sha256: Option<String>,
    /// Upload in parts, which `POST /uploads/{id}/parts` signs. Default `false`.
    #[serde(default)]
    #[schema(example = false)]
    multipart: bool,
    /// Title, 1 to 200 characters. Default: the file name without its extension.
    #[schema(min_length = 1, max_length = 200, example = "Harbor at dawn")]
    title: Option<String>,
    /// Description, up to 4000 characters. Default empty.
    #[serde(default)]
    #[schema(max_length = 4000, example = "Fishing boats before the first ferry.")]
    description: String,
    /// Up to 50 tags. Default empty.
    #[serde(default)]
    #[schema(max_items = 50, example = json!(["sea", "boats"]))]
    tags: Vec<String>,
    /// Who can see the image besides its owner. Default `private`.
    #[schema(inline)]
    visibility: Option<Visibility>,
    /// Keep the GPS location. Only the owner can see it. Default `false`.
    #[serde(default)]
    #[schema(example = false)]
    keep_location: bool,
}

/// A new upload session with its signed request.
#[derive(Debug, Serialize, ToSchema)]
struct PresignedUpload {
    #[serde(flatten)]
    session: UploadSession,
    /// Signed request that stores the bytes. Null for a multipart upload.
    put: Option<SignedRequest>,
}

impl NewUploadSession {
    fn parse(self) -> Result<images::NewUploadSession, Error> {
        let mut errors = FieldErrors::default();
        let image = NewImageFields {
            file_name: &self.file_name,
            title: self.title.as_deref(),
            description: Some(&self.description),
            tags: Tags::parse(self.tags.iter().map(String::as_str)),
            visibility: self.visibility.map(Into::into),
            keep_location: self.keep_location,
        };
        let image = image.parse(&mut errors);
        let digest = self.sha256.as_deref().map(str::parse::<Sha256>);
        if digest.is_none() && !self.multipart {
            errors.push("sha256", "is missing");
        }
        let digest = digest.and_then(|digest| errors.check("sha256", digest));
        if self.size == 0 {
            errors.push("size", "must be at least 1");
        }
        errors.into_result(images::NewUploadSession {
            image,
            declared_type: images::MediaType::from(self.media_type).as_str().to_owned(),
            len: self.size,
            digest,
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

/// Start a presigned upload
///
/// Creates an upload session and reserves the size of the file from the quota. `put` is the signed request that stores the bytes;
/// it is valid for up to a minute. Then `POST /uploads/{id}/complete` creates the image. Use this for clients that send the
/// bytes to the object store directly. Requires the scope `images:write`.
#[utoipa::path(
    post, path = "/api/v1/uploads/presign", tag = "uploads",
    request_body(content = NewUploadSession, description = "The image to upload."),
    security(("session" = []), ("api_token" = [])),
    responses((status = 201, description = "The upload session was created.", body = PresignedUpload, headers(
        ("Location" = String, description = "URL of the upload session.")))),
    extensions(("x-problems" = json!("storage-quota-exceeded storage-unavailable too-many-uploads")))
)]
pub async fn presign_upload(
    app: web::Data<App>,
    ctx: RequestCtx,
    body: Json<NewUploadSession>,
) -> Result<HttpResponse, Problem> {
    let new = body.0.parse()?;
    let upload = app.images.uploads.create_upload_session(&ctx, &new).await?;
    let put = sign_whole(&app, &ctx, &new, upload.id).await?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/v1/uploads/{}", upload.id)))
        .json(PresignedUpload {
            session: upload.into(),
            put,
        }))
}

/// Signs the only request of an upload that is not a multipart upload.
async fn sign_whole(
    app: &App,
    ctx: &RequestCtx,
    new: &images::NewUploadSession,
    upload: UploadId,
) -> Result<Option<SignedRequest>, Problem> {
    let Some(sha256) = new.digest.filter(|_| new.kind == UploadKind::Single) else {
        return Ok(None);
    };
    let part = Part {
        number: 1,
        len: new.len,
        sha256,
    };
    let signed = app.images.uploads.sign_parts(ctx, upload, &[part]).await?;
    let signed = signed.into_iter().next();
    Ok(signed.map(|signed| SignedRequest::new(app, upload, signed)))
}
