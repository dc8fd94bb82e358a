//! The files of a form, uploaded one after the other as if each had been sent alone.
use super::{
    form::{self, File, Form},
    upload_image::{UploadParams, UploadedImage, created_response},
    upload_request::{announced_digest, content_length, idempotency_key, upload_problem},
};
use crate::{
    app::App,
    extract::RequestCtx,
    problem::{Problem, ProblemBody},
};
use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode, web};
use infravault_images::{BodyError, Error, IdempotencyError, IdempotencyKey, UploadRequest, Uploaded};
use infravault_kernel::{AccessError, Sha256};
use serde::Serialize;
use utoipa::ToSchema;

/// Maximum number of files in a form.
pub(super) const MAX_FILES: usize = 50;

/// Result of one file of a form.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UploadResult {
    /// Position of the file in the form, starting at 0.
    #[schema(example = 0)]
    index: usize,
    /// Name of the file.
    #[schema(example = "IMG_2041.jpg")]
    file_name: String,
    /// HTTP status that the file would have received on its own. 201 if the image was created.
    #[schema(example = 201)]
    status: u16,
    /// The image, if it was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    image: Option<UploadedImage>,
    /// The problem, if the image was not created.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    problem: Option<ProblemBody>,
}

/// Results of a form with several files.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UploadResults {
    /// One result for each file, in order. Ends at the first file that could not be read.
    results: Vec<UploadResult>,
}

/// A form, with what its request says about all files.
struct FormUpload<'a> {
    app: &'a App,
    ctx: &'a RequestCtx,
    request: &'a HttpRequest,
    form: Form,
    key: Option<IdempotencyKey>,
    /// Announced length of the body.
    length: Option<u64>,
}

/// Uploads the files of a form. Returns 201 for one file, and 200 with results for several.
pub(super) async fn upload_form(
    app: &App,
    ctx: &RequestCtx,
    request: &HttpRequest,
    query: &UploadParams,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (key, length) = check_head(app, ctx, request, query)?;
    let form = tokio::time::timeout(app.images.config.rate_window, Form::read(request, payload))
        .await
        .map_err(|_| upload_problem(BodyError::TooSlow.into()))?
        .map_err(upload_problem)?;
    let mut upload = FormUpload {
        app,
        ctx,
        request,
        form,
        key,
        length,
    };
    upload.upload_all().await
}

/// Rejects what can be rejected before the form is read.
fn check_head(
    app: &App,
    ctx: &RequestCtx,
    request: &HttpRequest,
    query: &UploadParams,
) -> Result<(Option<IdempotencyKey>, Option<u64>), Problem> {
    if *query != UploadParams::default() {
        let detail = "must be empty, because a form has fields for the metadata";
        return Err(Problem::parameter("query", detail));
    }
    if announced_digest(request.headers())?.is_some() {
        let detail = "must be a header of the part `file`, because it applies to the image, not to the form";
        return Err(Problem::parameter("Repr-Digest", detail));
    }
    let (key, length) = (idempotency_key(request)?, content_length(request));
    let limit = app.images.config.max_upload_bytes;
    let max_length = limit
        .saturating_mul(MAX_FILES.try_into().unwrap_or(u64::MAX))
        .saturating_add(form::MAX_OVERHEAD);
    if length.is_some_and(|length| length > max_length) {
        return Err(upload_problem(BodyError::TooLarge { limit }.into()));
    }
    if ctx.credential == infravault_kernel::Credential::Anonymous {
        return Err(AccessError::AuthenticationRequired.into());
    }
    Ok((key, length))
}

impl FormUpload<'_> {
    async fn upload_all(&mut self) -> Result<HttpResponse, Problem> {
        let mut results: Vec<UploadResult> = Vec::new();
        while let Some(file) = self.form.next_file() {
            let index = results.len();
            let file_name = file.image.file_name.to_string();
            if index == MAX_FILES {
                let detail =
                    format!("A form may have {MAX_FILES} files. Send the remaining files in another form.");
                let problem = upload_problem(BodyError::Malformed(detail).into());
                results.push(self.result(index, file_name, Err(problem)));
                break;
            }
            let outcome = self.upload_file(index, file).await;
            if index == 0 && !self.form.has_more() {
                return outcome.map(|uploaded| created_response(&self.app.images, uploaded));
            }
            results.push(self.result(index, file_name, outcome));
        }
        Ok(HttpResponse::Ok().json(UploadResults { results }))
    }

    /// Uploads a file. Reads the form up to the next file, unless the form must be given up.
    async fn upload_file(&mut self, index: usize, file: File) -> Result<Uploaded, Problem> {
        let outcome = match announced_digest(&file.headers) {
            Ok(digest) => {
                let upload = self.new_upload(index, file, digest);
                let images = &self.app.images;
                images.uploads.upload(self.ctx, upload, self.form.bytes()).await
            }
            Err(problem) => {
                self.skip_file().await;
                return Err(problem);
            }
        };
        match &outcome {
            Err(error) if !self.continues_after(index, error) => self.form.give_up(),
            _ => self.skip_file().await,
        }
        outcome.map_err(upload_problem)
    }

    fn new_upload(&self, index: usize, file: File, digest: Option<Sha256>) -> UploadRequest {
        // The length of the other files is unknown.
        let announced = if index == 0 { self.announced() } else { None };
        UploadRequest {
            image: file.image,
            declared_type: file.declared_type,
            min_len: announced.unwrap_or(0),
            max_len: self.length,
            key: self.key.as_ref().map(|key| match index {
                0 => key.clone(),
                index => key.for_file(index),
            }),
            digest,
        }
    }

    /// Returns the minimum number of bytes of all files together. If it exceeds the limit of one image, it says nothing
    /// about the first file.
    fn announced(&self) -> Option<u64> {
        let limit = self.app.images.config.max_upload_bytes;
        let bytes = self.length?.saturating_sub(self.form.overhead);
        Some(bytes).filter(|bytes| *bytes <= limit)
    }

    /// Returns whether the next file can succeed after this error.
    fn continues_after(&self, index: usize, error: &Error) -> bool {
        match error {
            Error::Refused(_)
            | Error::Body(BodyError::TooLarge { .. } | BodyError::DigestMismatch)
            | Error::Objects(infravault_objects::Error::TooLarge { .. } | infravault_objects::Error::Empty) => {
                true
            }
            // The quota is too small for the whole form, or the same form is being sent twice.
            Error::QuotaExceeded { .. } => index > 0 || self.announced().is_none(),
            Error::Idempotency(error) => index > 0 || *error != IdempotencyError::InFlight,
            _ => false,
        }
    }

    /// Reads the form up to the next file, and gives it up on failure.
    async fn skip_file(&mut self) {
        if self.form.skip_file(&self.app.images.config).await.is_err() {
            self.form.give_up();
        }
    }

    fn result(&self, index: usize, file_name: String, outcome: Result<Uploaded, Problem>) -> UploadResult {
        let (status, image, problem) = match outcome {
            Ok(uploaded) => (
                StatusCode::CREATED,
                Some(UploadedImage::new(&self.app.images, uploaded)),
                None,
            ),
            Err(problem) => (problem.status_code(), None, Some(self.body(&problem))),
        };
        UploadResult {
            index,
            file_name,
            status: status.as_u16(),
            image,
            problem,
        }
    }

    fn body(&self, problem: &Problem) -> ProblemBody {
        let origin = &self.app.config.server.public_origin;
        problem.body(origin, self.request.path(), &self.ctx.request_id.to_string())
    }
}
